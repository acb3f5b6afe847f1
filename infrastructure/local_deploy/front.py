# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A plain loopback address in front of the HTTP API, which the stand-in knows by a name that no browser can resolve."""

import http.client
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local_deploy.http_rules import Refusal, check_target, end_to_end, length_of_body

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PATIENCE_SECONDS = 60
HTTP_PORT = 80
LARGEST_ANSWER = 10 << 20


class Front(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.target = ("127.0.0.1", 0)
        self.host = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def names(self) -> set[str]:
        hosts = {"127.0.0.1", "localhost"}
        return {f"{host}:{self.server_port}" for host in hosts} | (hosts if self.server_port == HTTP_PORT else set())

    def open(self, port: int, host: str) -> None:
        """Begins to pass requests on."""
        self.target = ("127.0.0.1", port)
        self.host = host
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_SECONDS
    server: Front

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.removeprefix("do_") in METHODS:
            return self._forward
        raise AttributeError(name)

    def handle_expect_100(self) -> bool:
        # Only once it is known that the body is wanted.
        return True

    def _forward(self) -> None:
        try:
            check_target(self.path, self.headers, self.server.names)
            response, content = self._ask(self._body())
        except Refusal as refusal:
            # What is left of the request is not read, so it must not be taken for the next one.
            self.close_connection = True
            self.send_error(refusal.status, explain=str(refusal))
            return
        self.send_response(response.status)
        for name, value in end_to_end(response.getheaders()):
            self.send_header(name, value)
        if self.command == "HEAD":
            content = b""
            length = response.headers.get("content-length")
        else:
            length = str(len(content))
        if length is not None and response.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> bytes | None:
        length = length_of_body(self.headers)
        if length is None:
            return None
        if self.headers.get("expect", "").lower() == "100-continue":
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers()
        body = self.rfile.read(length)
        if len(body) < length:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the request's body ends early")
        return body

    def _ask(self, body: bytes | None) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(*self.server.target, timeout=PATIENCE_SECONDS)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", self.server.host)
            for name, value in end_to_end(self.headers.items()):
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            content = response.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refusal(HTTPStatus.BAD_GATEWAY, f"the stand-in for AWS does not answer: {error}") from None
        finally:
            connection.close()
        if len(content) > LARGEST_ANSWER:
            raise Refusal(HTTPStatus.BAD_GATEWAY, f"the answer is larger than {LARGEST_ANSWER} bytes")
        return response, content

    def log_message(self, *_: object) -> None:
        """Says nothing: the function's log is what is watched."""
