# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The real cdk command against a stand-in for AWS that enforces the role's policy."""

import json
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands import cdk
from tests.local_aws import REGION, LocalAWS, local_aws
from tests.packages import write_package

pytestmark = pytest.mark.deploy

KEY = {"id": {"S": "a"}}


@dataclass(frozen=True)
class Deployed:
    aws: LocalAWS
    context: list[str]
    folder: Path
    outputs: dict[str, str]

    @property
    def assembly(self) -> Path:
        return self.folder / "out"

    def cdk(self, *arguments: str) -> str:
        result = cdk(self.assembly, *arguments, *self.context, environment=self.aws.environment)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def ask(self, verb: str, **arguments: object) -> dict:
        api = self.outputs["HttpApiUrl"].removeprefix("https://").split(".")[0]
        request = urllib.request.Request(
            f"{self.aws.url}/some/path",
            headers={"Host": f"{api}.execute-api.127.0.0.1:{self.aws.port}", "Content-Type": "application/json"},
            data=json.dumps({"verb": verb, "input": arguments}).encode(),
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("deploy")
    probe = (Path(__file__).parent / "probe_bootstrap.py").read_text()
    package = write_package(folder, content=f"#!{sys.executable}\n{probe}".encode())
    context = ["-c", "local=true", "-c", f"package={package}", "-c", "CIRCUITBREAKER_PROBES=2"]
    with local_aws(folder) as aws:
        stack = Deployed(aws, context, folder, {})
        stack.cdk("bootstrap", f"aws://000000000000/{REGION}")
        stack.cdk("deploy", "--require-approval", "never", "--outputs-file", str(folder / "outputs.json"))
        stack.outputs.update(json.loads((folder / "outputs.json").read_text())["CircuitBreaker"])
        yield stack


def test_outputs(deployed: Deployed) -> None:
    described = deployed.aws.client("cloudformation").describe_stacks(StackName="CircuitBreaker")["Stacks"][0]
    assert ("HttpApiUrl", "HTTP API Url") in {(output["OutputKey"], output["Description"]) for output in described["Outputs"]}
    outputs = deployed.outputs
    assert outputs["TableName"] in deployed.aws.client("dynamodb").list_tables()["TableNames"]
    configuration = deployed.aws.client("lambda").get_function(FunctionName=outputs["FunctionName"])["Configuration"]
    assert configuration["LoggingConfig"]["LogGroup"] == outputs["LogGroupName"]


def test_the_function_reads_and_updates_its_table(deployed: Deployed) -> None:
    read = deployed.ask("get_item", Key=KEY)
    assert (read["code"], read["version"]) == ("OK", "2.0")
    assert read["settings"] == {"CIRCUITBREAKER_TABLE": deployed.outputs["TableName"], "CIRCUITBREAKER_PROBES": "2"}
    update = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    assert deployed.ask("update_item", Key=KEY, **update)["code"] == "OK"


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("scan", {}),
        ("put_item", {"Item": KEY}),
        ("delete_item", {"Key": KEY}),
        ("describe_table", {}),
        ("get_item", {"Key": KEY, "TableName": "another"}),
        ("update_item", {"Key": KEY, "TableName": "another"}),
    ],
)
def test_anything_else_is_refused(deployed: Deployed, verb: str, arguments: dict) -> None:
    assert deployed.ask(verb, **arguments) == {"code": "AccessDeniedException"}


def test_diff(deployed: Deployed) -> None:
    assert "There were no differences" in deployed.cdk("diff", "--app", str(deployed.assembly))
    assert "MemorySize" in deployed.cdk("diff", "-c", "functionMemory=512")


def test_destroy_leaves_nothing(deployed: Deployed) -> None:
    deployed.cdk("destroy", "--force", "--app", str(deployed.assembly))
    aws = deployed.aws
    assert aws.client("dynamodb").list_tables()["TableNames"] == []
    assert aws.client("lambda").list_functions()["Functions"] == []
    assert aws.client("apigatewayv2").get_apis()["Items"] == []
    assert aws.client("logs").describe_log_groups()["logGroups"] == []
    roles = aws.client("iam").list_roles()["Roles"]
    assert not [role for role in roles if role["RoleName"].startswith("CircuitBreaker")]
    assert "CircuitBreaker" not in [stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]]
