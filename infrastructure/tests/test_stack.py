# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packages import write_package
from tests.templates import logical_id, named, properties, resources, the_only

Synth = Callable[..., dict]
SNAPSHOT = Path(__file__).parent / "snapshot.json"


def test_table(synth: Synth) -> None:
    table = properties(synth(), "AWS::DynamoDB::Table")
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": "id", "AttributeType": "S"}]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize(("value", "policy"), [("destroy", "Delete"), ("retain", "Retain")])
def test_removal_policy(synth: Synth, value: str, policy: str) -> None:
    template = synth(removalPolicy=value)
    kept = [the_only(template, "AWS::DynamoDB::Table"), *resources(template, "AWS::Logs::LogGroup").values()]
    assert len(kept) == 3
    for resource in kept:
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (policy, policy)


def test_what_is_kept_is_encrypted_with_a_key_that_is_kept_and_cannot_be_deleted_by_mistake(synth: Synth) -> None:
    template = synth(removalPolicy="retain")
    key = {"Fn::GetAtt": [logical_id(template, "AWS::KMS::Key"), "Arn"]}
    assert the_only(template, "AWS::KMS::Key")["DeletionPolicy"] == "Retain"
    assert properties(template, "AWS::KMS::Key")["EnableKeyRotation"] is True
    table = properties(template, "AWS::DynamoDB::Table")
    assert table["SSESpecification"] == {"KMSMasterKeyId": key, "SSEEnabled": True, "SSEType": "KMS"}
    assert table["DeletionProtectionEnabled"] is True
    for logs in resources(template, "AWS::Logs::LogGroup").values():
        assert (logs["Properties"]["KmsKeyId"], logs["Properties"]["DeletionProtectionEnabled"]) == (key, True)


def test_what_goes_with_the_stack_has_no_key_of_its_own(synth: Synth) -> None:
    template = synth()
    assert not resources(template, "AWS::KMS::Key")
    assert not {"SSESpecification", "DeletionProtectionEnabled"} & properties(template, "AWS::DynamoDB::Table").keys()


def test_function(synth: Synth) -> None:
    template = synth()
    function = properties(template, "AWS::Lambda::Function")
    assert function["Runtime"] == "provided.al2023"
    assert function["Handler"] == "bootstrap"
    assert function["Architectures"] == ["x86_64"]
    assert (function["MemorySize"], function["Timeout"]) == (256, 10)
    assert function["TracingConfig"] == {"Mode": "Active"}
    logs = function["LoggingConfig"]["LogGroup"]["Ref"]
    assert function["LoggingConfig"] == {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "LogGroup": {"Ref": logs}}
    assert template["Resources"][logs] == named(template, "AWS::Logs::LogGroup", "Logs")
    assert template["Resources"][logs]["Properties"] == {"RetentionInDays": 14}
    table = logical_id(template, "AWS::DynamoDB::Table")
    assert function["Environment"]["Variables"] == {"CIRCUITBREAKER_TABLE": {"Ref": table}}


def test_stack_settings(synth: Synth) -> None:
    template = synth(functionMemory="512", functionTimeout=3, logLevel="DEBUG", logRetention="90", throttleRate="7", throttleBurst="8")
    function = properties(template, "AWS::Lambda::Function")
    assert (function["MemorySize"], function["Timeout"]) == (512, 3)
    assert function["LoggingConfig"]["ApplicationLogLevel"] == "DEBUG"
    assert [logs["Properties"]["RetentionInDays"] for logs in resources(template, "AWS::Logs::LogGroup").values()] == [90, 90]
    throttling = properties(template, "AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"]
    assert throttling == {"ThrottlingRateLimit": 7, "ThrottlingBurstLimit": 8}


def test_function_settings_reach_its_environment(synth: Synth) -> None:
    given = {"CIRCUITBREAKER_FAILURE_THRESHOLD": "3", "CIRCUITBREAKER_ON_STORE_LOSS": "lastKnown", "UPSTREAM_URL": "https://example.com/api"}
    template = synth(**given, SUCCESS_PROBABILITY=0.5, LATENCY_MS="")
    variables = properties(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    del variables["CIRCUITBREAKER_TABLE"]
    assert variables == {**given, "SUCCESS_PROBABILITY": "0.5"}


def test_architecture_is_the_recorded_one(synth: Synth, tmp_path: Path) -> None:
    write_package(tmp_path, record='{"architecture": "arm64"}')
    assert properties(synth(), "AWS::Lambda::Function")["Architectures"] == ["arm64"]


def test_api(synth: Synth) -> None:
    template = synth()
    api = {"Ref": logical_id(template, "AWS::ApiGatewayV2::Api")}
    assert properties(template, "AWS::ApiGatewayV2::Api")["ProtocolType"] == "HTTP"
    assert properties(template, "AWS::ApiGatewayV2::Route")["RouteKey"] == "$default"
    integration = properties(template, "AWS::ApiGatewayV2::Integration")
    function = {"Fn::GetAtt": [logical_id(template, "AWS::Lambda::Function"), "Arn"]}
    assert integration == {
        "ApiId": api,
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": function,
        "PayloadFormatVersion": "2.0",
    }
    stage = properties(template, "AWS::ApiGatewayV2::Stage")
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 100}


def test_outputs(synth: Synth) -> None:
    template = synth()
    outputs = template["Outputs"]
    assert set(outputs) == {"HttpApiUrl", "TableName", "FunctionName", "LogGroupName", "AccessLogGroupName"}
    assert outputs["HttpApiUrl"]["Description"] == "HTTP API Url"
    assert {"Ref": logical_id(template, "AWS::ApiGatewayV2::Api")} in outputs["HttpApiUrl"]["Value"]["Fn::Join"][1]
    assert outputs["TableName"]["Value"] == {"Ref": logical_id(template, "AWS::DynamoDB::Table")}
    assert outputs["FunctionName"]["Value"] == {"Ref": logical_id(template, "AWS::Lambda::Function")}


def test_local_target_needs_no_bootstrap_roles(synth: Synth) -> None:
    assert "BootstrapVersion" in synth()["Parameters"]
    assert "Parameters" not in synth(local="true")


def test_snapshot(synth: Synth, request: pytest.FixtureRequest) -> None:
    template = json.dumps(synth(), indent=2)
    masked = re.sub("[0-9a-f]{64}", "ASSET", template) + "\n"
    if request.config.getoption("--update-snapshot"):
        SNAPSHOT.write_text(masked)
    assert masked == SNAPSHOT.read_text(), "the template has changed; if it should, run pytest --update-snapshot"


@pytest.mark.parametrize("context", [{}, {"removalPolicy": "retain", "authorizer": "iam", "events": "true"}, {"boards": "true"}])
def test_cfn_lint(synth: Synth, tmp_path: Path, context: dict[str, str]) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(synth(**context)))
    # W3005: CDK names dependencies that CloudFormation would find by itself.
    command = [Path(sys.executable).with_name("cfn-lint"), "--regions", "eu-west-1", "--ignore-checks", "W3005", "--", path]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")
