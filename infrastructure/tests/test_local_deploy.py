# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""`make deploy-local` as a user runs it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.packages import write_package

pytestmark = pytest.mark.deploy

ROOT = Path(__file__).parents[1]
DEPLOY_SECONDS = 180
# What every process of a run has in its environment.
MARK = "CIRCUIT_BREAKER_TEST_RUN"


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} within {seconds} s"
        time.sleep(0.1)


@dataclass
class Run:
    """One run, in a process group of its own as a terminal gives it."""

    folder: Path
    command: list[str | Path]
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.output = self.folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, MARK: self.mark, "TMPDIR": str(self.temporary)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    @property
    def url(self) -> str:
        self.wait_for("The function's log follows")
        (line,) = [line for line in self.text.splitlines() if line.startswith("HTTP API Url: ")]
        return line.removeprefix("HTTP API Url: ")

    def wait_for(self, text: str, seconds: float = DEPLOY_SECONDS) -> None:
        wait_until(lambda: text in self.text or self.process.poll() is not None, seconds, f"{text!r} in {self.text}")
        assert text in self.text, self.text

    def processes(self) -> dict[int, str]:
        """Those of this run, where the system shows them."""
        entry = f"{MARK}={self.mark}".encode()
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if entry in (path / "environ").read_bytes().split(b"\0"):
                    found[int(path.name)] = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def left_over(self) -> list[str]:
        return [*self.processes().values(), *(str(path) for path in self.temporary.iterdir())]

    def expect_nothing_left(self) -> None:
        wait_until(lambda: not self.left_over(), 20, f"nothing left, but {self.left_over()}")

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        return self.process.wait(timeout=30)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def run(*command: str | Path) -> Run:
        runs.append(Run(tmp_path / str(len(runs)), list(command)))
        return runs[-1]

    yield run
    for each in runs:
        each.end()
        # Those that a failed test has found.
        for process in each.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


@pytest.fixture
def echo(tmp_path: Path) -> Path:
    """A package that logs the path it was asked for, and answers with the event."""
    bootstrap = (Path(__file__).parent / "echo_bootstrap.py").read_text()
    return write_package(tmp_path, content=f"#!{sys.executable}\n{bootstrap}".encode())


def by_make(package: Path, *more: str) -> list[str | Path]:
    # This environment is the one that make would set up.
    return [
        "make",
        "-C",
        ROOT.parent,
        "-o",
        "infrastructure/.venv/.installed",
        "deploy-local",
        f"PYTHON={sys.executable}",
        f"PACKAGE={package}",
        *more,
    ]


def directly(package: Path, *more: str) -> list[str | Path]:
    return [sys.executable, "-m", "local_deploy", "--package", package, *more]


def ask(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[dict[str, str], dict]:
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=30) as reply:
        return dict(reply.headers), json.load(reply)


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


def test_the_real_function(start: Callable[..., Run], real_package: Path) -> None:
    run = start(*by_make(real_package))
    messages = [ask(run.url)[1]["message"] for _ in range(40)]
    assert set(messages) == {"Success", "Fallback"}
    run.wait_for("CircuitBreaker state: OPEN", 10)
    run.end(signal.SIGINT)
    run.expect_nothing_left()
