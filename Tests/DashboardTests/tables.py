# SPDX-License-Identifier: Apache-2.0
"""Real tables, on a server that speaks DynamoDB, and `breaker dashboard` on them."""

import http.client
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import botocore.session
from server import PROGRAM, ROOT, VARIABLES, Page, until

REGION = "eu-west-1"


class Tables:
    """The server with its tables; it ends with the tests."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        port_file = Path(self.folder.name) / "port"
        self.keys = {"AWS_ACCESS_KEY_ID": uuid.uuid4().hex, "AWS_SECRET_ACCESS_KEY": uuid.uuid4().hex}
        environment = {
            **self.keys, "MINISTACK_REGION": REGION, "HOME": self.folder.name, "PYTHONPATH": str(ROOT / "infrastructure"),
            "PATH": os.environ["PATH"],
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "guarded_ministack", "--port-file", port_file, "--until-orphaned"],
            env=environment, cwd=self.folder.name, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        port = until(lambda: port_file.exists() and port_file.read_text().endswith("\n") and port_file.read_text().strip(), "it listens", 60)
        self.url = f"http://127.0.0.1:{port}"
        self.client = self._client("dynamodb")
        until(self._is_ready, "it answers", 60)

    def _client(self, service):
        return botocore.session.get_session().create_client(
            service, region_name=REGION, endpoint_url=self.url, aws_access_key_id=self.keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.keys["AWS_SECRET_ACCESS_KEY"],
        )  # fmt: skip

    def user(self, *actions):
        """The variables of a new user who may do this on all tables, and nothing else."""
        iam, name = self._client("iam"), f"u{uuid.uuid4().hex}"
        iam.create_user(UserName=name)
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {**self.variables, "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def _is_ready(self):
        try:
            return self.client.list_tables() is not None
        except Exception:
            return False

    def create(self, name=None):
        name = name or f"t-{uuid.uuid4().hex}"
        self.client.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )  # fmt: skip
        return name

    def put(self, table, *items):
        for start in range(0, len(items), 25):
            requests = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            self.client.batch_write_item(RequestItems={table: requests})

    def item(self, table, id):
        return self.client.get_item(TableName=table, Key={"id": {"S": id}}, ConsistentRead=True).get("Item")

    @property
    def variables(self):
        return {**self.keys, "AWS_REGION": REGION, "AWS_ENDPOINT_URL_DYNAMODB": self.url, "AWS_EC2_METADATA_DISABLED": "true"}

    def run(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], env=environment(self.variables), capture_output=True, text=True, timeout=60)

    def stop(self):
        self.process.kill()
        self.process.wait(10)
        self.folder.cleanup()


def environment(variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*VARIABLES, "AWS_"))}
    return {**kept, **variables}


def circuit(id, state="CLOSED", minutes=5, failures=0, history=0, **more):
    """An item as the library leaves it."""
    now = int(time.time() * 1000)
    since = now - minutes * 60_000
    item = {
        "id": {"S": id}, "circuitState": {"S": state}, "cb_state": {"S": state}, "cb_epoch": {"N": str(since)}, "cb_since": {"N": str(since)},
        "cb_next": {"N": str(now + 600_000)}, "nextAttempt": {"N": str(now + 600_000)}, "stateTimestamp": {"N": str(since)},
    }  # fmt: skip
    if state == "OPEN":
        item["cb_reason"] = threshold()
    states = [state, "CLOSED" if state != "CLOSED" else "OPEN"]
    for number in range(history):
        item[f"cb_h:{base36(since - number * 240_000)}"] = {
            "L": [
                {"S": states[(number + 1) % 2]},
                {"S": states[number % 2]},
                threshold() if states[number % 2] == "OPEN" else successes(),
                {"S": "i-0af3"},
            ]
        }
    return {**item, **more}


def counted(item, failures=0, slow=0, successes=0):
    """What the fleet has reported since the circuit's last change."""
    start = int(time.time()) * 1000
    name = f"cb_b{base36(start)}:{base36(int(item['cb_epoch']['N']))}"
    return {**item, name: {"N": str((successes * 10**9 + slow) * 10**9 + failures)}}


def threshold():
    return {"L": [{"S": "failures"}, {"N": "7"}, {"N": "5"}, {"N": "10000"}]}


def successes():
    return {"L": [{"S": "succeeded"}, {"N": "2"}]}


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


class TablesServer(Page):
    """`breaker dashboard` as a process of its own."""

    def __init__(self, tables, *arguments, variables=None):
        super().__init__(["dashboard", "--port", "0", *arguments], environment(variables or tables.variables), r"dashboard +(http://\S+)/dashboard")


class Counting(http.server.ThreadingHTTPServer):
    """Passes requests on to the tables' server, and counts them by action."""

    def __init__(self, tables):
        super().__init__(("127.0.0.1", 0), Passing)
        self.there = urlsplit(tables.url).netloc
        self.variables = {**tables.variables, "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{self.server_port}"}
        self.asked, self.under_way, self.most = Counter(), 0, 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *raised):
        self.shutdown()
        super().__exit__(*raised)

    def begin(self, action):
        with self.lock:
            self.asked[action] += 1
            self.under_way += 1
            self.most = max(self.most, self.under_way)

    def end(self):
        with self.lock:
            self.under_way -= 1


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.begin(self.headers["X-Amz-Target"].split(".")[1])
        connection = http.client.HTTPConnection(self.server.there, timeout=60)
        try:
            connection.request("POST", self.path, body, dict(self.headers))
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
            self.server.end()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
