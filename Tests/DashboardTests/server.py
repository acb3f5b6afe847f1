# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CIRCUIT_BREAKER_PROGRAM", ROOT / ".build/debug/breaker"))
VARIABLES = ("CIRCUITBREAKER_", "SUCCESS_PROBABILITY", "LATENCY_MS", "UPSTREAM_")


class Page:
    """A program with a dashboard, as a process of its own."""

    def __init__(self, arguments, environment, address):
        self.output = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the process)
        self.process = subprocess.Popen([PROGRAM, *arguments], stdout=self.output, stderr=subprocess.STDOUT, env=environment)
        self.address = until(lambda: self._address(address), "it listens")
        self.port = int(self.address.rsplit(":", 1)[1])
        self.dashboard = f"{self.address}/dashboard"

    def _address(self, pattern):
        assert self.process.poll() is None, self.text()
        found = re.search(pattern, self.text())
        return found and found[1]

    def text(self):
        self.output.seek(0)
        return self.output.read().decode()

    def command(self, name, body=None, headers=None, data=None):
        """The status and the answer of one command of the page's."""
        request = urllib.request.Request(
            f"{self.dashboard}/{name}",
            method="POST",
            data=json.dumps({} if body is None else body).encode() if data is None else data,
            headers={"Content-Type": "application/json", "Origin": self.address, **(headers or {})},
        )
        return fetch(request)

    def get(self, path, headers=None):
        return fetch(urllib.request.Request(f"{self.address}{path}", headers=headers or {}))

    def memory(self):
        """Resident bytes, where the system tells."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read_text())[1]) * 1024

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


class Server(Page):
    """`breaker local` as a process of its own."""

    def __init__(self, *arguments, port=0):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(VARIABLES)}
        super().__init__(["local", "--quiet", "--port", str(port), *arguments], environment, r"listening on +(http://\S+)/")

    def frames(self, number=1, after=None):
        """The first frames of the stream, the greeting first."""
        query = f"?after={after}" if after else ""
        with until(lambda: self._stream(query), "the server has room for a page") as stream:
            found = []
            for line in stream:
                if line.startswith(b"data: "):
                    found.append(json.loads(line[6:]))
                if len(found) > number:
                    break
            return found

    def _stream(self, query):
        try:
            return urllib.request.urlopen(f"{self.dashboard}/events{query}", timeout=60)
        except urllib.error.HTTPError as error:
            # A page that went counts until its next frame cannot be written.
            if error.code == 503:
                return None
            raise

    def frame(self):
        return self.frames()[1]


def fetch(request):
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def until(look, what, seconds=60):
    end = time.monotonic() + seconds
    while True:
        value = look()
        if value:
            return value
        assert time.monotonic() < end, f"waited {seconds} s until {what}"
        time.sleep(0.02)
