# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Waits for the end of the process that started it, by whatever signal, and removes what that one left: process groups and a folder."""

import contextlib
import os
import shutil
import signal
import sys
import time

GRACE_SECONDS = 5


def end(groups: list[int]) -> None:
    for number, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, 1)):
        for group in list(groups):
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                groups.remove(group)
        deadline = time.monotonic() + seconds
        while groups and time.monotonic() < deadline:
            time.sleep(0.05)
            groups[:] = [group for group in groups if exists(group)]


def exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def main(folder: str) -> None:
    groups = []
    with contextlib.suppress(ValueError):
        groups.extend(int(line) for line in sys.stdin)
    end(groups)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
