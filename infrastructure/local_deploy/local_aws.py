# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The stand-in for AWS, with signatures and policies enforced."""

import contextlib
import sys
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from botocore.session import Session

REGION = "eu-west-1"
ACCOUNT = "000000000000"
COMMAND = Path(sys.executable).with_name("ministack")


@dataclass(frozen=True)
class LocalAWS:
    port: int
    process: int = 0

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
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
        }

    def settings(self, folder: Path) -> dict[str, str]:
        """What itself needs."""
        return {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # Handed on to functions.
            "AWS_ENDPOINT_URL": self.url,
            "TMPDIR": str(folder),
        }

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
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
