# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""`breaker` on a stack that `make deploy-local` deployed, while calls run."""

import json
import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.commands import NO_AWS
from tests.local_runs import ROOT, Run, ask, by_make, wait_until

pytestmark = pytest.mark.deploy

PROGRAM = Path(os.environ.get("CIRCUIT_BREAKER_PROGRAM", ROOT.parent / ".build/debug/breaker"))
MAX_VIEW_AGE = 1.0
# For a machine that is busy, and a stand-in that adds to each invocation.
SLACK = 3.0


@pytest.fixture
def function_package(request: pytest.FixtureRequest) -> Path:
    """Another than the one that `make package` built, if the environment names it."""
    named = os.environ.get("CIRCUIT_BREAKER_PACKAGE")
    return Path(named) if named else request.getfixturevalue("real_package")


class Calls:
    """Calls one after the other, each with when it began and its message."""

    def __init__(self, url: str) -> None:
        self.made: list[tuple[float, str]] = []
        self._url = url
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._is_over.is_set():
            began = time.monotonic()
            self.made.append((began, ask(self._url)[1]["message"]))
            time.sleep(0.02)

    def follow(self, message: str, since: float) -> float:
        """How long after an order the last call with another end began; those that began before it count for nothing."""
        seconds = MAX_VIEW_AGE + SLACK
        wait_until(lambda: len(self._after(since + seconds)) >= 5, seconds + 30, "calls after the order")
        assert {end for _, end in self._after(since + seconds)} == {message}
        others = [began for began, end in self._after(since) if end != message]
        return max(others, default=since) - since

    def _after(self, moment: float) -> list[tuple[float, str]]:
        return [call for call in self.made if call[0] > moment]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(60)


@contextmanager
def watching(environment: dict[str, str], output: Path) -> Iterator[Callable[[], str]]:
    with output.open("w") as file:
        process = subprocess.Popen([PROGRAM, "watch", "--every", "200ms"], env=environment, stdout=file, stderr=file)
    try:
        yield output.read_text
    finally:
        process.kill()
        process.wait(10)


def test_calls_follow_the_commands(start: Callable[..., Run], function_package: Path, tmp_path: Path) -> None:
    run = start(*by_make(function_package, "ARGS=-c SUCCESS_PROBABILITY=1"))
    url = run.url
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("AWS_")}, **NO_AWS, **run.variables()}

    def breaker(*arguments: str) -> str:
        result = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert (result.returncode, result.stderr) == (0, ""), result
        return result.stdout

    assert ask(url)[1]["message"] == "Success"
    printed = dict(line.split(":", 1) for line in run.text.splitlines() if line.startswith(("table:", "function:")))
    environment["CIRCUITBREAKER_TABLE"], circuit = printed["table"].strip(), printed["function"].strip()
    with Calls(url) as calls, watching(environment, tmp_path / "watched") as watched:
        wait_until(lambda: len(calls.made) > 10, 60, "calls")
        delays = []
        for arguments, message in [
            # A healthy circuit may have no record yet.
            (("open", "--for", "15m", "--why", "a test", "--create"), "Fallback"),
            (("close", "--for", "15m", "--why", "a test", "--yes"), "Success"),
            (("open", "--forever", "--why", "a test"), "Fallback"),
            (("lift", "--why", "a test"), "Success"),
        ]:
            verb, *rest = arguments
            breaker(verb, circuit, "--by", "ann", *rest)
            delays.append(calls.follow(message, time.monotonic()))
        wait_until(lambda: "order lifted by ann: a test" in watched(), 20, "the lifting is seen")
    lines = (tmp_path / "watched").read_text().splitlines()
    assert lines[0].endswith(", by ann: a test")
    assert [line.split("  ")[2].split()[0] for line in lines[1:] if " -> " not in line] == ["FORCE-CLOSED", "FORCE-OPEN", "order"]
    logging.getLogger(__name__).info("%d calls; they followed the orders after %s s", len(calls.made), [round(delay, 2) for delay in delays])
    history = breaker("history", circuit)
    orders = [line.split()[1] for line in history.splitlines() if " -> " not in line]
    assert orders == ["FORCE-OPEN", "FORCE-CLOSED", "FORCE-OPEN", "order"]
    assert json.loads(breaker("show", circuit, "--json"))["order"] is None
