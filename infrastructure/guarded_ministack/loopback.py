# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A network of its own for a process, where the system gives one: on Linux to root, and by most distributions to everybody."""

import fcntl
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
ROOT = Path(__file__).parents[1]
WAYS = (["--net"], ["--map-root-user", "--net"])


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def own_network() -> list[str] | None:
    """What stands before a command that is to have a network of its own; None where there is no such thing."""
    unshare = shutil.which("unshare")
    trial = [sys.executable, "-c", "from guarded_ministack.loopback import bring_loopback_up; bring_loopback_up()"]
    for way in WAYS if unshare else ():
        if subprocess.run([unshare, *way, *trial], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0:
            return [unshare, *way]
    return None
