# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for AWS on this machine, with signatures and policies enforced."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from local_deploy.local_aws import REGION, LocalAWS, address

__all__ = ["REGION", "LocalAWS", "local_aws"]


@contextlib.contextmanager
def local_aws(folder: Path) -> Iterator[LocalAWS]:
    with (folder / "ministack.log").open("w") as log, address() as listening:
        aws = LocalAWS(listening.getsockname()[1])
        environment = {**os.environ, **aws.settings(folder)}
        # In this machine's network: tests look at the function, and the function at servers of tests.
        command = aws.command(listening, [])
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, pass_fds=[listening.fileno()])
    try:
        deadline = time.monotonic() + 60
        while not aws.is_up():
            assert process.poll() is None, (folder / "ministack.log").read_text()
            assert time.monotonic() < deadline, "ministack did not come up"
            time.sleep(0.1)
        yield replace(aws, process=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)
