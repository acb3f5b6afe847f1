# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A queue that waits for its circuit, and its dead-letter queue: Examples/SQSFunction and CircuitEvents, deployed.

CIRCUIT_BREAKER_QUEUE=long, as `make test-queue-long` has it: 2,000 messages, a minute's outage and the schedule as it is deployed. Otherwise 300
messages, an outage of 20 seconds, and a schedule that the test keeps itself, every two seconds.
"""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ministack.services.eventbridge import _apply_input_transformer

from tests.commands import NO_AWS
from tests.deployed import Deployed
from tests.local_aws import LocalAWS
from tests.local_runs import ROOT, wait_until

pytestmark = pytest.mark.deploy

PROGRAM = Path(os.environ.get("CIRCUIT_BREAKER_PROGRAM", ROOT.parent / ".build/debug/breaker"))
IS_LONG = os.environ.get("CIRCUIT_BREAKER_QUEUE") == "long"
# Messages, seconds of the outage, and how long the circuit stays OPEN the first time and at most, in milliseconds.
MESSAGES, OUTAGE, OPEN_TIMES = (2_000, 60, (10_000, 60_000)) if IS_LONG else (300, 20, (4_000, 8_000))
APP = ["--app", "python3 -m tests.queue_app"]
RECORDER = Path(__file__).with_name("recording_bootstrap.py")


class Bank(ThreadingHTTPServer):
    """Takes payments while it is alive."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.is_alive = True
        self.lock = threading.Lock()
        self.refused: list[str] = []
        self.paid: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Bank

    def do_POST(self) -> None:
        payment = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["id"]
        bank = self.server
        time.sleep(0.01)
        with bank.lock:
            is_alive = bank.is_alive
            if is_alive:
                bank.paid[payment] += 1
            else:
                bank.refused.append(payment)
        self.send_response(HTTPStatus.OK if is_alive else HTTPStatus.SERVICE_UNAVAILABLE)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle_one_request()


@contextlib.contextmanager
def open_bank() -> Iterator[Bank]:
    bank = Bank()
    threading.Thread(target=bank.serve_forever, args=(0.05,), daemon=True).start()
    yield bank
    bank.shutdown()
    bank.server_close()


@pytest.fixture
def bank() -> Iterator[Bank]:
    with open_bank() as bank:
        yield bank


@dataclass
class Queues:
    """The stack, and the batches that its function has answered."""

    stack: Deployed
    record: Path
    events: list[dict[str, Any]] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.stack.outputs[f"{name}Name"]

    def client(self, service: str) -> Any:
        return self.stack.aws.client(service)

    @property
    def mapping(self) -> tuple[str, int | None]:
        found = self.client("lambda").get_event_source_mapping(UUID=self["Mapping"])
        return found["State"], found.get("ScalingConfig", {}).get("MaximumConcurrency")

    @property
    def batches(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    @property
    def record_of_circuit(self) -> dict[str, Any]:
        return self.client("dynamodb").get_item(TableName=self["Table"], Key={"id": {"S": "bank"}}, ConsistentRead=True).get("Item", {})

    def send(self, bodies: list[str]) -> None:
        for start in range(0, len(bodies), 10):
            entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies[start : start + 10])]
            assert not self.client("sqs").send_message_batch(QueueUrl=self["Queue"], Entries=entries).get("Failed")

    def count(self, name: str) -> int:
        """Messages in a queue, hidden or not."""
        attributes = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=self[name], AttributeNames=attributes)["Attributes"]
        return sum(int(value) for value in found.values())

    def invoke(self, payload: dict[str, Any]) -> dict[str, Any]:
        reply = self.client("lambda").invoke(FunctionName=self["Events"], Payload=json.dumps(payload))
        return json.loads(reply["Payload"].read())

    @property
    def look(self) -> dict[str, Any]:
        """What the schedule sends."""
        events = self.client("events")
        (rule,) = [rule for rule in events.list_rules()["Rules"] if rule.get("ScheduleExpression") and self.stack.name in rule["Name"]]
        return json.loads(events.list_targets_by_rule(Rule=rule["Name"])["Targets"][0]["Input"])

    def kill_events(self) -> int:
        running = self.stack.processes_of(self["Events"])
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return len(running)


def recorder(worker: Path, folder: Path) -> Path:
    """The package with the recorder before the function."""
    path = folder / "recorded.zip"
    with zipfile.ZipFile(worker) as archive, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in (("bootstrap", RECORDER.read_bytes()), ("worker", archive.read("bootstrap"))):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o755 << 16
            package.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


@contextlib.contextmanager
def deployed(aws: LocalAWS, folder: Path, packages: tuple[Path, Path], bank: Bank, **given: object) -> Iterator[Queues]:
    """The stack of tests/queue_app.py, with what it is given in place of what it has otherwise."""
    record = folder / "record"
    record.touch()
    context = {
        "stackName": "Queues",
        "package": recorder(packages[0], folder),
        "eventsPackage": packages[1],
        "after": "never",
        "visibility": 30,
        "receipts": 10,
        "BANK_URL": bank.url,
        "RECORD": record,
        "CIRCUITBREAKER_TIMEOUT_MS": OPEN_TIMES[0],
        "CIRCUITBREAKER_MAX_TIMEOUT_MS": OPEN_TIMES[1],
        **given,
    }
    name = str(context["stackName"])
    stack = Deployed(aws, folder, name, [*APP, *(word for key, value in context.items() for word in ("-c", f"{key}={value}"))], {})
    outputs = folder / "outputs.json"
    stack.cdk("deploy", "--require-approval", "never", "--outputs-file", str(outputs))
    stack.outputs.update(json.loads(outputs.read_text())[name])
    yield Queues(stack, record)
    stack.cdk("destroy", "--force")


@contextlib.contextmanager
def schedule(queues: Queues, seconds: float) -> Iterator[None]:
    """The schedule, faster than once a minute."""
    over = threading.Event()
    look = queues.look

    def run() -> None:
        while not over.wait(seconds):
            # One that is killed meanwhile answers nothing.
            with contextlib.suppress(Exception):
                queues.invoke(look)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def payments(count: int) -> list[str]:
    return [json.dumps({"id": f"p{number}", "amount": 100}) for number in range(count)]


@dataclass
class Outage:
    refused: int
    received_again: int
    receipts: int
    most_receipts: int
    dead: int
    seconds_to_drain: float
    states: list[tuple[str, int | None]]


def outage(queues: Queues, bank: Bank, *, kills_every: float | None = None) -> Outage:
    """A queue full of messages while the bank is dead."""
    states: list[tuple[str, int | None]] = []
    bank.is_alive = False
    queues.send(payments(MESSAGES))
    recovery, killed, deadline = time.monotonic() + OUTAGE, time.monotonic(), time.monotonic() + OUTAGE + 600
    refused = 0
    while queues.count("Queue") > 0 or len(bank.paid) < MESSAGES:
        assert time.monotonic() < deadline, f"{len(bank.paid)} of {MESSAGES} paid, {queues.count('Queue')} in the queue, {queues.mapping}"
        if not bank.is_alive and time.monotonic() >= recovery:
            with bank.lock:
                bank.is_alive = True
                refused = len(bank.refused)
            recovery = time.monotonic()
        if kills_every and time.monotonic() - killed >= kills_every:
            queues.kill_events()
            killed = time.monotonic()
        if (state := queues.mapping) not in states[-1:]:
            states.append(state)
        time.sleep(0.1)
    drained = time.monotonic() - recovery
    most: dict[str, int] = {}
    for batch in queues.batches:
        for _, count, identifier in batch["messages"]:
            most[identifier] = max(count, most.get(identifier, 0))
    again = sum(count > 1 for count in most.values())
    return Outage(refused, again, sum(most.values()), max(most.values()), queues.count("Dead"), drained, states)


def test_a_queue_waits_for_its_circuit(aws: LocalAWS, tmp_path: Path, queue_function: Path, real_events: Path, bank: Bank) -> None:
    with deployed(aws, tmp_path, (queue_function, real_events), bank, stackName="Waiting", after=0) as queues:
        assert queues.mapping == ("Enabled", 10)
        with contextlib.nullcontext() if IS_LONG else schedule(queues, 2):
            # CircuitEvents is killed wherever it is.
            result = outage(queues, bank, kills_every=7)
            wait_until(lambda: queues.mapping == ("Enabled", 10), 150, "the mapping is as before")
        assert result.dead == 0
        assert all(count == 1 for count in bank.paid.values())
        assert ("Disabled", 3) in result.states
        assert result.states[-1][0] == "Enabled"
        print(f"with pause: {result}")  # noqa: T201


@pytest.mark.skipif(not IS_LONG, reason="the long form compares")
def test_the_same_without_a_pause(aws: LocalAWS, tmp_path: Path, queue_function: Path, real_events: Path, bank: Bank) -> None:
    with deployed(aws, tmp_path, (queue_function, real_events), bank, stackName="Eager") as queues:
        result = outage(queues, bank)
        assert result.dead == 0
        assert result.states == [("Enabled", 10)]
        print(f"without pause: {result}")  # noqa: T201


@pytest.fixture(scope="module")
def module_bank() -> Iterator[Bank]:
    with open_bank() as bank:
        yield bank


@pytest.fixture(scope="module")
def queues(aws: LocalAWS, tmp_path_factory: pytest.TempPathFactory, queue_function: Path, real_events: Path, module_bank: Bank) -> Iterator[Queues]:
    folder = tmp_path_factory.mktemp("queues")
    with deployed(aws, folder, (queue_function, real_events), module_bank, stackName="Poisoned", visibility=6, receipts=6) as queues:
        yield queues


def test_only_what_nobody_can_pay_goes_to_the_dead_letter_queue(queues: Queues, module_bank: Bank) -> None:
    bank, good = module_bank, payments(200)
    bad = [json.dumps({"id": "n0", "amount": 0}), "no payment", '{"id":"n1"}', json.dumps({"id": "n2", "amount": -1})]
    every = good[:50] + bad[:2] + good[50:100] + bad[2:] + good[100:]
    queues.send(every[:100])
    wait_until(lambda: len(bank.paid) >= 40, 60, "payments")
    bank.is_alive = False
    queues.send(every[100:])
    wait_until(lambda: queues.record_of_circuit.get("circuitState", {}).get("S") == "OPEN", 60, "the circuit opens")
    time.sleep(8)
    bank.is_alive = True
    wait_until(lambda: len(bank.paid) == len(good), 120, "all good ones are paid")
    wait_until(lambda: queues.count("Queue") == 0 and queues.count("Dead") == len(bad), 120, "bad ones are in the dead-letter queue")
    dead: list[str] = []
    while len(dead) < len(bad):
        dead += [message["Body"] for message in queues.client("sqs").receive_message(QueueUrl=queues["Dead"], MaxNumberOfMessages=10)["Messages"]]
    assert sorted(dead) == sorted(bad)
    assert set(bank.paid) == {json.loads(body)["id"] for body in good}
    # What each answer kept came again or went to the dead-letter queue; what it did not keep was paid, and never came again.
    batches = queues.batches
    done: set[str] = set()
    rejected = 0
    for batch in batches:
        assert batch["kind"] == "response"
        bodies = {identifier: body for body, _, identifier in batch["messages"]}
        kept = [failure["itemIdentifier"] for failure in batch["answer"]["batchItemFailures"]]
        assert len(set(kept)) == len(kept)
        assert set(kept) <= bodies.keys()
        assert not done & bodies.keys()
        assert all(bodies[identifier] in good for identifier in bodies.keys() - set(kept))
        assert {identifier for identifier, body in bodies.items() if body in bad} <= set(kept)
        done |= bodies.keys() - set(kept)
        rejected += sum(bodies[identifier] in good for identifier in kept)
    assert len(done) == len(good)
    most = max(count for batch in batches for body, count, _ in batch["messages"] if body in good)
    print(f"{len(good)} good and {len(bad)} bad messages in {len(batches)} batches: good ones stayed {rejected} times, {most} receipts at most")  # noqa: T201


def alarm_event(queues: Queues, state: str, when: str) -> dict[str, Any]:
    """As CloudWatch tells it."""
    name = queues["Alarm"].rpartition(":")[2]
    states = {"ALARM": "OK", "OK": "ALARM"}
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "000000000000",
        "time": when,
        "region": "eu-west-1",
        "resources": [queues["Alarm"]],
        "detail": {"alarmName": name, "state": {"value": state, "reason": "…"}, "previousState": {"value": states[state]}, "configuration": {}},
    }


def test_an_alarm_gives_an_order_once(queues: Queues) -> None:
    events = queues.client("events")
    rule = events.describe_rule(Name=queues["OrderRule"])
    (target,) = events.list_targets_by_rule(Rule=queues["OrderRule"])["Targets"]
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    event = alarm_event(queues, "ALARM", when)

    def passes(event: dict[str, Any]) -> bool:
        return events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))["Result"]

    assert passes(event)
    assert not passes(alarm_event(queues, "OK", when))
    assert not passes({**event, "resources": [queues["Alarm"] + "-other"]})
    payload = json.loads(_apply_input_transformer(target["InputTransformer"], rule, SimpleNamespace(event_with_detail=lambda: event, envelope=dict)))
    assert [queues.invoke(payload) for _ in range(3)] == [{"action": "is given"}, {"action": "was given before"}, {"action": "was given before"}]
    shown = breaker(queues, "show", "ordered", "--json")
    order = json.loads(shown)["order"]
    name = queues["Alarm"].rpartition(":")[2]
    assert (order["kind"], order["by"], order["why"]) == ("FORCE-OPEN", f"alarm {name}", "the bank has an incident")
    # An operator's word is the last one.
    breaker(queues, "lift", "ordered", "--by", "ann", "--why", "a false alarm")
    assert queues.invoke(payload) == {"action": "was given before"}
    late = {"order": {**payload["order"], "time": "2020-01-01T00:00:00Z"}}
    assert queues.invoke(late) == {"action": "came too late"}
    # It may give no other circuit an order.
    refused = queues.invoke({"order": {**payload["order"], "circuit": "bank"}})
    assert "AccessDenied" in refused["errorMessage"]


def breaker(queues: Queues, *arguments: str) -> str:
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("AWS_")}, **NO_AWS, **queues.stack.aws.environment}
    environment["CIRCUITBREAKER_TABLE"] = queues["Table"]
    result = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout
