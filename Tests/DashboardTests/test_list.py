# SPDX-License-Identifier: Apache-2.0
"""`breaker list` over many circuits: how long, with how many requests, in how much memory."""

import http.client
import http.server
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

from server import PROGRAM
from tables import circuit, environment


class Counting(http.server.ThreadingHTTPServer):
    """Passes requests on to the tables' server, and counts them by action."""

    def __init__(self, tables):
        super().__init__(("127.0.0.1", 0), Passing)
        self.there = urlsplit(tables.url).netloc
        self.asked = Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked[self.headers["X-Amz-Target"].split(".")[1]] += 1
        connection = http.client.HTTPConnection(self.server.there, timeout=60)
        try:
            connection.request("POST", self.path, body, dict(self.headers))
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


# A process starts with the most that the one had which made it: a small one in between.
SMALL = "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(status)"


def measured(arguments, variables):
    """What it wrote, the seconds that it took, and the most memory that it had, in bytes."""
    start = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", SMALL, PROGRAM, *arguments], env=environment(variables), capture_output=True, text=True)
    seconds = time.monotonic() - start
    *errors, memory = ended.stderr.splitlines()
    assert (ended.returncode, errors) == (0, []), errors
    return ended.stdout, seconds, int(memory) * (1 if sys.platform == "darwin" else 1024)


def test_10000_circuits(tables):
    table = tables.create()
    states = ["OPEN", "HALF-OPEN"] + ["CLOSED"] * 48
    tables.put(table, *[circuit(f"circuit-{number:05}", states[number % 50], history=number % 5) for number in range(10_000)])
    with Counting(tables) as counting:
        variables = {**tables.variables, "AWS_ENDPOINT_URL_DYNAMODB": counting.url}
        try:
            for arguments in ([], ["--state", "open"], ["--json"]):
                counting.asked.clear()
                text, seconds, memory = measured(["list", "--table", table, *arguments], variables)
                print(
                    f"\nlist {' '.join(arguments)}: {seconds:.1f} s, {dict(counting.asked)}, {memory / 1e6:.0f} MB, {len(text) / 1e6:.1f} MB written",
                    end="",
                )
                # A request for each hundred circuits, and none for a single one.
                assert set(counting.asked) == {"Scan"}
                assert 100 <= counting.asked["Scan"] <= 101
                assert seconds < 120
                assert memory < 128e6
                if arguments == ["--json"]:
                    assert len(json.loads(text)["circuits"]) == 10_000
                else:
                    ids = [word for line in text.splitlines() for word in line.split() if word.startswith("circuit-")]
                    assert len(ids) == len(set(ids)) == (200 if arguments else 10_000)
                    assert ids[:2] == ["circuit-00000", "circuit-00050"]
        finally:
            counting.shutdown()
    print()
