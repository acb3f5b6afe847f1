# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Packages as `make package` leaves them, and such as it must not."""

import json
import struct
import zipfile
from pathlib import Path

SCRIPT = b"#!/bin/sh\nexit 1\n"


def elf(machine: int) -> bytes:
    return b"\x7fELF" + bytes(14) + struct.pack("<H", machine) + bytes(44)


def write_package(
    folder: Path,
    *,
    content: bytes = SCRIPT,
    name: str = "bootstrap",
    mode: int = 0o755,
    record: str | None = json.dumps({"architecture": "x86_64"}),
) -> Path:
    path = folder / "bootstrap.zip"
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, content)
    if record is not None:
        path.with_suffix(".json").write_text(record)
    return path
