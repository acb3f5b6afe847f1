# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for AWS on this machine, with signatures and policies enforced."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from botocore.session import Session

REGION = "eu-west-1"


@dataclass(frozen=True)
class LocalAWS:
    port: int
    process: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
        }

    def client(self, service: str) -> Any:
        return Session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def is_up(url: str) -> bool:
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(url, timeout=1).status == 200
    return False


@contextlib.contextmanager
def local_aws(folder: Path) -> Iterator[LocalAWS]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        aws = LocalAWS(probe.getsockname()[1])
    settings = {
        "GATEWAY_PORT": str(aws.port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AWS_ENDPOINT_URL": aws.url,
        "TMPDIR": str(folder),
    }
    with (folder / "ministack.log").open("w") as log:
        command = Path(sys.executable).with_name("ministack")
        process = subprocess.Popen([command], cwd=folder, env={**os.environ, **settings}, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while not is_up(f"{aws.url}/_ministack/health"):
                assert process.poll() is None, (folder / "ministack.log").read_text()
                assert time.monotonic() < deadline, "ministack did not come up"
                time.sleep(0.1)
            yield replace(aws, process=process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)
