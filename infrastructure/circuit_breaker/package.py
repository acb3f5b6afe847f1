# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The function's package: a zip with `bootstrap`, and beside it a record of the architecture that it was built for, among others."""

import json
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from circuit_breaker.errors import DeployError

# The architectures by the number that an ELF file has for them.
ELF_MACHINES = {62: "x86_64", 183: "arm64"}
DEFAULT_PACKAGE = Path(__file__).parents[2] / "build" / "lambda" / "bootstrap.zip"
REBUILD = 'build it again with "make package"'


@dataclass(frozen=True)
class Package:
    path: Path
    architecture: str


def read_package(path: Path) -> Package:
    if not path.is_file():
        raise DeployError(f'no package at {path}; build it with "make package", or name another with -c package=PATH')
    actual = _architecture_of_bootstrap(path)
    recorded = _recorded_architecture(path.with_suffix(".json"))
    if actual and actual != recorded:
        raise DeployError(f"bootstrap in {path} is built for {actual}, but the record beside it says {recorded}; {REBUILD}")
    return Package(path, recorded)


def _architecture_of_bootstrap(path: Path) -> str | None:
    """None for a script, which has none."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("bootstrap")
            with archive.open(info) as file:
                head = file.read(20)
    except KeyError:
        raise DeployError(f'{path} holds no file "bootstrap" at its top; {REBUILD}') from None
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError) as error:
        raise DeployError(f"{path} cannot be read as a zip: {error}; {REBUILD}") from None
    # CDK's asset hash ignores the mode, and Lambda would only say so at the first call.
    if not (mode := info.external_attr >> 16) & 0o111:
        raise DeployError(f"bootstrap in {path} is not executable (its mode is {mode & 0o777:04o}); {REBUILD}")
    if head.startswith(b"#!"):
        return None
    if not head.startswith(b"\x7fELF"):
        raise DeployError(f"bootstrap in {path} is neither a Linux executable nor a script; {REBUILD}")
    machine = struct.unpack_from("<H", head.ljust(20, b"\0"), 18)[0]
    if machine not in ELF_MACHINES:
        raise DeployError(f"bootstrap in {path} is built for a machine that Lambda does not have (ELF machine {machine}); {REBUILD}")
    return ELF_MACHINES[machine]


def _recorded_architecture(path: Path) -> str:
    try:
        architecture = json.loads(path.read_text())["architecture"]
    except OSError:
        raise DeployError(f"no record of the package's architecture at {path}; {REBUILD}") from None
    except (ValueError, KeyError, TypeError):
        architecture = None
    if architecture not in ELF_MACHINES.values():
        raise DeployError(f'{path} must hold {{"architecture": "x86_64"}} or {{"architecture": "arm64"}}; {REBUILD}')
    return architecture
