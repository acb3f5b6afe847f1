# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""`make deploy-local` as a user runs it."""

import os
import shutil
import signal
import socket
import sys
import urllib.error
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.local_runs import DEPLOY_SECONDS, Run, ask, by_make, directly, wait_until

pytestmark = pytest.mark.deploy


def test_two_at_once_serve_show_their_log_and_leave_nothing(start: Callable[..., Run], echo: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen, free = start(*by_make(echo, f"PORT={port}", "ARGS=-c CIRCUITBREAKER_PROBES=2")), start(*by_make(echo))
    assert chosen.url == f"http://127.0.0.1:{port}/"
    assert free.url != chosen.url

    headers, answer = ask(f"{chosen.url}some/path?a=1&a=2", b'{"b":3}', {"Content-Type": "application/json", "X-Mine": "yes"})
    event = answer["event"]
    assert headers["X-Echo"] == "bootstrap"
    assert (event["version"], event["requestContext"]["http"]["method"], event["rawPath"]) == ("2.0", "POST", "/some/path")
    assert (event["rawQueryString"], event["headers"]["x-mine"], event["body"]) == ("a=1&a=2", "yes", '{"b":3}')
    assert answer["settings"] == "2"
    chosen.wait_for("asked for /some/path", 10)

    with ThreadPoolExecutor(20) as pool:
        paths = [f"/{number}" for number in range(40)]
        answers = list(pool.map(lambda path: ask(free.url.rstrip("/") + path)[1], paths))
    assert [answer["event"]["rawPath"] for answer in answers] == paths
    for path in paths:
        free.wait_for(f"asked for {path}\n", 10)
    lines = [line for line in free.text.splitlines() if line.startswith("asked for")]
    assert len(lines) == len(paths)
    assert "/some/path" not in free.text

    for run in (chosen, free):
        run.end(signal.SIGINT)
        assert "all of it is down" in run.text
        run.expect_nothing_left()
        with pytest.raises(OSError, match="refused"):
            ask(run.url)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_ended_in_the_middle_of_a_deploy_it_leaves_nothing(start: Callable[..., Run], echo: Path, number: signal.Signals) -> None:
    run = start(*directly(echo))
    run.wait_for("deploying")
    wait_until(lambda: any("jsii" in process for process in run.processes().values()), 60, "cdk runs its app")
    os.kill(run.process.pid, number)
    assert run.process.wait(timeout=30) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    run.expect_nothing_left()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--package", "/nowhere.zip"], 'error: no package at /nowhere.zip; build it with "make package", or name another with -c package=PATH'),
        (["--port", "{taken}"], "error: cannot listen on 127.0.0.1:{taken}: Address already in use; choose another with PORT=…"),
        (["--port", "70000"], "error: there is no port 70000; choose one from 1 to 65535 with PORT=…"),
        (["-c", "CIRCUITBREAKER_JITTER=2"], 'error: CIRCUITBREAKER_JITTER is "2", but must be a number from 0 to 1'),
    ],
)
def test_what_cannot_work_is_said_in_one_line(start: Callable[..., Run], echo: Path, more: list[str], why: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        run = start(*directly(echo, *(argument.format(taken=taken) for argument in more)))
        assert run.process.wait(timeout=DEPLOY_SECONDS) == 1
    assert run.text.splitlines()[-1] == why.format(taken=taken)
    run.expect_nothing_left()


@pytest.mark.parametrize(
    ("context", "status"),
    [(["authorizer=iam"], 403), (["authorizer=jwt", "jwtIssuer=https://login.example.com/", "jwtAudience=quotes"], 401)],
)
def test_a_closed_api_is_closed(start: Callable[..., Run], echo: Path, context: list[str], status: int) -> None:
    run = start(*directly(echo, *(word for setting in context for word in ("-c", setting))))
    with pytest.raises(urllib.error.HTTPError) as refusal:
        ask(f"{run.url}mine")
    assert refusal.value.code == status
    run.end(signal.SIGINT)
    assert "asked for /mine" not in run.text


def test_the_real_function(start: Callable[..., Run], real_package: Path) -> None:
    # The service answers at random, so that the circuit may open before it ever succeeds: a short open time lets it try again.
    run = start(*by_make(real_package, "ARGS=-c CIRCUITBREAKER_TIMEOUT_MS=500"))
    expected = {"Success", "Fallback"}
    messages: set[str] = set()

    def both_seen() -> bool:
        messages.add(ask(run.url)[1]["message"])
        assert messages <= expected
        return messages == expected and "CircuitBreaker state: OPEN" in run.text

    wait_until(both_seen, 60, f"{expected}, and an opening")
    run.wait_for("CircuitBreaker state: OPEN", 10)
    run.end(signal.SIGINT)
    run.expect_nothing_left()


NODE = pytest.param("node", marks=pytest.mark.skipif(shutil.which("node") is None, reason="there is no node"))


@pytest.mark.parametrize("runtime", ["python", NODE])
def test_the_pattern_in_other_languages(start: Callable[..., Run], real_layer: Path, runtime: str) -> None:
    given = ("-c", "SUCCESS_PROBABILITY=0", "-c", "CIRCUIT_METRICS=emf")
    run = start(sys.executable, "-m", "local_deploy", "--runtime", runtime, "--package", real_layer, *given)
    for _ in range(4):
        assert ask(run.url)[1] == {"message": "Fallback"}
    run.wait_for("CircuitBreaker state: OPEN", 10)
    run.wait_for('"CallMilliseconds":[', 10)
    run.end(signal.SIGTERM)
    run.expect_nothing_left()
