# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
import re


def resources(template: dict, kind: str) -> dict[str, dict]:
    """The resources of one kind by their logical ids."""
    return {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}


def the_only(template: dict, kind: str) -> dict:
    (resource,) = resources(template, kind).values()
    return resource


def properties(template: dict, kind: str) -> dict:
    return the_only(template, kind)["Properties"]


def logical_id(template: dict, kind: str) -> str:
    (name,) = resources(template, kind)
    return name


def named(template: dict, kind: str, name: str) -> dict:
    """The one whose logical id begins with the construct's."""
    (resource,) = (resource for found, resource in resources(template, kind).items() if re.fullmatch(f"{name}[0-9A-F]{{8}}", found))
    return resource
