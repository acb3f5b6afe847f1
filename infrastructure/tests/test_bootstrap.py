# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The package as `make package` leaves it: what it is made of, what it needs to start, how fast it does."""

import hashlib
import json
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from circuit_breaker.package import read_package
from tests.packages import elf
from tests.runtime_api import event, function, runtime_api

REPOSITORY = Path(__file__).parents[2]
ISOLATED = ["unshare", "--map-root-user", "--net", "--mount"]
SERVICE = "dynamodb.eu-west-1.amazonaws.com"
NAMES = {"alone": None, "that asks elsewhere first": "hosts: files myhostname resolve [!UNAVAIL=return] dns\n"}


def check(path: Path, architecture: str = "x86_64") -> subprocess.CompletedProcess[str]:
    return subprocess.run([REPOSITORY / "scripts/check-bootstrap", path, architecture], capture_output=True, text=True, check=False)


def test_what_is_in_the_zip(real_package: Path, record_property: Callable[[str, object], None]) -> None:
    with zipfile.ZipFile(real_package) as archive:
        (info,) = archive.infolist()
    assert (info.filename, info.external_attr >> 16, info.date_time) == ("bootstrap", 0o100755, (1980, 1, 1, 0, 0, 0))
    size = real_package.stat().st_size
    record_property("zip bytes", size)
    record_property("bootstrap bytes", info.file_size)
    assert size <= 11_000_000


def test_the_same_executable_gives_the_same_zip(real_package: Path, bootstrap: Path, tmp_path: Path) -> None:
    architecture = read_package(real_package).architecture
    os.utime(bootstrap)
    subprocess.run([sys.executable, REPOSITORY / "scripts/pack-bootstrap", bootstrap, architecture, tmp_path / "again"], check=True)
    assert (tmp_path / "again/bootstrap.zip").read_bytes() == real_package.read_bytes()
    assert read_package(tmp_path / "again/bootstrap.zip").architecture == architecture


def test_what_it_was_built_from_is_beside_it(real_package: Path, bootstrap: Path) -> None:
    record = json.loads(real_package.with_suffix(".json").read_text())
    assert record["sha256"] == hashlib.sha256(bootstrap.read_bytes()).hexdigest()
    assert "Swift version " in record["compiler"]
    assert record["commit"] is None or re.fullmatch("[0-9a-f]{40}", record["commit"])
    pins = json.loads((REPOSITORY / "Package.resolved").read_text())["pins"]
    built = {name: (package["version"], package["revision"]) for name, package in record["packages"].items()}
    assert built == {pin["identity"]: (pin["state"]["version"], pin["state"]["revision"]) for pin in pins}


def test_it_needs_nothing_beside_it(real_package: Path, bootstrap: Path) -> None:
    result = check(bootstrap, read_package(real_package).architecture)
    assert (result.returncode, result.stderr) == (0, "")
    # By other means than the check's own.
    assert "NEEDED" not in subprocess.run(["readelf", "--dynamic", bootstrap], capture_output=True, text=True, check=True).stdout
    assert "Version needs" not in subprocess.run(["readelf", "--version-info", bootstrap], capture_output=True, text=True, check=True).stdout


def test_the_check_refuses_what_needs_the_system() -> None:
    result = check(Path(sys.executable).resolve())
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert "it needs shared libraries: " in line
    assert "libc.so.6" in line
    assert "it needs symbols up to GLIBC_" in line


def test_the_check_refuses_full_foundation(tmp_path: Path) -> None:
    swift = os.environ.get("SWIFT", "swift")
    (tmp_path / "main.swift").write_text('import Foundation\nprint(URLComponents(string: "http://a")!, NSString(string: "a"))\n')
    subprocess.run([f"{swift}c", "-static-executable", tmp_path / "main.swift", "-o", tmp_path / "full"], check=True, capture_output=True)
    subprocess.run(["strip", tmp_path / "full"], check=True)
    result = check(tmp_path / "full")
    assert result.returncode == 1
    assert "it links Foundation" in result.stderr


@pytest.mark.parametrize(("content", "why"), [(elf(183), "it is built for arm64, not for x86_64"), (b"#!/bin/sh\n", "is no Linux executable")])
def test_the_check_refuses_what_is_not_for_this_machine(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "bootstrap"
    path.write_bytes(content)
    result = check(path)
    assert result.returncode == 1
    assert why in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("architecture", ["riscv64", "arm64"])
def test_an_architecture_that_cannot_be_built_here_is_one_line(architecture: str) -> None:
    if architecture == "arm64" and os.uname().machine in ("aarch64", "arm64"):
        pytest.skip("arm64 is this machine's own")
    environment = {**os.environ, "DOCKER_HOST": "unix:///nowhere"}
    command = [REPOSITORY / "scripts/package", "swift", sys.executable, architecture]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert ("needs Docker" if architecture == "arm64" else "ARCH=x86_64 or ARCH=arm64") in result.stderr


def make_certificate(folder: Path, name: str) -> Path:
    """Signed by itself, with its key."""
    key, certificate, both = folder / "key", folder / "certificate", folder / "both"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return both


def run_in_empty_folder(bootstrap: Path, folder: Path, *, nsswitch: str | None = None, is_trusted: bool = True) -> dict:
    """What a function does that has nothing but itself, the name server's address and the certificates of Amazon Linux."""
    if subprocess.run([*ISOLATED, "true"], capture_output=True, check=False).returncode != 0 or not shutil.which("openssl"):
        pytest.skip(f"NOT TESTED: that bootstrap starts in an empty folder; this needs openssl, and a system that allows: {shlex.join(ISOLATED)}")
    root = folder / "root"
    for path in ("etc/pki/tls/certs", "proc"):
        (root / path).mkdir(parents=True)
    shutil.copy(bootstrap, root)
    (root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    if nsswitch:
        (root / "etc/nsswitch.conf").write_text(nsswitch)
    certificate = make_certificate(folder, SERVICE)
    public = Path("/etc/ssl/certs/ca-certificates.crt")
    bundle = (public.read_bytes() if public.exists() else b"") + ((folder / "certificate").read_bytes() if is_trusted else b"")
    (root / "etc/pki/tls/certs/ca-bundle.crt").write_bytes(bundle)
    command = [*ISOLATED, sys.executable, "-m", "tests.isolated_function", root, SERVICE, certificate]
    result = subprocess.run(command, cwd=REPOSITORY / "infrastructure", capture_output=True, text=True, check=True, timeout=60)
    seen = json.loads(result.stdout)
    assert seen["kind"] == "response", seen
    assert json.loads(seen["answer"]["body"]) == {"message": "Success"}
    assert seen["questions"][0] == SERVICE
    return seen


@pytest.mark.parametrize("kind", NAMES)
def test_it_reaches_dynamodb_from_an_empty_folder(bootstrap: Path, kind: str, tmp_path: Path) -> None:
    """By its public name and over TLS, unlike the stand-in for AWS: no library of the system helps with either."""
    seen = run_in_empty_folder(bootstrap, tmp_path, nsswitch=NAMES[kind])
    assert [request["host"] for request in seen["table"]] == [SERVICE] * 2
    assert seen["log"] == ""
    print(f"over TLS: start to first poll {seen['milliseconds']:.1f} ms, peak memory {seen['memory']:.1f} MB")  # noqa: T201
    assert seen["memory"] < 50


def test_it_tells_a_stranger_nothing(bootstrap: Path, tmp_path: Path) -> None:
    seen = run_in_empty_folder(bootstrap, tmp_path, is_trusted=False)
    assert seen["table"] == []
    assert "CircuitBreaker store: not ready" in seen["log"]
    assert "CERTIFICATE_VERIFY_FAILED" in seen["log"]


def test_how_fast_it_starts_and_how_much_memory_it_takes(bootstrap: Path, record_property: Callable[[str, object], None]) -> None:
    starts, peaks = [], []
    for _ in range(20):
        with runtime_api() as api:
            started = time.perf_counter()
            with function([bootstrap], api.environment(SUCCESS_PROBABILITY="1")) as process:
                assert api.first_poll.wait(10)
                starts.append((api.first_poll_at - started) * 1000)
                # The connection and the first view are there before the first event.
                assert [request["target"].split(".")[1] for request in api.table_requests] == ["GetItem", "GetItem"]
                for _ in range(20):
                    api.invoke(event())
                    assert api.answer()[0] == "response"
                status = Path(f"/proc/{process.pid}/status").read_text()
                peaks.append(int(status.split("VmHWM:")[1].split()[0]) / 1000)
    median, peak = statistics.median(starts), max(peaks)
    record_property("start ms", median)
    record_property("peak MB", peak)
    print(f"start to first poll: median {median:.1f} ms of {sorted(round(start, 1) for start in starts)}; peak memory {peak:.1f} MB")  # noqa: T201
    # Other work on the machine may delay a process; the README has what was measured without.
    assert min(starts) < 50
    assert peak < 40
