# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Every Python package that this project installs is pinned by version and by the hashes of its files."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
FILES = ["requirements-build", "requirements-tests", "infrastructure/requirements", "infrastructure/requirements-dev"]
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9a-z.]+)(?P<marker> ; .+)?(?P<hashes>( --hash=sha256:[0-9a-f]{64})+)")


def lines(path: Path) -> list[str]:
    text = path.read_text().replace("\\\n", " ")
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def asked_for(path: Path) -> set[str]:
    found = set()
    for line in lines(path):
        found |= asked_for(path.parent / line.removeprefix("-r ")) if line.startswith("-r ") else {line.partition(" ;")[0]}
    return found


@pytest.mark.parametrize("name", FILES)
def test_all_are_pinned_and_those_that_were_asked_for_are_there(name: str) -> None:
    pins = [PINNED.fullmatch(line) for line in lines(REPOSITORY / f"{name}.txt")]
    assert all(pins), 'run "make pin-requirements"'
    assert asked_for(REPOSITORY / f"{name}.in") <= {f"{pin['name']}=={pin['version']}" for pin in pins}, 'run "make pin-requirements"'


def test_what_is_tested_is_what_users_install() -> None:
    users, tests = (set(lines(REPOSITORY / f"{name}.txt")) for name in FILES[2:])
    assert users <= tests


def test_nothing_is_installed_otherwise() -> None:
    places = [REPOSITORY / "Makefile", *(REPOSITORY / "scripts").iterdir(), REPOSITORY / "infrastructure/cdk"]
    installs = {place.name: line for place in places for line in place.read_text().splitlines() if "pip install" in line}
    # The tool that makes the pins cannot be pinned by them.
    assert "uv==" in installs.pop("pin-requirements")
    assert installs.keys() == {"install-pinned"}
    assert "--require-hashes" in installs["install-pinned"]
