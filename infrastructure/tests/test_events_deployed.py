# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""From a change to whoever waits for it: function, table, stream, CircuitEvents, bus, rule, queue, with the real packages."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import NO_AWS
from tests.deployed import Deployed, deploy
from tests.local_aws import LocalAWS
from tests.local_runs import ROOT

pytestmark = pytest.mark.deploy

PROGRAM = Path(os.environ.get("CIRCUIT_BREAKER_PROGRAM", ROOT.parent / ".build/debug/breaker"))
FAST = {f"CIRCUITBREAKER_{name}": "50" for name in ("TIMEOUT_MS", "MAX_TIMEOUT_MS")}


class Waiting:
    """A queue that a rule sends all events of a source to."""

    def __init__(self, aws: LocalAWS) -> None:
        self.sqs, events = aws.client("sqs"), aws.client("events")
        self.url = self.sqs.create_queue(QueueName="waiting")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name="all", EventPattern=json.dumps({"source": ["swift-circuit-breaker"]}))
        events.put_targets(Rule="all", Targets=[{"Id": "waiting", "Arn": arn}])
        self.events: list[dict[str, Any]] = []

    def of(self, circuit: str, count: int) -> list[dict[str, Any]]:
        """The events of a circuit, once there are so many beside doubled ones."""
        deadline = time.monotonic() + 60
        while True:
            found = [event for event in self.events if event["detail"]["circuit"] == circuit]
            if len({event["detail"]["key"] for event in found}) >= count or time.monotonic() > deadline:
                return found
            for message in self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                self.events.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture(scope="module")
def stack(aws: LocalAWS, tmp_path_factory: pytest.TempPathFactory, real_package: Path, real_events: Path) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("events")
    stack = deploy(aws, folder, "Telling", real_package, events="true", eventsPackage=real_events, SUCCESS_PROBABILITY="0", **FAST)
    yield stack
    stack.cdk("destroy", "--force")


@pytest.fixture(scope="module")
def waiting(aws: LocalAWS) -> Waiting:
    return Waiting(aws)


def kill_circuit_events(stack: Deployed) -> int:
    """Ends the function wherever it is."""
    name = next(
        found["FunctionName"] for found in stack.aws.client("lambda").list_functions()["Functions"] if "EventsFunction" in found["FunctionName"]
    )
    running = stack.processes_of(name)
    for process in running:
        os.kill(process, signal.SIGKILL)
    return len(running)


def test_every_change_by_the_function_arrives(stack: Deployed, waiting: Waiting) -> None:
    kills = 0
    for number in range(200):
        stack.get()
        if number % 20 == 10:
            kills += kill_circuit_events(stack)
    # As the environment logged them, which made them.
    changes = stack.changes
    assert sum(change.after == "OPEN" for change in changes) >= 50
    events = waiting.of(stack.outputs["FunctionName"], len(changes))
    arrived = {event["detail"]["key"]: event["detail"] for event in events}
    assert list(arrived) == [f"state-{change.epoch}" for change in changes]
    words = {"OPEN": "OPEN", "HALF": "HALF-OPEN", "CLOSED": "CLOSED"}
    assert [(detail["from"], detail["to"]) for detail in arrived.values()] == [(words[change.before], words[change.after]) for change in changes]
    first = events[0]
    assert (first["source"], first["detail-type"]) == ("swift-circuit-breaker", "Circuit State Change")
    assert (first["detail"]["reason"]["name"], first["detail"]["table"]) == ("failures", stack.outputs["TableName"])
    print(f"{len(changes)} changes by the function, {kills} kills of CircuitEvents: all in order, {len(events) - len(arrived)} of them twice")  # noqa: T201


def test_changes_arrive_in_order_whatever_becomes_of_the_function(stack: Deployed, waiting: Waiting) -> None:
    table, name = stack.aws.client("dynamodb"), stack.outputs["TableName"]
    states, sent, kills = ["OPEN", "HALF-OPEN", "OPEN", "HALF-OPEN", "CLOSED"] * 30, [], 0
    item = {"id": {"S": "v1"}, "circuitState": {"S": "CLOSED"}, "failureCount": {"N": "0"}, "stateTimestamp": {"N": "0"}}
    table.put_item(TableName=name, Item=item)
    for number, state in enumerate(states):
        values = {":s": {"S": state}, ":n": {"N": str(number)}}
        # A report, which tells nothing, before each.
        table.update_item(
            TableName=name, Key={"id": {"S": "v1"}}, UpdateExpression="SET failureCount = :n", ExpressionAttributeValues={":n": values[":n"]}
        )
        update = "SET circuitState = :s, stateTimestamp = :n"
        table.update_item(TableName=name, Key={"id": {"S": "v1"}}, UpdateExpression=update, ExpressionAttributeValues=values)
        sent.append(state)
        if number % 10 == 9:
            time.sleep(0.3)
            kills += kill_circuit_events(stack)
        if number % 10 == 4:
            kills += kill_circuit_events(stack)
    arrived = {event["detail"]["key"]: event["detail"] for event in waiting.of("v1", len(states))}
    in_order = sorted(arrived.values(), key=lambda detail: int(detail["sequenceNumber"]))
    assert [detail["to"] for detail in in_order] == sent
    # Each for the first time.
    assert list(arrived.values()) == in_order
    assert {detail["reason"]["name"] for detail in in_order} == {"foreign"}
    assert kills > 0
    doubles = len(waiting.of("v1", 0)) - len(arrived)
    print(f"{len(states)} changes by a writer without epochs, {kills} kills: all in order, {doubles} of them twice")  # noqa: T201


def test_operators_orders_arrive(stack: Deployed, waiting: Waiting) -> None:
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("AWS_")}, **NO_AWS, **stack.aws.environment}
    environment["CIRCUITBREAKER_TABLE"] = stack.outputs["TableName"]
    for verb, *more in (
        ("open", "--for", "15m", "--create"),
        ("close", "--for", "15m", "--yes"),
        ("open", "--forever"),
        ("lift",),
    ):
        command = [PROGRAM, verb, "ordered", "--by", "ann", "--why", "a test", *more]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert (result.returncode, result.stderr) == (0, ""), result
    events = waiting.of("ordered", 4)
    assert {event["detail-type"] for event in events} == {"Circuit Order Change"}
    details = [event["detail"] for event in events]
    assert [(detail["change"], detail["order"]["kind"]) for detail in details] == [
        ("given", "FORCE-OPEN"),
        ("given", "FORCE-CLOSED"),
        ("given", "FORCE-OPEN"),
        ("lifted", "FORCE-OPEN"),
    ]
    assert {(detail["order"]["by"], detail["order"]["why"], detail["state"]) for detail in details} == {("ann", "a test", "CLOSED")}
    assert (details[-1]["liftedBy"], details[-1]["liftedWhy"], details[-1]["order"]["until"]) == ("ann", "a test", None)
    assert [detail["key"] for detail in details] == [f"order-{detail['epoch']}" for detail in details]


def test_how_long_a_change_takes(stack: Deployed, waiting: Waiting) -> None:
    table, name, took = stack.aws.client("dynamodb"), stack.outputs["TableName"], []
    for number in range(10):
        circuit = f"timed-{number}"
        start = time.monotonic()
        table.put_item(TableName=name, Item={"id": {"S": circuit}, "circuitState": {"S": "OPEN"}, "failureCount": {"N": "5"}})
        assert waiting.of(circuit, 1)[0]["detail"]["to"] == "OPEN"
        took.append(time.monotonic() - start)
    print(f"from a change to the queue: median {sorted(took)[5]:.2f} s, most {max(took):.2f} s")  # noqa: T201
