# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Function processes that die in the middle of a probe, under load."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.deployed import Answer, Deployed, deploy
from tests.local_aws import LocalAWS

pytestmark = pytest.mark.deploy

LEASE, SKEW, OPEN_TIME = 1500, 200, 300
CLIENTS, KILLS = 8, 3


class Upstream(ThreadingHTTPServer):
    """Fails until it is set to be well; then it takes its time."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.is_well = threading.Event()
        self.kills_left = KILLS
        self.kill = lambda _port: None
        # When a call came that was killed, and when the others did, once it was well.
        self.killed: list[float] = []
        self.served: list[float] = []


class Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_GET(self) -> None:
        upstream = self.server
        status = 200 if upstream.is_well.is_set() else 500
        if status == 200:
            if upstream.kills_left:
                upstream.kills_left -= 1
                upstream.killed.append(time.monotonic())
                upstream.kill(self.client_address[1])
                return
            upstream.served.append(time.monotonic())
            time.sleep(0.1)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def owner(port: int, among: set[int]) -> int:
    """The process that holds the connection from a port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if int(line[1].split(":")[1], 16) == port and line[9] != "0"}
    for pid in among:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if descriptor.is_symlink() and str(descriptor.readlink()) in sockets:
                return pid
    raise AssertionError(f"no process of {among} holds port {port}")


@contextmanager
def load(stack: Deployed, answers: list[Answer]) -> Iterator[None]:
    stop = threading.Event()

    def client() -> None:
        while not stop.is_set():
            answers.append(stack.get())
            time.sleep(0.02)

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client) for _ in range(CLIENTS)]
        try:
            yield
        finally:
            stop.set()
        for running in clients:
            running.result()


def until(condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def test_probes_that_are_killed_give_way_when_their_lease_ends(upstream: Upstream, aws: LocalAWS, real_package: Path, tmp_path: Path) -> None:
    """I5, with real processes: each kill costs the call that it hit and a lease, and nothing else."""
    circuit = {
        "CIRCUITBREAKER_LEASE_MS": LEASE,
        "CIRCUITBREAKER_MAX_CLOCK_SKEW_MS": SKEW,
        "CIRCUITBREAKER_TIMEOUT_MS": OPEN_TIME,
        "CIRCUITBREAKER_MAX_TIMEOUT_MS": OPEN_TIME,
        "CIRCUITBREAKER_MAX_VIEW_AGE_MS": 200,
    }
    address = f"http://127.0.0.1:{upstream.server_port}"
    stack = deploy(aws, tmp_path, "Crash", real_package, UPSTREAM_URL=address, **circuit)
    upstream.kill = lambda port: os.kill(owner(port, stack.processes), signal.SIGKILL)
    answers: list[Answer] = []
    with load(stack, answers):
        # By then every environment knows, so that all that still comes through are probes.
        until(lambda: sum(answer.outcome == "rejected" for answer in answers) > 100, 30)
        upstream.is_well.set()
        until(lambda: len(upstream.killed) == KILLS, 30)
        until(lambda: (stack.item or {}).get("circuitState") == {"S": "CLOSED"}, 30)
        closed, calm = time.monotonic(), len(answers)
        until(lambda: len(answers) > calm + 50, 30)

    # Only the calls that were killed had no answer; all others had one, the fallback at least.
    failed = [answer for answer in answers if answer.status != 200]
    assert len(failed) == KILLS, failed
    assert all("exited" in answer.message for answer in failed)
    assert {answer.message for answer in answers if answer.status == 200} == {"Fallback", ""}
    # No other probe before the lease of the dead one ended, and one soon after: I3 and I5.
    # A busy machine lets a probe arrive some time after its lease began.
    probes = [*upstream.killed, upstream.served[0]]
    gaps = [(later - earlier) * 1000 for earlier, later in pairwise(probes)]
    assert all(LEASE + SKEW - 400 < gap < LEASE + SKEW + 1500 for gap in gaps), gaps
    assert closed - upstream.served[0] < 5
    # The changes that were logged by those who died are missing; the rest is in order.
    assert stack.changes[-1].after == "CLOSED"
    assert [answer.outcome for answer in answers[-20:]] == ["success"] * 20
    assert sum(change.after == "CLOSED" for change in stack.changes) == 1
