# SPDX-License-Identifier: Apache-2.0
"""The executable, and the stand-in for AWS that has its table."""

import contextlib
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import botocore.session

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = Path(os.environ.get("CIRCUIT_BREAKER_EXTENSION", ROOT / ".build/debug/circuit-breaker-extension"))
REGION = "eu-west-1"


def until(check, what, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.01)


def free_port():
    """A port below those that the system hands out by itself: none of these is taken by others before its server starts."""
    highest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10_000, highest)
        with socket.socket() as server, contextlib.suppress(OSError):
            server.bind(("127.0.0.1", port))
            return port


class Ministack:
    def __init__(self, folder):
        self.keys = {"AWS_ACCESS_KEY_ID": uuid.uuid4().hex, "AWS_SECRET_ACCESS_KEY": uuid.uuid4().hex}
        environment = {"PYTHONPATH": str(ROOT / "infrastructure"), "PATH": os.environ["PATH"], "HOME": str(folder), "MINISTACK_REGION": REGION}
        command = [sys.executable, "-m", "guarded_ministack", "--port-file", str(folder / "port"), "--until-orphaned"]
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(command, cwd=folder, env={**environment, **self.keys}, stdout=self.log, stderr=self.log)
        port = until(lambda: (folder / "port").is_file() and (folder / "port").read_text().strip(), "ministack has a port")
        self.url = f"http://127.0.0.1:{port}"
        self.client = botocore.session.get_session().create_client(
            "dynamodb",
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=self.keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.keys["AWS_SECRET_ACCESS_KEY"],
        )
        until(self._is_ready, "ministack is up")

    def _is_ready(self):
        try:
            return urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=5).status == 200
        except OSError:
            return False

    def table(self):
        name = f"t{uuid.uuid4().hex}"
        self.client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )
        return name

    def item(self, table, circuit):
        return self.client.get_item(TableName=table, Key={"id": {"S": circuit}}, ConsistentRead=True).get("Item", {})

    def variables(self, table):
        return {"CIRCUITBREAKER_TABLE": table, "AWS_REGION": REGION, "AWS_ENDPOINT_URL_DYNAMODB": self.url, **self.keys}

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


class Sidecar:
    """The executable by itself."""

    def __init__(self, variables, port=0):
        self.output = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the process)
        environment = {"CIRCUITBREAKER_PORT": str(port), "HOME": "/nonexistent", **variables}
        self.process = subprocess.Popen([EXTENSION], stdout=self.output, stderr=subprocess.STDOUT, env=environment)
        self.port = int(until(self._port, "the sidecar listens"))
        self.url = f"http://127.0.0.1:{self.port}"

    def _port(self):
        assert self.process.poll() is None, self.text()
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.text())
        return found and found[1]

    def text(self):
        self.output.seek(0)
        return self.output.read().decode()

    def ask(self, method, path):
        request = urllib.request.Request(self.url + path, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def metric(self, name, **labels):
        with urllib.request.urlopen(self.url + "/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
        return next((int(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name}{{{shown}}} " if labels else f"{name} ")), 0)

    def close(self):
        self.process.terminate()
        return self.process.wait(timeout=30)
