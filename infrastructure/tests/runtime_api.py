# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Lambda's side of one function process: the Runtime API, and on the same address a table that is empty and an event source mapping."""

import contextlib
import json
import os
import queue
import ssl
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"}

MAPPINGS = "/2015-03-31/event-source-mappings/"


def event(path: str = "/") -> dict:
    """A request as API Gateway hands it on."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example.com"},
        "requestContext": {"stage": "$default", "http": {"method": "GET", "path": path}},
        "isBase64Encoded": False,
    }


class RuntimeAPI(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.events: queue.Queue[tuple[str, dict, float]] = queue.Queue()
        self.answers: queue.Queue[tuple[str, dict]] = queue.Queue()
        self.first_poll = threading.Event()
        self.first_poll_at = 0.0
        self.polling = 0
        self.lock = threading.Lock()
        self.table_requests: list[dict] = []
        # What the table answers each request with: a status and an object.
        self.table: tuple[int, dict] = (200, {})
        self.mapping: dict[str, Any] = {}
        # Learns of each request to AWS before it is answered, and of a change when it has been made.
        self.on_step: Callable[[str], None] = lambda _: None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def environment(self, **variables: str) -> dict[str, str]:
        fixed = {"AWS_LAMBDA_RUNTIME_API": self.address, "AWS_ENDPOINT_URL": f"http://{self.address}", "AWS_LAMBDA_FUNCTION_NAME": "pattern"}
        return {**KEYS, **fixed, "CIRCUITBREAKER_TABLE": "circuits", **variables}

    def handle_error(self, *_: Any) -> None:
        """A process that is killed leaves its connections as they are."""

    def invoke(self, payload: dict, *, seconds: float = 3) -> str:
        identifier = str(uuid.uuid4())
        self.events.put((identifier, payload, time.time() + seconds))
        return identifier

    def answer(self, *, within: float = 10) -> tuple[str, dict]:
        """What the process sends next: the last word of the path, and the object."""
        return self.answers.get(timeout=within)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: RuntimeAPI

    def do_GET(self) -> None:
        api = self.server
        if self.path.startswith(MAPPINGS):
            api.on_step("GetEventSourceMapping")
            self.reply(200, api.mapping)
            return
        with api.lock:
            api.polling += 1
        if not api.first_poll.is_set():
            api.first_poll_at = time.perf_counter()
            api.first_poll.set()
        identifier, payload, deadline = api.events.get()
        with api.lock:
            api.polling -= 1
        self.reply(200, payload, {"Lambda-Runtime-Aws-Request-Id": identifier, "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000))})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/":
            self.server.on_step(self.headers["X-Amz-Target"])
            self.server.table_requests.append({"target": self.headers["X-Amz-Target"], "host": self.headers["Host"], **body})
            self.reply(*self.server.table)
        else:
            self.server.answers.put((self.path.split("/runtime/")[1].split("/")[-1], body))
            self.reply(202, {})

    def do_PUT(self) -> None:
        change = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.on_step("UpdateEventSourceMapping")
        enabled = change.pop("Enabled")
        self.server.mapping = {**self.server.mapping, **change, "State": "Enabled" if enabled else "Disabled"}
        self.server.on_step("updated")
        self.reply(202, self.server.mapping)

    def reply(self, status: int, content: dict, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), "Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def runtime_api(port: int = 0, certificate: Path | None = None) -> Iterator[RuntimeAPI]:
    api = RuntimeAPI(port, certificate)
    threading.Thread(target=api.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield api
    finally:
        api.shutdown()
        api.server_close()


@contextlib.contextmanager
def function(command: list[str | Path], environment: dict[str, str], log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A function process; `command` is the bootstrap, or leads to it."""
    with (log or Path(os.devnull)).open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
