# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The stack with the real package, deployed by the real cdk command, and all that can be seen of it from outside."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import cdk
from tests.local_aws import REGION, LocalAWS

STATE_LINE = re.compile(
    r"CircuitBreaker state: (?P<state>OPEN|HALF|CLOSED) .*?\benvironment=(?P<environment>\S+) epoch=(?P<epoch>\d+) from=(?P<from>\w+)"
)


@dataclass(frozen=True)
class Answer:
    status: int
    message: str
    headers: dict[str, str]

    @property
    def outcome(self) -> str:
        """How a fallback came about."""
        return self.headers.get("circuit-fallback", "success")


@dataclass(frozen=True)
class Change:
    """A change of the circuit's state, as the environment that made it logged it."""

    epoch: int
    before: str
    after: str


@dataclass(frozen=True)
class Deployed:
    aws: LocalAWS
    folder: Path
    name: str
    context: list[str]
    outputs: dict[str, str]

    def cdk(self, *arguments: str) -> str:
        result = cdk(self.folder / f"{self.name}.out", *arguments, *self.context, environment=self.aws.environment)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def get(self, path: str = "/") -> Answer:
        api = self.outputs["HttpApiUrl"].removeprefix("https://").split(".")[0]
        request = urllib.request.Request(f"{self.aws.url}{path}", headers={"Host": f"{api}.execute-api.127.0.0.1:{self.aws.port}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                status, body, headers = reply.status, reply.read(), reply.headers
        except urllib.error.HTTPError as error:
            status, body, headers = error.code, error.read(), error.headers
        try:
            message = json.loads(body)["message"]
        except (ValueError, KeyError, TypeError):
            message = body.decode(errors="replace")
        return Answer(status, message, {name.lower(): value for name, value in headers.items()})

    @property
    def log(self) -> list[str]:
        logs, lines, group = self.aws.client("logs"), [], self.outputs["LogGroupName"]
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
            lines += [event["message"].rstrip("\n") for event in page["events"]]
        return lines

    @property
    def changes(self) -> list[Change]:
        found = [match for line in self.log if (match := STATE_LINE.search(line))]
        return sorted(
            (Change(int(match["epoch"]), match["from"], match["state"]) for match in found),
            key=lambda change: change.epoch,
        )

    @property
    def items(self) -> list[dict[str, Any]]:
        return self.aws.client("dynamodb").scan(TableName=self.outputs["TableName"])["Items"]

    @property
    def item(self) -> dict[str, Any] | None:
        key = {"id": {"S": self.outputs["FunctionName"]}}
        return self.aws.client("dynamodb").get_item(TableName=self.outputs["TableName"], Key=key, ConsistentRead=True).get("Item")

    @property
    def processes(self) -> set[int]:
        """The function's processes; those of other functions of the same stand-in for AWS are not among them."""
        return self.processes_of(self.outputs["FunctionName"])

    def processes_of(self, function: str) -> set[int]:
        return {pid for pid in self._children() if self.variables(pid).get("AWS_LAMBDA_FUNCTION_NAME") == function}

    def _children(self) -> Iterator[int]:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                if parent == self.aws.process:
                    yield int(entry.name)

    @staticmethod
    def variables(pid: int) -> dict[str, str]:
        try:
            text = Path(f"/proc/{pid}/environ").read_text(errors="replace")
        except OSError:
            return {}
        return dict(variable.split("=", 1) for variable in text.split("\0") if "=" in variable)


def deploy(aws: LocalAWS, folder: Path, name: str, package: Path, **context: object) -> Deployed:
    given = {"local": "true", "package": package, "stackName": name, **context}
    stack = Deployed(aws, folder, name, [word for key, value in given.items() for word in ("-c", f"{key}={value}")], {})
    outputs = folder / f"{name}.json"
    stack.cdk("deploy", "--require-approval", "never", "--outputs-file", str(outputs))
    stack.outputs.update(json.loads(outputs.read_text())[name])
    return stack


def prepare_account(aws: LocalAWS, folder: Path, package: Path) -> None:
    context = ["-c", "local=true", "-c", f"package={package}"]
    result = cdk(folder / "account.out", "bootstrap", f"aws://000000000000/{REGION}", *context, environment=aws.environment)
    assert result.returncode == 0, result.stdout + result.stderr


def leftovers(aws: LocalAWS, name: str) -> list[str]:
    """What there still is of a stack."""
    names = [
        *aws.client("dynamodb").list_tables()["TableNames"],
        *(function["FunctionName"] for function in aws.client("lambda").list_functions()["Functions"]),
        *(api["Name"] for api in aws.client("apigatewayv2").get_apis()["Items"]),
        *(group["logGroupName"] for group in aws.client("logs").describe_log_groups()["logGroups"]),
        *(role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]),
        *(stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]),
    ]
    return [found for found in names if name in found]
