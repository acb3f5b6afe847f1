# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The pattern end to end: the real package behind the HTTP API, with the rights of its own role."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from tests.deployed import Answer, Deployed, deploy, leftovers
from tests.local_aws import LocalAWS

pytestmark = pytest.mark.deploy

REQUESTS, AT_ONCE = 500, 20
OPEN_TIME = 300
V1_TYPES = {"circuitState": "S", "failureCount": "N", "successCount": "N", "nextAttempt": "N", "lastFailureTime": "N", "schemaVersion": "N"}
# Where the circuit may go from where.
NEXT = {"CLOSED": {"OPEN"}, "OPEN": {"HALF"}, "HALF": {"OPEN", "CLOSED"}}


@pytest.fixture(scope="module")
def pattern(aws: LocalAWS, real_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    open_time = {"CIRCUITBREAKER_TIMEOUT_MS": OPEN_TIME, "CIRCUITBREAKER_MAX_TIMEOUT_MS": OPEN_TIME}
    return deploy(aws, tmp_path_factory.mktemp("pattern"), "Pattern", real_package, **open_time, CIRCUITBREAKER_LEASE_MS=3000)


@pytest.fixture(scope="module")
def answers(pattern: Deployed) -> list[Answer]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda number: pattern.get(f"/{number}"), range(REQUESTS)))
    # Which probes succeed is a matter of luck: go on until some have.
    deadline = time.monotonic() + 60
    while not any(change.after == "CLOSED" for change in pattern.changes):
        assert time.monotonic() < deadline, pattern.changes
        answers.append(pattern.get())
        time.sleep(0.05)
    return answers


def test_every_request_is_answered(answers: list[Answer]) -> None:
    assert {answer.status for answer in answers} == {200}
    assert {answer.message for answer in answers} == {"Success", "Fallback"}
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    outcomes = Counter(answer.outcome for answer in answers)
    assert set(outcomes) == {"success", "failed", "rejected"}
    assert all((answer.message == "Success") == (answer.outcome == "success") for answer in answers)
    assert all("retry-after" in answer.headers for answer in answers if answer.outcome == "rejected")


def test_the_log_tells_each_change_of_state_once_and_in_order(pattern: Deployed, answers: list[Answer]) -> None:
    """I2: whoever makes a change logs it, so the logs of all environments together are the circuit's history."""
    changes = pattern.changes
    assert len({change.epoch for change in changes}) == len(changes)
    assert {change.after for change in changes} == {"OPEN", "HALF", "CLOSED"}
    state = "CLOSED"
    for change in changes:
        assert change.before == state, changes
        assert change.after in NEXT[state], changes
        state = change.after
    assert any("Expensive Fallback Successful" in line for line in pattern.log)
    assert len(answers) >= REQUESTS


def test_the_table_holds_what_the_log_says(pattern: Deployed, answers: list[Answer]) -> None:
    last = pattern.changes[-1]
    (item,) = pattern.items
    assert item["id"] == {"S": pattern.outputs["FunctionName"]}
    assert item["cb_epoch"] == {"N": str(last.epoch)}
    assert item["circuitState"] == {"S": "HALF-OPEN" if last.after == "HALF" else last.after}
    assert {name: next(iter(value)) for name, value in item.items()}.items() >= V1_TYPES.items()
    assert int(item["expiresAt"]["N"]) > time.time()
    assert len(answers) >= REQUESTS


def test_environments_served_it_together(pattern: Deployed, answers: list[Answer]) -> None:
    assert len(pattern.processes) > 1
    assert len({line.split("environment=")[1].split()[0] for line in pattern.log if "CircuitBreaker state" in line}) > 1
    assert len(answers) >= REQUESTS


def test_the_function_has_the_rights_of_its_role_and_no_others(pattern: Deployed, answers: list[Answer]) -> None:
    """With the credentials that the running function has."""
    variables = pattern.variables(next(iter(pattern.processes)))
    assert variables["AWS_SESSION_TOKEN"]
    client = Session().create_client(
        "dynamodb",
        region_name=variables["AWS_REGION"],
        endpoint_url=pattern.aws.url,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables["AWS_SESSION_TOKEN"],
    )
    table, key = pattern.outputs["TableName"], {"id": {"S": pattern.outputs["FunctionName"]}}
    assert client.get_item(TableName=table, Key=key)["Item"]
    pattern.aws.client("dynamodb").create_table(
        TableName="another",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    try:
        for call in (
            lambda: client.scan(TableName=table),
            lambda: client.delete_item(TableName=table, Key=key),
            lambda: client.get_item(TableName="another", Key=key),
        ):
            with pytest.raises(ClientError) as refusal:
                call()
            assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    finally:
        pattern.aws.client("dynamodb").delete_table(TableName="another")
    assert len(answers) >= REQUESTS


def test_outputs(pattern: Deployed) -> None:
    assert set(pattern.outputs) == {"HttpApiUrl", "TableName", "FunctionName", "LogGroupName", "AccessLogGroupName"}
    assert pattern.outputs["HttpApiUrl"].startswith("https://")
    assert pattern.outputs["TableName"] in pattern.aws.client("dynamodb").list_tables()["TableNames"]


def test_destroy_leaves_nothing(pattern: Deployed) -> None:
    assert len(leftovers(pattern.aws, pattern.name)) == 7
    pattern.cdk("destroy", "--force")
    assert leftovers(pattern.aws, pattern.name) == []
