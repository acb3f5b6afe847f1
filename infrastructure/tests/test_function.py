# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""One function process, by the real executable, as Lambda would run it."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime_api import RuntimeAPI, event, function, runtime_api

DENIED = (400, {"__type": "com.amazon.coral.service#AccessDeniedException", "message": "no"})
BAD = {
    "CIRCUITBREAKER_JITTER=2": 'CIRCUITBREAKER_JITTER is "2", but must be a number from 0 to 1',
    "CIRCUITBREAKER_DEADLINE_MARGIN_MS=soon": "at least 0 and at most 366 days, or off",
    "SUCCESS_PROBABILITY=often": "SUCCESS_PROBABILITY",
    "UPSTREAM_URL=example.com": "UPSTREAM_URL",
    "CIRCUITBREAKER_TABLE=": "set CIRCUITBREAKER_TABLE",
    "CIRCUITBREAKER_TABLE=a b": "'a b' is not the name of a table",
    "AWS_ENDPOINT_URL=nowhere": "AWS_ENDPOINT_URL is not a URL",
    "AWS_REGION=": "set AWS_REGION",
    "AWS_LAMBDA_FUNCTION_NAME=a/b": "circuit id",
    "AWS_LAMBDA_LOG_FORMAT=xml": "AWS_LAMBDA_LOG_FORMAT",
    "AWS_LAMBDA_MAX_CONCURRENCY=0": "AWS_LAMBDA_MAX_CONCURRENCY",
}


@pytest.fixture
def api() -> Iterator[RuntimeAPI]:
    with runtime_api() as api:
        yield api


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def silent() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def message(answer: tuple[str, dict]) -> str:
    kind, content = answer
    assert kind == "response", content
    assert content["statusCode"] == 200
    return json.loads(content["body"])["message"]


@pytest.mark.parametrize(("given", "why"), BAD.items())
def test_a_bad_setting_is_an_init_error_that_names_it(api: RuntimeAPI, bootstrap: Path, log: Path, given: str, why: str) -> None:
    name, _, value = given.partition("=")
    with function([bootstrap], api.environment(**{name: value}), log) as process:
        kind, report = api.answer()
        assert process.wait(10) == 1
    assert kind == "error"
    assert why in report["errorMessage"]
    assert not api.first_poll.is_set()
    (line,) = log.read_text().splitlines()
    assert why in line


@pytest.mark.parametrize("table", ["refuses", "is silent", "is not there"])
def test_a_table_that_cannot_be_used_does_not_end_it(api: RuntimeAPI, bootstrap: Path, log: Path, silent: str, table: str) -> None:
    """I7: what it says once, and no call waits for the table longer than it may."""
    api.table = DENIED
    endpoint = {"refuses": {}, "is silent": {"AWS_ENDPOINT_URL": silent}, "is not there": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}}[table]
    with function([bootstrap], api.environment(SUCCESS_PROBABILITY="0", CIRCUITBREAKER_TIMEOUT_MS="60000", **endpoint), log) as process:
        assert api.first_poll.wait(8)
        start = time.monotonic()
        for _ in range(3):
            api.invoke(event())
            assert message(api.answer()) == "Fallback"
        # By its own account the circuit is open now.
        api.invoke(event())
        assert api.answer()[1]["headers"]["circuit-fallback"] == "rejected"
        assert time.monotonic() - start < 2
        # One request without an answer is no loss yet: the next, once the table may be asked again, is; no call waits for it.
        time.sleep(max(0.0, start + 3 - time.monotonic()))
        while "CircuitBreaker store: lost" not in log.read_text() and time.monotonic() < start + 15:
            api.invoke(event())
            assert api.answer()[1]["headers"]["circuit-fallback"] == "rejected"
            time.sleep(0.2)
        assert process.poll() is None
    lines = log.read_text().splitlines()
    assert sum("CircuitBreaker store: not ready" in line for line in lines) == 1
    assert sum("CircuitBreaker store: lost, continuing by policy: local" in line for line in lines) == 1
    assert any("CircuitBreaker state: OPEN" in line for line in lines)


def test_with_on_store_loss_reject_no_call_is_made(api: RuntimeAPI, bootstrap: Path) -> None:
    api.table = DENIED
    with function([bootstrap], api.environment(SUCCESS_PROBABILITY="1", CIRCUITBREAKER_ON_STORE_LOSS="reject")):
        api.invoke(event())
        assert message(api.answer()) == "Fallback"


def test_several_invocations_at_once_share_one_breaker(api: RuntimeAPI, bootstrap: Path, log: Path) -> None:
    """As on Lambda Managed Instances."""
    settings = {"AWS_LAMBDA_MAX_CONCURRENCY": "8", "LATENCY_MS": "300", "SUCCESS_PROBABILITY": "1", "CIRCUITBREAKER_MAX_VIEW_AGE_MS": "60000"}
    with function([bootstrap], api.environment(**settings), log):
        deadline = time.monotonic() + 10
        while api.polling < 8:
            assert time.monotonic() < deadline, f"{api.polling} of 8 polls"
            time.sleep(0.01)
        start = time.monotonic()
        sent = [api.invoke(event()) for _ in range(8)]
        assert [message(api.answer()) for _ in sent] == ["Success"] * 8
        assert time.monotonic() - start < 4 * 0.3
    # One connection was opened and one view read for all of them. A report of the first success is a matter of chance.
    assert [request["target"] for request in api.table_requests].count("DynamoDB_20120810.GetItem") == 2
    assert log.read_text() == ""


def test_several_hangs_at_once_are_all_cut(api: RuntimeAPI, bootstrap: Path, silent: str) -> None:
    settings = {"AWS_LAMBDA_MAX_CONCURRENCY": "4", "UPSTREAM_URL": silent, "UPSTREAM_TIMEOUT_MS": "60000"}
    with function([bootstrap], api.environment(**settings)) as process:
        assert api.first_poll.wait(10)
        start = time.monotonic()
        for seconds in (1.0, 1.2, 1.4, 1.6):
            api.invoke(event(), seconds=seconds)
        outcomes = [api.answer()[1]["headers"]["circuit-fallback"] for _ in range(4)]
        # Each by its own deadline, 750 ms before it, with time for the table.
        assert time.monotonic() - start < 1.6
        assert outcomes == ["timedOut"] * 4
        assert process.poll() is None


def test_its_log_lines_carry_the_request(api: RuntimeAPI, bootstrap: Path, log: Path) -> None:
    settings = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "SUCCESS_PROBABILITY": "0"}
    with function([bootstrap], api.environment(**settings), log):
        identifier = api.invoke(event())
        assert message(api.answer()) == "Fallback"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (fallback,) = [line for line in lines if line["message"] == "Expensive Fallback Successful"]
    assert fallback["requestId"] == identifier
    assert fallback["level"] == "INFO"


def test_a_malformed_event_fails_alone(api: RuntimeAPI, bootstrap: Path) -> None:
    with function([bootstrap], api.environment(SUCCESS_PROBABILITY="1")):
        api.invoke({"version": "2.0"})
        kind, report = api.answer()
        assert (kind, report["errorType"]) == ("error", "Runtime.MalformedEvent")
        assert "'rawPath' is missing" in report["errorMessage"]
        api.invoke(event())
        assert message(api.answer()) == "Success"


def test_it_links_no_command_line_and_no_web_server(bootstrap: Path) -> None:
    # The names of modules that a Swift executable holds for its types.
    content = bootstrap.read_bytes()
    assert b"\0CircuitBreakerDynamoDB\0" in content
    for module in (b"ArgumentParser", b"Hummingbird", b"HummingbirdCore", b"ServiceLifecycle", b"LocalFleet"):
        assert b"\0" + module + b"\0" not in content


def test_a_freeze_between_invocations_is_harmless(api: RuntimeAPI, bootstrap: Path) -> None:
    """I8: Lambda freezes a process between invocations, and by the next one its view is old."""
    with function([bootstrap], api.environment(SUCCESS_PROBABILITY="1")) as process:
        api.invoke(event())
        assert message(api.answer()) == "Success"
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        api.invoke(event())
        process.send_signal(signal.SIGCONT)
        assert message(api.answer()) == "Success"
