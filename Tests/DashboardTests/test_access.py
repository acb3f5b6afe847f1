# SPDX-License-Identifier: Apache-2.0
import http.server
import json
import socket
import threading

import pytest
from server import Server, until

FORGED = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": ""},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
    {"Host": "localhost@evil.example", "Origin": "http://localhost@evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]

BAD = [
    ("load", {"callsPerSecond": -1}, ["callsPerSecond is -1", "from 0 to 1000"]),
    ("load", {"callsPerSecond": 1001}, ["callsPerSecond is 1001", "from 0 to 1000"]),
    ("load", {"callsPerSecond": "9"}, ['callsPerSecond is "9"', "whole number"]),
    ("load", {"callsPerSecond": 1e400}, ["not JSON"]),
    ("load", {}, ["callsPerSecond is missing"]),
    ("load", [], ["the body is []", "a JSON object"]),
    ("load", {"callsPerSecond": 1, "more": 2}, ["more is not a field"]),
    ("burst", {"calls": 0}, ["calls is 0", "from 1 to 500"]),
    ("burst", {"calls": 1.5}, ["calls is 1.5", "from 1 to 500"]),
    ("downstream", {}, ["mode, successPercent or latencyMilliseconds"]),
    ("downstream", {"mode": "broken"}, ['mode is "broken"', '"normal", "hanging", "dead"']),
    ("downstream", {"successPercent": 101}, ["successPercent is 101", "from 0 to 100"]),
    ("downstream", {"latencyMilliseconds": 60001}, ["latencyMilliseconds is 60001"]),
    ("order", {}, ["kind is missing", '"FORCE-OPEN"']),
    ("order", {"kind": "OPEN"}, ['kind is "OPEN"', '"FORCE-OPEN"']),
    ("order", {"kind": "FORCE-OPEN", "seconds": 0}, ["seconds is 0", "from 1 to 86400"]),
    ("order", {"kind": "FORCE-OPEN", "why": "x" * 257}, ["why is", "at most 256"]),
    ("order", {"kind": "FORCE-OPEN", "why": "a\nb"}, ["why is", "on one line"]),
    ("order", {"kind": "FORCE-OPEN", "why": "a\u202eb"}, ["why is", "control characters"]),
    ("reset", {"why": 1}, ["why is 1"]),
    ("lift", {"now": True}, ["now is not a field"]),
]


def standing(server):
    frame = server.frame()
    return frame["circuit"], frame["downstream"], frame["load"], frame["totals"]["calls"]


@pytest.fixture(scope="module")
def server():
    server = Server("--success-probability", "1")
    yield server
    server.kill()


@pytest.mark.parametrize("headers", FORGED, ids=str)
@pytest.mark.parametrize("name,body", [("load", {"callsPerSecond": 7}), ("order", {"kind": "FORCE-OPEN"}), ("burst", {"calls": 3})])
def test_forged_requests_change_nothing(server, headers, name, body):
    before = standing(server)
    status, answer = server.command(name, body, headers=headers)
    assert status == 403, answer
    assert json.loads(answer)["error"]
    assert standing(server) == before


def test_no_origin_is_forged_too(server):
    body = b'{"callsPerSecond":7}'
    head = f"POST /dashboard/load HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head.encode() + body)
        answer = connection.makefile("rb").read()
    assert b" 403 " in answer.split(b"\r\n")[0]
    assert server.frame()["load"]["callsPerSecond"] == 0


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/page.js", "/dashboard/events"])
def test_other_names_of_this_machine_see_nothing(server, path):
    assert server.get(path, {"Host": "rebound.example"})[0] == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
@pytest.mark.parametrize("path", ["/dashboard/events", "/dashboard/page.js", "/_breaker/counts", "/", "/any"])
def test_pages_of_others_get_nothing(server, path, headers):
    calls = server.frame()["totals"]["calls"]
    assert server.get(path, headers)[0] == 403
    assert server.frame()["totals"]["calls"] == calls


def test_a_foreign_page_cannot_use_up_the_streams(server, browser):
    """A page of another origin in a real browser opens as many streams as it can, in every way that a page has."""
    page_of_others = b"""<!doctype html><title>0</title><script>
        const url = `${location.search.slice(1)}/dashboard/events`
        const failed = () => { document.title = Number(document.title) + 1 }
        for (let i = 0; i < 8; i++) {
            new EventSource(`${url}?a${i}`).onerror = failed
            fetch(`${url}?b${i}`, { mode: "no-cors" }).then(answer => answer.text()).then(failed, failed)
            const image = new Image()
            image.onerror = failed
            image.src = `${url}?c${i}`
            document.documentElement.append(Object.assign(document.createElement("iframe"), { src: `${url}?d${i}`, onload: failed }))
        }
    </script>"""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page_of_others)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as foreign:
        threading.Thread(target=foreign.serve_forever, daemon=True).start()
        context = browser.new_context()
        try:
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{foreign.server_port}/?{server.address}")
            # All have ended, and none is a stream that stays open.
            page.wait_for_function("() => Number(document.title) >= 32", timeout=60_000)
            # A stream that another test has left is free once the server notices it.
            streams = [until(lambda: server._stream(""), "there is room") for _ in range(32)]
            for stream in streams:
                stream.close()
        finally:
            context.close()
            foreign.shutdown()


@pytest.mark.parametrize("name,body,words", BAD, ids=lambda value: str(value)[:40])
def test_bad_bodies_change_nothing(server, name, body, words):
    before = standing(server)
    status, answer = server.command(name, body)
    assert status == 400, answer
    for word in words:
        assert word in json.loads(answer)["error"]
    assert standing(server) == before


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"null", b"[" * 500, b'{"callsPerSecond":7}' + b" " * 5000], ids=lambda data: repr(data[:10])
)
def test_rubbish_changes_nothing(server, data):
    before = standing(server)
    assert server.command("load", data=data)[0] == 400
    assert standing(server) == before


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_forms_are_refused(server, type):
    status, answer = server.command("load", {"callsPerSecond": 7}, headers={"Content-Type": type})
    assert status == 400
    assert "Content-Type is" in answer
    assert server.frame()["load"]["callsPerSecond"] == 0


def test_unknown_places(server):
    assert server.get("/dashboard/../Package.swift")[0] in (200, 404)
    assert server.get("/dashboard/nothing")[0] == 404
    assert server.command("nothing")[0] == 404


def test_only_so_many_pages(server):
    streams = [until(lambda: server._stream(""), "there is room") for _ in range(32)]
    try:
        assert server.get("/dashboard/events")[0] == 503
    finally:
        for stream in streams:
            stream.close()
    assert server.frames()


def test_without_a_dashboard_the_path_is_the_services():
    server = Server("--no-dashboard", "--success-probability", "1")
    try:
        assert server.get("/dashboard") == (200, '{"message":"Success"}')
        assert "dashboard" not in server.text()
    finally:
        server.kill()
