# SPDX-License-Identifier: Apache-2.0
"""One environment of AWS's own emulator of Lambda, with the extension where a layer puts it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from sidecar import EXTENSION, ROOT, free_port, until

PROGRAM = ROOT / ".venv/emulator/aws-lambda-rie"
NAME = "circuit-breaker-extension"


def why_not():
    """Why it cannot run here; nothing if it can."""
    if not PROGRAM.exists():
        return "AWS's emulator of Lambda is not here: scripts/get-emulator"
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        return "AWS's emulator of Lambda needs root and a mount namespace of its own"
    return None


# What was in /opt stays there: the toolchain, whose libraries a debug build needs, may be in it.
MOUNT = """
for entry in /opt/*/; do
    name=$(basename "$entry")
    [ "$name" = extensions ] || { mkdir -p "$0/$name" && mount --rbind "$entry" "$0/$name"; }
done
mount --rbind "$0" /opt
shift 0
exec "$@"
"""

PYTHON_BOOTSTRAP = """#!/bin/sh
cd "$(dirname "$0")"
export LAMBDA_TASK_ROOT="$PWD" LAMBDA_RUNTIME_DIR="$PWD" _HANDLER=function.handler
exec PYTHON -m awslambdaric function.handler
"""

# Node has no client of the Runtime API that is a package here: this is one, one event after the other.
NODE_BOOTSTRAP = """#!/bin/sh
cd "$(dirname "$0")"
exec node loop.mjs
"""

NODE_LOOP = """
import { handler } from "./function.mjs";
const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
for (;;) {
    const next = await fetch(`${base}/next`);
    const id = next.headers.get("lambda-runtime-aws-request-id");
    const event = await next.json();
    const answer = await handler(event).then((result) => ["response", result], (error) => ["error", { errorMessage: String(error) }]);
    await (await fetch(`${base}/${id}/${answer[0]}`, { method: "POST", body: JSON.stringify(answer[1]) })).text();
}
"""


class Environment:
    def __init__(self, runtime, handler, variables, timeout=3, extension=True):
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "task").mkdir()
        (self.folder / "opt/extensions").mkdir(parents=True)
        if extension:
            shutil.copy(EXTENSION, self.folder / "opt/extensions" / NAME)
        task = self.folder / "task"
        if runtime == "python":
            shutil.copy(ROOT / "Examples/Python/circuit_breaker.py", task)
            (task / "function.py").write_text(handler)
            (task / "bootstrap").write_text(PYTHON_BOOTSTRAP.replace("PYTHON", sys.executable))
        else:
            shutil.copy(ROOT / "Examples/Node/circuit-breaker.mjs", task)
            (task / "function.mjs").write_text(handler)
            (task / "loop.mjs").write_text(NODE_LOOP)
            (task / "bootstrap").write_text(NODE_BOOTSTRAP)
        (task / "bootstrap").chmod(0o755)
        self.port = free_port()
        self.breaker_port = free_port()
        self.output = (self.folder / "log").open("w+b")
        settings = {
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout),
            "CIRCUITBREAKER_PORT": str(self.breaker_port),
            **variables,
        }
        command = [
            "unshare", "-m", "sh", "-c", MOUNT, self.folder / "opt",
            PROGRAM, "--log-level", "info",
            "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}", "--runtime-api-address", f"127.0.0.1:{free_port()}",
            task / "bootstrap",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, env=settings, stdout=self.output, stderr=subprocess.STDOUT)
        until(self._listens, "the emulator listens")

    def _listens(self):
        assert self.process.poll() is None, self.text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def invoke(self, event=None):
        url = f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations"
        request = urllib.request.Request(url, data=json.dumps(event or {}).encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        try:
            return json.loads(text)
        except ValueError:
            return text

    def text(self):
        self.output.flush()
        return Path(self.folder / "log").read_text(errors="replace")

    def extension_pids(self):
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().split(b"\0")[0].decode()
                if command == f"/opt/extensions/{NAME}" and f"CIRCUITBREAKER_PORT={self.breaker_port}" in (entry / "environ").read_text():
                    found.append(int(entry.name))
        return found

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for pid in self.extension_pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.output.close()
        shutil.rmtree(self.folder, ignore_errors=True)
