# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The stand-in for AWS, with signatures and policies enforced, and a root key that nobody can guess."""

import contextlib
import secrets
import socket
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from botocore.session import Session

REGION = "eu-west-1"
ACCOUNT = "000000000000"
ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("ministack")


@contextlib.contextmanager
def address() -> Iterator[socket.socket]:
    """A free port of the loopback address, which nobody else can take until the stand-in has it."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        yield listening


def _random() -> str:
    return secrets.token_hex(16).upper()


@dataclass(frozen=True)
class LocalAWS:
    port: int
    process: int = 0
    key: str = field(default_factory=_random)
    secret: str = field(default_factory=_random, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its users need."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION": self.url,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": REGION,
        }

    def settings(self, folder: Path) -> dict[str, str]:
        """What itself needs."""
        return {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "MINISTACK_REGION": REGION,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(folder),
        }

    @staticmethod
    def command(listening: socket.socket, network: list[str]) -> list[str]:
        """What starts it; `network` stands before it if it is to have one of its own."""
        own = ["--isolated"] if network else []
        return [*network, sys.executable, "-m", "guarded_ministack", "--socket", str(listening.fileno()), *own]

    def is_up(self) -> bool:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1).status == HTTPStatus.OK
        return False

    def host_of(self, api_url: str) -> str:
        """The name by which it knows the HTTP API that has this address on AWS."""
        api = api_url.removeprefix("https://").split(".")[0]
        return f"{api}.execute-api.127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        return Session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
        )
