# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What is deployed: a zip with the function's `bootstrap` or the layer's extension.

Beside it is a record of the architecture that it was built for, among others.
"""

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
DEFAULT_EVENTS = Path(__file__).parents[2] / "build" / "events" / "bootstrap.zip"
DEFAULT_LAYER = Path(__file__).parents[2] / "build" / "layer" / "circuit-breaker-layer.zip"
BOOTSTRAP, EXTENSION = "bootstrap", "extensions/circuit-breaker-extension"


@dataclass(frozen=True)
class Package:
    path: Path
    architecture: str


def read_package(path: Path) -> Package:
    """A function's."""
    return _read(path, BOOTSTRAP, "make package", "package")


def read_layer(path: Path) -> Package:
    return _read(path, EXTENSION, "make layer", "package")


def read_events(path: Path) -> Package:
    return _read(path, BOOTSTRAP, "make events", "eventsPackage")


def _read(path: Path, member: str, command: str, setting: str) -> Package:
    if not path.is_file():
        raise DeployError(f'no package at {path}; build it with "{command}", or name another with -c {setting}=PATH')
    rebuild = f'build it again with "{command}"'
    actual = _architecture_of(member, path, rebuild)
    recorded = _recorded_architecture(path.with_suffix(".json"), rebuild)
    if actual and actual != recorded:
        raise DeployError(f"{member} in {path} is built for {actual}, but the record beside it says {recorded}; {rebuild}")
    return Package(path, recorded)


def _architecture_of(member: str, path: Path, rebuild: str) -> str | None:
    """None for a script, which has none."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(member)
            with archive.open(info) as file:
                head = file.read(20)
    except KeyError:
        raise DeployError(f'{path} holds no file "{member}"{"" if "/" in member else " at its top"}; {rebuild}') from None
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError) as error:
        raise DeployError(f"{path} cannot be read as a zip: {error}; {rebuild}") from None
    # CDK's asset hash ignores the mode, and Lambda would only say so at the first call.
    if not (mode := info.external_attr >> 16) & 0o111:
        raise DeployError(f"{member} in {path} is not executable (its mode is {mode & 0o777:04o}); {rebuild}")
    if head.startswith(b"#!"):
        return None
    if not head.startswith(b"\x7fELF"):
        raise DeployError(f"{member} in {path} is neither a Linux executable nor a script; {rebuild}")
    machine = struct.unpack_from("<H", head.ljust(20, b"\0"), 18)[0]
    if machine not in ELF_MACHINES:
        raise DeployError(f"{member} in {path} is built for a machine that Lambda does not have (ELF machine {machine}); {rebuild}")
    return ELF_MACHINES[machine]


def _recorded_architecture(path: Path, rebuild: str) -> str:
    try:
        architecture = json.loads(path.read_text())["architecture"]
    except OSError:
        raise DeployError(f"no record of the package's architecture at {path}; {rebuild}") from None
    except (ValueError, KeyError, TypeError):
        architecture = None
    if architecture not in ELF_MACHINES.values():
        raise DeployError(f'{path} must hold {{"architecture": "x86_64"}} or {{"architecture": "arm64"}}; {rebuild}')
    return architecture
