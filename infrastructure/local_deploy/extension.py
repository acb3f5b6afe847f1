# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The layer's extension beside the function: the stand-in for AWS starts none."""

import contextlib
import socket
import time
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from circuit_breaker.errors import DeployError
from circuit_breaker.package import EXTENSION
from local_deploy.local_aws import LocalAWS
from local_deploy.processes import Processes

START_SECONDS = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).status == HTTPStatus.OK
    return False


class LocalExtension:
    def __init__(self, started: Processes, aws: LocalAWS, layer: Path, variables: Mapping[str, str]) -> None:
        with zipfile.ZipFile(layer) as archive:
            program = Path(archive.extract(EXTENSION, started.folder))
        program.chmod(0o755)
        log = started.folder / "extension.log"
        process = started.start([program], log, {**aws.environment, **variables})
        deadline = time.monotonic() + START_SECONDS
        while not _answers(int(variables["CIRCUITBREAKER_PORT"])):
            if process.poll() is not None or time.monotonic() > deadline:
                raise DeployError(f"the extension did not come up:\n{log.read_text()}")
            time.sleep(0.05)
        self._log = log.open()

    def new_lines(self) -> Iterator[str]:
        for line in self._log:
            yield line.rstrip("\n")
