# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The guard around ministack, as the tests in Swift start it too."""

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError

from guarded_ministack.guard import LARGEST_FORM, Guard
from local_deploy.local_aws import ROOT, LocalAWS

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
IDENTITY = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::000000000000:role/r", "WebIdentityToken": "t"}


def start(folder: Path, *more: str, **settings: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "guarded_ministack", "--port-file", folder / "port", *more]
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAWS]:
    folder, aws = tmp_path_factory.mktemp("guard"), LocalAWS(0)
    process = start(folder, **aws.settings(folder))
    try:
        deadline, port = time.monotonic() + 60, ""
        while not port.endswith("\n") or not LocalAWS(int(port)).is_up():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
            port = (folder / "port").read_text() if (folder / "port").exists() else ""
        yield LocalAWS(int(port), process.pid, aws.key, aws.secret)
    finally:
        process.terminate()
        process.wait(timeout=30)


def post(aws: LocalAWS, form: dict[str, str], headers: dict[str, str] | None = None, path: str = "/") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=30)
    try:
        connection.request("POST", path, urlencode(form), {**FORM, **(headers or {})})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def test_its_own_key_is_roots(aws: LocalAWS) -> None:
    assert aws.client("dynamodb").list_tables()["TableNames"] == []


@pytest.mark.parametrize("key", ["test", "000000000000", "123456789012"])
def test_those_that_ministack_takes_for_roots_are_not(aws: LocalAWS, key: str) -> None:
    with pytest.raises(ClientError, match="not signed with a key of this server"):
        LocalAWS(aws.port, key=key, secret="test").client("dynamodb").list_tables()


def test_an_unknown_key_is_unknown_to_ministack(aws: LocalAWS) -> None:
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        LocalAWS(aws.port).client("dynamodb").list_tables()


def test_a_token_stands_for_a_key_where_sts_says_so(aws: LocalAWS) -> None:
    """And nowhere else: without a key, ministack takes anybody for root."""
    # There is no such role, which STS itself says.
    assert "<Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>" in post(aws, IDENTITY)[1]
    for form, headers, path in (
        ({**IDENTITY, "Action": "GetCallerIdentity"}, {}, "/"),
        ({"Action": "ListUsers", "Version": "2010-05-08"}, {}, "/"),
        (IDENTITY, {"X-Amz-Target": "DynamoDB_20120810.ListTables"}, "/"),
        (IDENTITY, {}, "/?Action=ListUsers"),
        (IDENTITY, {}, "/2015-03-31/functions"),
        (IDENTITY, {"Content-Type": "application/json"}, "/"),
        (IDENTITY, {"Origin": "https://evil.example"}, "/"),
        (IDENTITY, {"Host": "evil.example"}, "/"),
        ({**IDENTITY, "More": "x" * LARGEST_FORM}, {}, "/"),
    ):
        assert post(aws, form, headers, path)[0] == 403, (form, headers, path)


def test_ministacks_switches_are_roots(aws: LocalAWS) -> None:
    for path in ("/_ministack/reset", "//_ministack/reset", "/_localstack/state", "/%5Fministack/reset"):
        assert post(aws, {}, path=path)[0] == 403


def test_a_web_socket_is_closed() -> None:
    sent = []

    async def app(*_: object) -> None:
        pytest.fail("it was let through")

    async def send(message: dict) -> None:
        sent.append(message["type"])

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    guard = Guard(app, root_key="k", key_of=lambda *_: "k", is_root=lambda _: True)
    asyncio.run(guard({"type": "websocket", "path": "/", "headers": [(b"host", b"127.0.0.1:1")]}, receive, send))
    assert sent == ["websocket.close"]


def test_it_does_not_start_without_a_key_of_its_own(tmp_path: Path) -> None:
    process = start(tmp_path, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="s")
    assert process.wait(timeout=60) == 1
    assert (tmp_path / "log").read_text().startswith("error: no key for root; set AWS_ACCESS_KEY_ID")


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    settings = LocalAWS(0).settings(tmp_path)
    starter = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", starter, sys.executable, "-m", "guarded_ministack", "--port-file", tmp_path / "port", "--until-orphaned"]
    process = subprocess.Popen(command, env={**os.environ, **settings}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    pid = int(process.stdout.readline())
    deadline = time.monotonic() + 60
    while not (tmp_path / "port").exists():
        assert time.monotonic() < deadline, "it did not start"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline, "it did not end"
        time.sleep(0.05)
