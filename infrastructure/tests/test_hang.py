# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A dependency that never answers: the call times out while the function still has time to record it and to answer."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deployed import Answer, Deployed, deploy
from tests.local_aws import LocalAWS

pytestmark = pytest.mark.deploy

LIMIT = 3
THRESHOLD = 3
VIEW_AGE = 200


@dataclass(frozen=True)
class Observed:
    answers: list[Answer]
    seconds: list[float]
    killed: int


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def deploy_against(silent: str, aws: LocalAWS, folder: Path, name: str, package: Path, **context: str) -> Deployed:
    # Of all limits, only the function's own may be what cuts a call.
    long = dict.fromkeys(("UPSTREAM_TIMEOUT_MS", "CIRCUITBREAKER_LEASE_MS", "CIRCUITBREAKER_TIMEOUT_MS"), 60_000)
    circuit = {**long, "CIRCUITBREAKER_FAILURE_THRESHOLD": THRESHOLD, "CIRCUITBREAKER_MAX_VIEW_AGE_MS": VIEW_AGE}
    return deploy(aws, folder, name, package, functionTimeout=LIMIT, UPSTREAM_URL=silent, **circuit, **context)


def observe(stack: Deployed) -> Observed:
    """As many calls at once as it takes to open the circuit."""

    def timed(number: int) -> tuple[Answer, float]:
        start = time.monotonic()
        return stack.get(f"/{number}"), time.monotonic() - start

    seen: set[int] = set()
    with ThreadPoolExecutor(THRESHOLD) as pool:
        calls = [pool.submit(timed, number) for number in range(THRESHOLD)]
        while not all(call.done() for call in calls):
            seen |= stack.processes
            time.sleep(0.05)
    answers, seconds = zip(*(call.result() for call in calls), strict=True)
    assert len(seen) == THRESHOLD
    return Observed(list(answers), list(seconds), len(seen - stack.processes))


def assert_cut_in_time(stack: Deployed, observed: Observed) -> None:
    assert [(answer.status, answer.message, answer.outcome) for answer in observed.answers] == [(200, "Fallback", "timedOut")] * THRESHOLD
    assert observed.killed == 0
    assert [(change.before, change.after) for change in stack.changes] == [("CLOSED", "OPEN")]
    assert stack.item["circuitState"] == {"S": "OPEN"}
    assert stack.item["failureCount"] == {"N": str(THRESHOLD)}


def test_hangs_are_cut_recorded_and_answered(silent: str, aws: LocalAWS, real_package: Path, tmp_path: Path) -> None:
    stack = deploy_against(silent, aws, tmp_path, "Hang", real_package)
    observed = observe(stack)
    assert_cut_in_time(stack, observed)
    # The margin before the limit, and not much earlier.
    assert all(seconds > LIMIT - 1 for seconds in observed.seconds)
    # I6: an environment may not know of the trip for as long as a view may be old; then nobody waits any more.
    time.sleep(2 * VIEW_AGE / 1000)
    start = time.monotonic()
    assert stack.get().outcome == "rejected"
    assert time.monotonic() - start < 1
    assert len(stack.processes) == THRESHOLD


def test_without_the_margin_they_are_neither(silent: str, aws: LocalAWS, real_package: Path, tmp_path: Path) -> None:
    """The test above can fail."""
    stack = deploy_against(silent, aws, tmp_path, "HangUnseen", real_package, CIRCUITBREAKER_DEADLINE_MARGIN_MS="off")
    observed = observe(stack)
    with pytest.raises(AssertionError):
        assert_cut_in_time(stack, observed)
    assert all(answer.status >= 500 and "Task timed out after" in answer.message for answer in observed.answers)
    assert observed.killed == THRESHOLD
    assert stack.item is None
