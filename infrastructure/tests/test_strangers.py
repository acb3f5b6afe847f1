# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What a web page, or a program that was given nothing, can do to a run of `make deploy-local`: nothing."""

import http.client
import signal
from collections.abc import Iterator

import pytest

from guarded_ministack.loopback import own_network
from tests.local_runs import Run, ask, directly, echo_package, runs

pytestmark = pytest.mark.deploy

FUNCTION = "/2015-03-31/functions"


def signed(key: str, service: str) -> dict[str, str]:
    scope = f"Credential={key}/20261124/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    return {"Authorization": f"AWS4-HMAC-SHA256 {scope}", "Content-Type": "text/plain", "X-Amz-Target": "DynamoDB_20120810.ListTables"}


def requests(port: int, key: str) -> list[tuple[str, str, dict[str, str]]]:
    """What one may try on a port; `key` is the run's own."""
    here, page = f"127.0.0.1:{port}", {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    foreign = [{"Host": here, **page}, {"Host": here, "Origin": "null"}, {"Host": here, "Sec-Fetch-Site": "cross-site"}]
    # A name of the page's own that it has made to mean this machine.
    foreign += [{"Host": host} for host in (f"evil.example:{port}", "evil.example", "127.0.0.1.nip.io", f"a.execute-api.evil.example:{port}")]
    tried = [(method, "/evil", headers) for method in ("GET", "POST") for headers in foreign]
    for headers in foreign:
        for known in ("test", "000000000000", key):
            tried += [("POST", "/", {**headers, **signed(known, "dynamodb")}), ("GET", FUNCTION, {**headers, **signed(known, "lambda")})]
        tried += [("POST", "/_ministack/reset", headers), ("GET", "/2018-06-01/runtime/invocation/next", headers)]
    return tried


def send(port: int, method: str, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, b"{}" if method == "POST" else None, headers)
        reply = connection.getresponse()
        reply.read()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}
    finally:
        connection.close()


@pytest.fixture(scope="module", params=["own", "machine"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    if request.param == "own" and own_network() is None:
        pytest.skip("this system gives no process a network of its own")
    folder = tmp_path_factory.mktemp("strangers")
    with runs(folder) as start:
        run = start(*directly(echo_package(folder), "--network", request.param))
        # An environment of the function must be there, since its Runtime API listens too.
        assert ask(f"{run.url}mine")[1]["event"]["rawPath"] == "/mine"
        yield run
        assert ask(f"{run.url}mine")[1]["event"]["rawPath"] == "/mine"
        run.end(signal.SIGINT)
        assert "asked for /evil" not in run.text
        run.expect_nothing_left()


def test_a_web_page_reaches_nothing(run: Run) -> None:
    ports = run.ports()
    # The front and the stand-in, and in this machine's network the environment's Runtime API.
    assert len(ports) == (2 if "in a network of its own" in run.text else 3), run.text
    key = run.variables()["AWS_ACCESS_KEY_ID"]
    for port in ports:
        for method, path, headers in requests(port, key):
            status, answer = send(port, method, path, headers)
            assert (status, answer.get("access-control-allow-origin")) == (403, None), (port, method, path, headers)


def test_a_program_without_the_key_reaches_nothing_but_the_api(run: Run) -> None:
    front = int(run.url.rstrip("/").rpartition(":")[2])
    aws = int(run.variables()["AWS_ENDPOINT_URL"].rpartition(":")[2])
    assert front != aws
    unsigned = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    for headers in (unsigned, signed("test", "dynamodb"), signed("000000000000", "dynamodb"), signed("", "dynamodb")):
        assert send(aws, "POST", "/", headers)[0] == 403
        assert send(aws, "GET", FUNCTION, headers)[0] == 403
    assert send(aws, "POST", "/_ministack/reset", {})[0] == 403
    api = {"Host": f"{'0' * 8}.execute-api.127.0.0.1:{aws}"}
    assert send(aws, "POST", "/_ministack/reset", api)[0] == 403
    assert send(aws, "POST", "/", {**api, **signed("test", "execute-api")})[0] == 403


def test_what_it_prints_is_enough_to_use_it(run: Run) -> None:
    """And an own network keeps the function in, not its users out."""
    variables = run.variables()
    port, key = int(variables["AWS_ENDPOINT_URL"].rpartition(":")[2]), variables["AWS_ACCESS_KEY_ID"]
    assert send(port, "POST", "/", signed(key, "dynamodb"))[0] == 200
