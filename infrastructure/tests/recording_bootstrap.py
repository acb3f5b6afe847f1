#!/usr/bin/env python3
# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Stands between Lambda and the function, `worker` beside it, and writes down each batch and what the function answers."""

import http.client
import json
import os
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LAMBDA = os.environ["AWS_LAMBDA_RUNTIME_API"]
RECORD = os.open(os.environ["RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
batches: dict[str, dict] = {}


def ask(method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes, list[tuple[str, str]]]:
    connection = http.client.HTTPConnection(LAMBDA)
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, content, reply.getheaders()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, content, headers = ask("GET", self.path, None, {})
        found = {name.lower(): value for name, value in headers}
        if "lambda-runtime-aws-request-id" in found:
            batches[found["lambda-runtime-aws-request-id"]] = json.loads(content)
        self.reply(status, content, {name: value for name, value in found.items() if name.startswith("lambda-")})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts = self.path.split("/")
        if parts[-1] in ("response", "error") and (batch := batches.pop(parts[-2], None)) is not None:
            messages = [
                (message["body"], int(message["attributes"]["ApproximateReceiveCount"]), message["messageId"]) for message in batch["Records"]
            ]
            line = {"time": time.time(), "messages": messages, "kind": parts[-1], "answer": json.loads(body)}
            os.write(RECORD, json.dumps(line).encode() + b"\n")
        self.reply(*ask("POST", self.path, body, {"Content-Type": "application/json"})[:2], {})

    def reply(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
worker = Path(__file__).with_name("worker")
# It ends with this process, whatever ends that.
command = ["setpriv", "--pdeathsig", "KILL", str(worker)]
raise SystemExit(subprocess.run(command, env={**os.environ, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}"}, check=False).returncode)
