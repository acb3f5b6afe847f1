# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a bootstrap where nothing else is: in a network of its own, with a name server of its own, in a folder of its own.

Arguments: the folder, the name of the service that has the table, and the certificate and key of that service.
Prints what was asked of the table and what the function answered.
To be run under `unshare --map-root-user --net --mount`.
"""

import json
import os
import queue
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from guarded_ministack.loopback import bring_loopback_up
from tests.runtime_api import event, runtime_api

TYPE_A = 1


def serve_names(known: str, questions: list[str]) -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        query, sender = server.recvfrom(512)
        labels, at = [], 12
        while length := query[at]:
            labels.append(query[at + 1 : at + 1 + length].decode())
            at += length + 1
        name, (kind,) = ".".join(labels), struct.unpack_from("!H", query, at + 1)
        questions.append(name)
        has_answer = name == known and kind == TYPE_A
        header = query[:2] + struct.pack("!HHHHH", 0x8180 if name == known else 0x8183, 1, int(has_answer), 0, 0)
        answer = struct.pack("!HHHIH", 0xC00C, TYPE_A, 1, 60, 4) + socket.inet_aton("127.0.0.1") if has_answer else b""
        server.sendto(header + query[12 : at + 5] + answer, sender)


def main() -> None:
    folder, name, certificate = sys.argv[1:]
    questions: list[str] = []
    bring_loopback_up()
    # Swift's runtime looks itself up there.
    subprocess.run(["mount", "--rbind", "/proc", f"{folder}/proc"], check=True)
    threading.Thread(target=serve_names, args=(name, questions), daemon=True).start()
    with runtime_api() as api, runtime_api(443, Path(certificate)) as table:
        environment = api.environment(SUCCESS_PROBABILITY="1")
        del environment["AWS_ENDPOINT_URL"]
        started = time.perf_counter()
        process = subprocess.Popen(["/bootstrap"], env=environment, stderr=subprocess.PIPE, preexec_fn=lambda: (os.chroot(folder), os.chdir("/")))  # noqa: PLW1509
        try:
            api.invoke(event())
            kind, answer = api.answer()
            memory = int(Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1000
            result = {"table": table.table_requests, "kind": kind, "answer": answer, "questions": questions}
            result |= {"milliseconds": (api.first_poll_at - started) * 1000, "memory": memory}
        except queue.Empty:
            result = {"kind": "nothing", "questions": questions}
        process.kill()
        result["log"] = process.communicate()[1].decode()
        print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main()
