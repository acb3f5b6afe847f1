# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A plain loopback address in front of the HTTP API, which the stand-in knows by a name that no browser can resolve."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Those that concern one connection, and those that the server writes itself.
NOT_PASSED_ON = {"connection", "content-length", "date", "host", "keep-alive", "server", "transfer-encoding"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PATIENCE_SECONDS = 60


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

    def open(self, port: int, host: str) -> None:
        """Begins to pass requests on."""
        self.target = ("127.0.0.1", port)
        self.host = host
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Front

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.removeprefix("do_") in METHODS:
            return self._forward
        raise AttributeError(name)

    def _forward(self) -> None:
        if "transfer-encoding" in self.headers:
            self.send_error(411)
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        connection = http.client.HTTPConnection(*self.server.target, timeout=PATIENCE_SECONDS)
        try:
            connection.request(self.command, self.path, body, {**_passed_on(self.headers), "Host": self.server.host})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.send_error(502, explain=f"the stand-in for AWS does not answer: {error}")
            return
        finally:
            connection.close()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", response.headers.get("content-length", "0") if self.command == "HEAD" else str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing: the function's log is what is watched."""


def _passed_on(headers: http.client.HTTPMessage) -> dict[str, str]:
    return {name: ", ".join(headers.get_all(name)) for name in headers if name.lower() not in NOT_PASSED_ON}
