# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of `make deploy-local`, and all that can be seen of them from outside."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.packages import write_package

ROOT = Path(__file__).parents[1]
DEPLOY_SECONDS = 180
LISTENS = "0A"
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

    def variables(self) -> dict[str, str]:
        """Those that it prints for other terminals."""
        self.wait_for("The function's log follows")
        lines = [line.split()[1:] for line in self.text.splitlines() if line.startswith("  export ")]
        return dict(setting.split("=", 1) for line in lines for setting in line)

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

    def ports(self) -> set[int]:
        """Those of this machine's network on which processes of this run listen."""
        sockets = set()
        for process in [self.process.pid, *self.processes()]:
            for path in Path(f"/proc/{process}/fd").glob("*"):
                with contextlib.suppress(OSError):
                    sockets.add(str(path.readlink()))
        rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
        return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == LISTENS and f"socket:[{row[9]}]" in sockets}

    def left_over(self) -> list[str]:
        return [*self.processes().values(), *(str(path) for path in self.temporary.iterdir())]

    def expect_nothing_left(self) -> None:
        wait_until(lambda: not self.left_over(), 20, f"nothing left, but {self.left_over()}")

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        return self.process.wait(timeout=30)


@contextlib.contextmanager
def runs(folder: Path) -> Iterator[Callable[..., Run]]:
    """Gives what starts runs, and ends them all."""
    started: list[Run] = []

    def run(*command: str | Path) -> Run:
        started.append(Run(folder / str(len(started)), list(command)))
        return started[-1]

    yield run
    for each in started:
        each.end()
        # Those that a failed test has found.
        for process in each.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def echo_package(folder: Path) -> Path:
    """A package that logs the path it was asked for, and answers with the event."""
    bootstrap = (Path(__file__).parent / "echo_bootstrap.py").read_text()
    return write_package(folder, content=f"#!{sys.executable}\n{bootstrap}".encode())


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
