# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The circuit as a layer, in stacks of others and in the pattern's."""

import zipfile
from pathlib import Path

import pytest
from aws_cdk import App, Stack, aws_lambda
from aws_cdk.assertions import Template

from circuit_breaker.errors import DeployError
from circuit_breaker.layer import CircuitBreakerLayer
from circuit_breaker.package import EXTENSION, read_layer
from circuit_breaker.settings import Settings
from circuit_breaker.stack import CircuitBreakerStack
from circuit_breaker.table import CircuitBreakerTable
from tests.packages import SCRIPT, elf, write_package
from tests.templates import logical_id, properties

RUNTIMES = [("python", "python3.13"), ("node", "nodejs22.x")]


def template(layer_package: Path, **context: object) -> dict:
    settings = Settings.from_context({"package": str(layer_package), **context})
    return Template.from_stack(CircuitBreakerStack(App(), "CircuitBreaker", settings=settings, package=read_layer(settings.package))).to_json()


def test_in_a_foreign_stack(layer_package: Path) -> None:
    stack = Stack(App(), "Foreign")
    layer = CircuitBreakerLayer(stack, "Layer", package=layer_package)
    function = aws_lambda.Function(
        stack,
        "Mine",
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=aws_lambda.Code.from_inline("def handler(event, context): pass"),
        architecture=layer.architecture,
        layers=[layer],
    )
    CircuitBreakerTable(stack, "Circuits").grant_circuit_breaker(function).assert_success()
    made = Template.from_stack(stack).to_json()
    assert properties(made, "AWS::Lambda::LayerVersion")["CompatibleArchitectures"] == ["x86_64"]
    described = properties(made, "AWS::Lambda::Function")
    assert described["Layers"] == [{"Ref": logical_id(made, "AWS::Lambda::LayerVersion")}]
    assert described["Environment"]["Variables"] == {"CIRCUITBREAKER_TABLE": {"Ref": logical_id(made, "AWS::DynamoDB::Table")}}


@pytest.mark.parametrize(("runtime", "name"), RUNTIMES)
def test_the_pattern_in_other_languages(layer_package: Path, runtime: str, name: str) -> None:
    made = template(layer_package, runtime=runtime, SUCCESS_PROBABILITY="0.5")
    function = properties(made, "AWS::Lambda::Function")
    assert (function["Runtime"], function["Handler"], function["Architectures"]) == (name, "function.handler", ["x86_64"])
    assert function["Layers"] == [{"Ref": logical_id(made, "AWS::Lambda::LayerVersion")}]
    variables = function["Environment"]["Variables"]
    assert variables.pop("CIRCUITBREAKER_TABLE")
    assert variables.items() >= {"CIRCUITBREAKER_FAILURE_THRESHOLD": "3", "SUCCESS_PROBABILITY": "0.5"}.items()


def test_the_patterns_threshold_gives_way(layer_package: Path) -> None:
    for given in ({"CIRCUITBREAKER_FAILURE_THRESHOLD": "7"}, {"CIRCUITBREAKER_POLICY": "failureRate", "CIRCUITBREAKER_FAILURE_RATE": "0.5"}):
        variables = properties(template(layer_package, runtime="python", **given), "AWS::Lambda::Function")["Environment"]["Variables"]
        assert {name: value for name, value in variables.items() if name in given or name == "CIRCUITBREAKER_FAILURE_THRESHOLD"} == given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"runtime": "ruby"}, 'runtime is "ruby", but must be one of swift, python, node'),
        (
            {"CIRCUITBREAKER_PORT": "5000"},
            "CIRCUITBREAKER_PORT is given, but says nothing with runtime=swift; leave it out, or use runtime=python or ",
        ),
        ({"runtime": "node", "UPSTREAM_URL": "https://example.com"}, "UPSTREAM_URL is given, but says nothing with runtime=node; leave it out, "),
    ],
)
def test_what_cannot_be(given: dict, message: str) -> None:
    with pytest.raises(DeployError) as error:
        Settings.from_context(given)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "circuit-breaker-extension"}, 'holds no file "extensions/circuit-breaker-extension"; build it again with "make layer"'),
        ({"mode": 0o644}, "extensions/circuit-breaker-extension in"),
        ({"content": elf(183)}, "is built for arm64, but the record beside it says x86_64"),
        ({"record": None}, "no record of the package's architecture"),
    ],
)
def test_layers_that_cannot_be(tmp_path: Path, given: dict, message: str) -> None:
    path = write_package(tmp_path, **{"name": EXTENSION, "content": SCRIPT, **given})
    with pytest.raises(DeployError, match=message):
        read_layer(path)


def test_what_make_layer_built(real_layer: Path) -> None:
    with zipfile.ZipFile(real_layer) as archive:
        (info,) = archive.infolist()
    assert info.filename == "extensions/circuit-breaker-extension"
    assert info.external_attr >> 16 == 0o100755
    assert real_layer.stat().st_size <= 11_000_000
    assert read_layer(real_layer).architecture in {"x86_64", "arm64"}
