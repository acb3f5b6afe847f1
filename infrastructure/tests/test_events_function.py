# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""CircuitEvents as Lambda runs it, against a stand-in for EventBridge."""

import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime_api import RuntimeAPI, function, runtime_api

STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/circuits/stream/2026-11-26T00:00:00.000"
BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/operations"


def opening(number: int) -> dict:
    """A write by circuitbreaker-lambda, as the stream has it."""
    images = {
        name: {"id": {"S": "payments"}, "circuitState": {"S": state}, "failureCount": {"N": "5"}, "nextAttempt": {"N": "9000"}}
        for name, state in (("OldImage", "CLOSED"), ("NewImage", "OPEN"))
    }
    change = {"Keys": {"id": {"S": "payments"}}, "SequenceNumber": str(number), "StreamViewType": "NEW_AND_OLD_IMAGES", **images}
    return {"Records": [{"eventName": "MODIFY", "eventSource": "aws:dynamodb", "eventSourceARN": STREAM, "dynamodb": change}]}


@pytest.fixture(scope="module")
def events_bootstrap(real_events: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with zipfile.ZipFile(real_events) as archive:
        bootstrap = Path(archive.extract("bootstrap", tmp_path_factory.mktemp("events")))
    bootstrap.chmod(0o755)
    return bootstrap


@pytest.fixture
def api(events_bootstrap: Path) -> Iterator[RuntimeAPI]:
    with runtime_api() as api, function([events_bootstrap], api.environment(CIRCUITBREAKER_EVENT_BUS=BUS)):
        yield api


def test_an_opening_goes_to_the_bus(api: RuntimeAPI) -> None:
    api.table = (200, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})
    api.invoke(opening(7), seconds=30)
    assert api.answer() == ("response", {"batchItemFailures": []})
    (request,) = api.table_requests
    assert request["target"] == "AWSEvents.PutEvents"
    (entry,) = request["Entries"]
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == (BUS, "swift-circuit-breaker", "Circuit State Change")
    detail = json.loads(entry["Detail"])
    assert (detail["from"], detail["to"], detail["table"], detail["key"], detail["nextAttempt"]) == (
        "CLOSED",
        "OPEN",
        "circuits",
        "state-write-7",
        9000,
    )


def test_what_the_bus_does_not_take_is_handed_back(api: RuntimeAPI) -> None:
    api.table = (200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]})
    api.invoke(opening(7), seconds=30)
    assert api.answer() == ("response", {"batchItemFailures": [{"itemIdentifier": "7"}]})
    assert len(api.table_requests) == 4


def test_what_is_no_streams_event_fails(api: RuntimeAPI) -> None:
    api.invoke({"Records": [{"dynamodb": {}}]}, seconds=30)
    kind, answer = api.answer()
    assert kind == "error"
    assert "its record 0 has no 'SequenceNumber'" in answer["errorMessage"]


PAUSE = {
    "pause": {"mapping": "0f", "circuit": "payments", "afterMilliseconds": 60_000, "longestMilliseconds": 3_600_000, "concurrency": 20},
}
MINUTE = 60_000


def item(next_attempt: int) -> dict:
    """The record of a circuit that has been OPEN for two minutes."""
    now = int(time.time() * 1000)
    numbers = {"failureCount": 5, "nextAttempt": now + next_attempt, "stateTimestamp": now - 2 * MINUTE}
    return {"Item": {"id": {"S": "payments"}, "circuitState": {"S": "OPEN"}, **{name: {"N": str(value)} for name, value in numbers.items()}}}


class Environments:
    """Environments of the function, one after the other, with the same mapping and table."""

    def __init__(self, bootstrap: Path) -> None:
        self.bootstrap = bootstrap
        self.mapping = {"UUID": "0f", "State": "Enabled", "ScalingConfig": {"MaximumConcurrency": 20}}
        self.table: tuple[int, dict] = (200, {})

    def invoke(self, *, kill_at: str | None = None) -> tuple[str, dict] | None:
        """The answer; None of one that is killed at a step."""
        with runtime_api() as api:
            api.mapping, api.table = self.mapping, self.table
            with function([self.bootstrap], api.environment()) as process:

                def step(name: str) -> None:
                    if name == kill_at:
                        process.kill()
                        process.wait()
                        # What it had asked for is not done.
                        raise ConnectionAbortedError

                api.on_step = step
                api.invoke(PAUSE, seconds=30)
                answer = None if kill_at else api.answer()
                if kill_at:
                    process.wait(timeout=30)
            self.mapping = api.mapping
        return answer

    @property
    def state(self) -> tuple[str, int | None]:
        return self.mapping["State"], self.mapping["ScalingConfig"].get("MaximumConcurrency")


def test_a_queue_is_paused_and_comes_back(events_bootstrap: Path) -> None:
    environments = Environments(events_bootstrap)
    assert environments.invoke() == ("response", {"action": "stays on"})
    environments.table = (200, item(MINUTE))
    assert environments.invoke() == ("response", {"action": "is paused"})
    assert environments.state == ("Disabled", 3)
    assert environments.invoke() == ("response", {"action": "stays paused"})
    environments.table = (200, item(0))
    assert environments.invoke() == ("response", {"action": "is on with the least concurrency"})
    assert environments.state == ("Enabled", 2)
    environments.table = (200, {})
    assert environments.invoke() == ("response", {"action": "is on as before"})
    assert environments.state == ("Enabled", 20)


@pytest.mark.parametrize("step", ["GetEventSourceMapping", "DynamoDB_20120810.GetItem", "UpdateEventSourceMapping", "updated"])
def test_a_kill_at_any_step_leaves_nothing_paused(events_bootstrap: Path, step: str) -> None:
    environments = Environments(events_bootstrap)
    for table, expected in (((200, item(MINUTE)), ("Disabled", 3)), ((200, item(0)), ("Enabled", 2)), ((200, {}), ("Enabled", 20))):
        environments.table = table
        assert environments.invoke(kill_at=step) is None
        # The schedule comes.
        kind, _ = environments.invoke()
        assert (kind, environments.state) == ("response", expected)


def test_a_mapping_that_somebody_turned_off_stays_off(events_bootstrap: Path) -> None:
    environments = Environments(events_bootstrap)
    environments.mapping["State"] = "Disabled"
    for table in ((200, item(MINUTE)), (200, item(0)), (200, {})):
        environments.table = table
        assert environments.invoke() == ("response", {"action": "is left alone"})
        assert environments.state == ("Disabled", 20)


def test_a_table_that_refuses_is_an_error(events_bootstrap: Path) -> None:
    environments = Environments(events_bootstrap)
    environments.table = (400, {"__type": "AccessDeniedException", "message": "no"})
    kind, answer = environments.invoke() or ("", {})
    assert (kind, environments.state) == ("error", ("Enabled", 20))
    assert "dynamodb:GetItem" in answer["errorMessage"]
