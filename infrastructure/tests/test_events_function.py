# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""CircuitEvents as Lambda runs it, against a stand-in for EventBridge."""

import json
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


@pytest.fixture
def api(real_events: Path, tmp_path: Path) -> Iterator[RuntimeAPI]:
    with zipfile.ZipFile(real_events) as archive:
        bootstrap = Path(archive.extract("bootstrap", tmp_path))
    bootstrap.chmod(0o755)
    with runtime_api() as api, function([bootstrap], api.environment(CIRCUITBREAKER_EVENT_BUS=BUS)):
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
