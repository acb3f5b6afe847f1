# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for AWS on this machine, with signatures and policies enforced."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from local_deploy.local_aws import COMMAND, REGION, LocalAWS

__all__ = ["REGION", "LocalAWS", "local_aws"]


@contextlib.contextmanager
def local_aws(folder: Path) -> Iterator[LocalAWS]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        aws = LocalAWS(probe.getsockname()[1])
    with (folder / "ministack.log").open("w") as log:
        process = subprocess.Popen([COMMAND], cwd=folder, env={**os.environ, **aws.settings(folder)}, stdout=log, stderr=log)
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
