# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The front of `make deploy-local` between a client that writes bytes and a server that tells what came."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local_deploy import front as front_module
from local_deploy.front import Front

API = "0a1b2c3d.execute-api.127.0.0.1:4566"


class Behind(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    protocol_version = "HTTP/1.1"
    answer_fields = (("Connection", "X-Hop, keep-alive"), ("X-Hop", "1"), ("Keep-Alive", "timeout=5"), ("Upgrade", "h2c"), ("X-End", "kept"))
    body: bytes | None = None

    def answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        told = {"line": self.requestline, "fields": [[name.lower(), value] for name, value in self.headers.items()]}
        body = self.body or json.dumps({**told, "body": self.rfile.read(length).decode()}).encode()
        self.send_response(204 if self.path == "/nothing" else 200)
        for field in (*self.answer_fields, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")):
            self.send_header(*field)
        if self.path != "/nothing":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and self.path != "/nothing":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = do_OPTIONS = answer

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    behind = ThreadingHTTPServer(("127.0.0.1", 0), type("Behind", (Behind,), {}))
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    front = Front(0)
    front.open(behind.server_port, API)
    yield front
    for server in (front, behind):
        server.shutdown()
        server.server_close()


def talk(front: Front, text: str) -> str:
    """Sends it as it is, with the front's address for {here}, and gives all that comes until the front closes the connection."""
    with socket.create_connection(front.server_address, timeout=30) as connection:
        connection.sendall(text.format(here=f"127.0.0.1:{front.server_port}").replace("\n", "\r\n").encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
    return received.decode("latin-1")


def statuses(answer: str) -> list[int]:
    return [int(status) for status in re.findall(r"HTTP/1\.1 (\d{3})", answer)]


def told(answer: str) -> dict:
    return json.loads(answer.partition("\r\n\r\n")[2])


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("Content-Length: abc", 400),
        ("Content-Length: -1", 400),
        ("Content-Length: +3", 400),
        ("Content-Length: 1_0", 400),
        ("Content-Length: ", 400),
        ("Content-Length: 3, 3", 400),
        ("Content-Length: 3\nContent-Length: 4", 400),
        ("Content-Length: \xb2", 400),
        ("Content-Length: 300", 400),
        (f"Content-Length: {10 << 20 | 1}", 413),
        ("Content-Length: 9999999999999999999", 400),
        ("Transfer-Encoding: chunked", 411),
        ("Transfer-Encoding: chunked\nContent-Length: 3", 411),
        ("X-Folded: a\n b", 400),
    ],
)
def test_a_bad_body_is_refused_and_what_follows_is_no_request(front: Front, fields: str, status: int) -> None:
    follows = "GET /smuggled HTTP/1.1\nHost: {here}\n\n"
    assert statuses(talk(front, f"POST / HTTP/1.1\nHost: {{here}}\n{fields}\n\n" + (follows if status != 400 or "30" not in fields else "abc"))) == [
        status
    ]


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "Host: evil.example",
        "Host: 127.0.0.1",
        "Host: 127.0.0.1.nip.io",
        "Host: {here}\nHost: evil.example",
        "Host: {here}\nOrigin: https://evil.example",
        "Host: {here}\nOrigin: null",
        "Host: {here}\nOrigin: http://127.0.0.1:1",
        "Host: {here}\nOrigin: https://{here}",
        "Host: {here}\nSec-Fetch-Site: cross-site",
        "Host: {here}\nSec-Fetch-Site: same-site",
    ],
)
@pytest.mark.parametrize("line", ["GET /", "GET /a/b?c", "OPTIONS /", "POST /dashboard", "HEAD /_ministack/health"])
def test_strangers_are_refused_on_every_path(front: Front, line: str, fields: str) -> None:
    assert statuses(talk(front, f"{line} HTTP/1.1\n{fields}\n\n")) == [403]


@pytest.mark.parametrize("fields", ["", "Origin: http://{here}\n", "Sec-Fetch-Site: none\n", "Sec-Fetch-Site: same-origin\n"])
def test_its_own_page_and_the_address_bar_are_not(front: Front, fields: str) -> None:
    assert statuses(talk(front, f"GET / HTTP/1.1\nHost: {{here}}\n{fields}\n")) == [200]
    assert statuses(talk(front, f"GET / HTTP/1.1\nHost: localhost:{front.server_port}\n\n")) == [200]


@pytest.mark.parametrize("target", ["http://evil.example/", "*", "/\x7f", "/\xe4"])
def test_a_target_that_is_no_path_is_refused(front: Front, target: str) -> None:
    assert statuses(talk(front, f"GET {target} HTTP/1.1\nHost: {{here}}\n\n")) == [400]


def test_fields_of_one_connection_stop_there_in_both_directions(front: Front) -> None:
    hops = "Connection: close, X-Mine\nX-Mine: 1\nKeep-Alive: 5\nTE: trailers\nUpgrade: h2c\nProxy-Authorization: a\nProxy-Connection: b\nExpect: x\n"
    answer = talk(front, f"GET /a HTTP/1.1\nHost: {{here}}\n{hops}X-End: 1\nCookie: a=1\nAccept: a\nAccept: b\n\n")
    fields = told(answer)["fields"]
    assert fields == [["host", API], ["x-end", "1"], ["cookie", "a=1"], ["accept", "a"], ["accept", "b"]]
    lines = answer.partition("\r\n\r\n")[0].lower().splitlines()
    names = [line.partition(":")[0] for line in lines[1:]]
    assert not {"x-hop", "keep-alive", "upgrade", "connection", "transfer-encoding"} & set(names)
    assert names.count("set-cookie") == 2
    assert "x-end" in names
    assert names.count("content-length") == names.count("date") == 1


def test_bodies_pass_whole_and_one_connection_serves_many(front: Front) -> None:
    first = "POST /a?b HTTP/1.1\nHost: {here}\nContent-Length: 3\nContent-Length: 3\n\nabc"
    answer = talk(front, first + "HEAD / HTTP/1.1\nHost: {here}\n\nGET /nothing HTTP/1.1\nHost: {here}\n\n")
    assert statuses(answer) == [200, 200, 204]
    assert '"body": "abc"' in answer
    assert "content-length" not in answer[answer.index("HTTP/1.1 204") :].lower()


def test_a_body_is_asked_for_only_if_it_is_wanted(front: Front) -> None:
    head = "POST / HTTP/1.1\nHost: {here}\nExpect: 100-continue\nContent-Length: "
    assert statuses(talk(front, head + "3\n\nabc")) == [100, 200]
    assert statuses(talk(front, head + "99999999\n\n")) == [413]


def test_an_answer_that_is_too_large_is_an_error(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_module, "LARGEST_ANSWER", 10)
    assert statuses(talk(front, "GET / HTTP/1.1\nHost: {here}\n\n")) == [502]


def test_nothing_behind_it_is_an_error(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setattr(front, "target", closed.getsockname())
    assert statuses(talk(front, "GET / HTTP/1.1\nHost: {here}\n\n")) == [502]


def test_an_unfinished_request_is_dropped(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front.RequestHandlerClass, "timeout", 0.2)
    with socket.create_connection(front.server_address, timeout=30) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 3\r\n\r\na" % front.server_port)
        assert connection.recv(1) == b""
