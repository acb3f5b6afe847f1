# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Processes and a folder that do not outlive this process, however it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local_deploy import janitor

GRACE_SECONDS = 5


@dataclass
class Processes:
    folder: Path
    _janitor: subprocess.Popen[str]
    _running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, command: list[str | Path], log: Path, environment: dict[str, str], *, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[str]:
        """Starts a process in a group of its own: a ctrl-C in the terminal reaches only us, and we end its children with it."""
        with log.open("a") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
                pass_fds=pass_fds,
                text=True,
            )
        self._running.append(process)
        self._tell_janitor(str(process.pid))
        return process

    def stop(self) -> None:
        while self._running:
            process = self._running.pop()
            _signal(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_SECONDS)
            # Those of its group that are left.
            _signal(process.pid, signal.SIGKILL)
            process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._janitor.stdin.close()
        self._janitor.wait()

    def _tell_janitor(self, line: str) -> None:
        self._janitor.stdin.write(line + "\n")
        self._janitor.stdin.flush()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


@contextlib.contextmanager
def processes() -> Iterator[Processes]:
    folder = Path(tempfile.mkdtemp(prefix="circuit-breaker-"))
    helper = subprocess.Popen([sys.executable, janitor.__file__, folder], stdin=subprocess.PIPE, text=True, start_new_session=True)
    started = Processes(folder, helper)
    try:
        yield started
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        started.stop()
