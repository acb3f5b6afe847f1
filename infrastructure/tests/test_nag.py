# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""cdk-nag's AwsSolutions rules over the stack, in each form that it has."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack, Validations, aws_dynamodb
from cdk_nag import AwsSolutionsChecks

from circuit_breaker.package import read_package
from circuit_breaker.settings import Settings
from circuit_breaker.stack import CircuitBreakerStack

ROOT = Path(__file__).parents[1]
JWT = {"authorizer": "jwt", "jwtIssuer": "https://login.example.com/", "jwtAudience": "quotes"}


@pytest.fixture
def findings(tmp_path: Path) -> Callable[[Callable[[App], object]], set[str]]:
    """Builds an app and gives the rules that it breaks."""

    def run(build: Callable[[App], object]) -> set[str]:
        app = App(outdir=str(tmp_path / "out"), context=json.loads((ROOT / "cdk.json").read_text())["context"])
        build(app)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        with contextlib.suppress(RuntimeError):
            app.synth()
        assert (tmp_path / "out" / "manifest.json").exists()
        report = tmp_path / "out" / "validation-report.json"
        if not report.exists():
            return set()
        return {violation["ruleName"] for plugin in json.loads(report.read_text())["pluginReports"] for violation in plugin["violations"]}

    return run


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"authorizer": "iam"},
        JWT,
        {"removalPolicy": "retain"},
        {"removalPolicy": "retain", "alarmTopic": "arn:aws:sns:us-east-1:123456789012:operators"},
        {"logLevel": "ERROR"},
        {"boards": "true"},
        {"boards": "true", "removalPolicy": "retain", "alarmTopic": "arn:aws:sns:us-east-1:123456789012:operators"},
        {"local": "true"},
        {"events": "true"},
        {"events": "true", "removalPolicy": "retain"},
    ],
)
def test_the_stack_breaks_no_rule_that_it_does_not_answer(findings: Callable[..., set[str]], package: Path, context: dict[str, str]) -> None:
    settings = Settings.from_context({"package": str(package), "eventsPackage": str(package), **context})
    assert findings(lambda app: CircuitBreakerStack(app, "CircuitBreaker", settings=settings, package=read_package(package))) == set()


def test_the_rules_are_run(findings: Callable[..., set[str]]) -> None:
    def careless(app: App) -> None:
        key = aws_dynamodb.Attribute(name="id", type=aws_dynamodb.AttributeType.STRING)
        aws_dynamodb.Table(Stack(app, "Careless"), "Table", partition_key=key)

    assert findings(careless) == {"AwsSolutions-DDB3"}


def test_a_closed_api_needs_no_exception(findings: Callable[..., set[str]], package: Path) -> None:
    """What is said of the public one holds for it alone."""
    settings = Settings.from_context({"package": str(package), **JWT})

    def opened(app: App) -> None:
        stack = CircuitBreakerStack(app, "CircuitBreaker", settings=settings, package=read_package(package))
        route = stack.node.find_child("HttpApi").node.find_child("DefaultRoute").node.default_child
        route.authorization_type = "NONE"

    assert findings(opened) == {"AwsSolutions-APIG4"}
