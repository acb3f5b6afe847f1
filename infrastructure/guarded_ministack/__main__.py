# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Serves on a listening socket of 127.0.0.1 that it inherits, or on one of its own.

Root's key and secret are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

import argparse
import asyncio
import contextlib
import os
import resource
import socket
import sys
import threading
import time
from pathlib import Path

from guarded_ministack.guard import Guard
from guarded_ministack.leading_keys import know_leading_keys
from guarded_ministack.loopback import bring_loopback_up
from guarded_ministack.mapping_actions import know_mapping_actions
from guarded_ministack.runtime_apis import guard_runtime_apis

KEEP_ALIVE_SECONDS = 75


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="guarded_ministack", description=__doc__)
    parser.add_argument("--socket", type=int, help="the number of the socket that it inherits")
    parser.add_argument("--port-file", type=Path, help="a file for the number of its port")
    parser.add_argument("--isolated", action="store_true", help="it is in a network of its own, where functions reach it by the same address")
    parser.add_argument("--until-orphaned", action="store_true", help="ends when the process that started it is gone")
    return parser.parse_args()


def listener(number: int | None) -> socket.socket:
    if number is not None:
        return socket.socket(fileno=number)
    own = socket.create_server(("127.0.0.1", 0), backlog=1024)
    own.set_inheritable(False)
    return own


def allow_many_connections() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Not every system allows what it calls its limit.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.1)
    os._exit(0)


def settings(address: str) -> dict[str, str]:
    return {
        "GATEWAY_PORT": address.rpartition(":")[2],
        "MINISTACK_HOST": address.rpartition(":")[0],
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Handed on to functions.
        "AWS_ENDPOINT_URL": f"http://{address}",
    }


def main() -> None:
    options = arguments()
    if options.until_orphaned:
        threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    root_key = os.environ.get("AWS_ACCESS_KEY_ID")
    if not root_key or not os.environ.get("AWS_SECRET_ACCESS_KEY"):
        sys.exit("error: no key for root; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    outside = listener(options.socket)
    address = "{}:{}".format(*outside.getsockname())
    binds = [f"fd://{outside.fileno()}"]
    if options.isolated:
        bring_loopback_up()
        binds.append(address)
    # Read when it is imported.
    os.environ.update(settings(address))
    os.environ.pop("PYTHONPATH", None)
    allow_many_connections()
    guard_runtime_apis()
    know_leading_keys()
    know_mapping_actions()
    if options.port_file is not None:
        options.port_file.write_text(address.rpartition(":")[2] + "\n")
    asyncio.run(serve(binds, root_key))


async def serve(binds: list[str], root_key: str) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415
    from ministack.core.iam_evaluator import is_root_access_key  # noqa: PLC0415
    from ministack.core.router import extract_access_key_id  # noqa: PLC0415

    config = Config()
    config.bind = binds
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    await serve(Guard(app, root_key=root_key, key_of=extract_access_key_id, is_root=is_root_access_key), config)


if __name__ == "__main__":
    main()
