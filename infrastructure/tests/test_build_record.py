# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/package in a folder of its own, with stand-ins for Docker and swift."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from circuit_breaker.package import read_package
from tests.packages import elf

REPOSITORY = Path(__file__).parents[2]
DIGEST = "swift:6.3-amazonlinux2023@sha256:" + "0123456789abcdef" * 4
OTHER = "x86_64" if os.uname().machine in ("aarch64", "arm64") else "arm64"
EXECUTABLE = elf(62 if OTHER == "x86_64" else 183)
TREE = {
    "identity": "mine",
    "dependencies": [
        {
            "identity": "swift-nio",
            "name": "swift-nio",
            "url": "https://example.com/swift-nio",
            "version": "2.9.1",
            "dependencies": [
                {"identity": "swift-atomics", "name": "swift-atomics", "url": "https://example.com/a.git", "version": "1.3.0", "dependencies": []}
            ],
        },
        {"identity": "folder", "name": "swift-circuit-breaker", "url": "/home/me/folder", "version": "unspecified", "dependencies": []},
    ],
}
RESOLVED = {"pins": [{"identity": "swift-nio", "state": {"revision": "abc", "version": "2.9.1"}}]}
# Does what follows the image in its own folder, as a container does in the one that it is given.
DOCKER = """#!/usr/bin/env bash
echo "$*" >>"{folder}/docker.log"
[ "$1" = run ] || exit 0
while [ "$1" != --workdir ]; do shift; done
shift 3
[ "$1" = scripts/check-bootstrap ] || exec "{folder}/bin/$1" "${{@:2}}"
"""
SWIFT = """#!/usr/bin/env bash
case "$*" in
    --version) printf 'Swift version 6.3.1 (swift-6.3.1-RELEASE)\\nTarget: aarch64-unknown-linux-gnu\\n' ;;
    build*) mkdir -p {scratch}/release && cp "{folder}/executable" {scratch}/release/bootstrap ;;
    *show-dependencies*) echo "Fetching" && cat "{folder}/tree.json" ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(REPOSITORY / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "Package.resolved").write_text(json.dumps(RESOLVED))
    (tmp_path / "tree.json").write_text(json.dumps(TREE))
    (tmp_path / "executable").write_bytes(EXECUTABLE)
    (tmp_path / "bin").mkdir()
    for name, text in (("docker", DOCKER), ("swift", SWIFT)):
        path = tmp_path / "bin" / name
        path.write_text(text.format(folder=tmp_path, scratch=f"./.build-lambda-{OTHER}"))
        path.chmod(0o755)
    return folder


def package(project: Path, image: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{project.parent}/bin:{os.environ['PATH']}", "BUILD_IMAGE": image}
    command = [project / "scripts/package", "swift", sys.executable, OTHER]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("image", ["", "swift:6.3-amazonlinux2023", "@sha256:0"])
def test_an_image_that_may_change_is_refused(project: Path, image: str) -> None:
    result = package(project, image)
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert f"make package ARCH={OTHER} IMAGE=swift:6.3-amazonlinux2023@sha256:" in result.stderr
    assert not (project / "build").exists()


def test_it_builds_in_the_image_that_was_named(project: Path) -> None:
    result = package(project, DIGEST)
    assert result.returncode == 0, result.stderr
    runs = [line for line in (project.parent / "docker.log").read_text().splitlines() if line.startswith("run ")]
    assert len(runs) == 4
    assert all(f" {DIGEST} " in run for run in runs)
    assert read_package(project / "build/lambda/bootstrap.zip").architecture == OTHER


def test_what_it_was_built_from_is_beside_it(project: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        return subprocess.run(["git", *identity, *arguments], cwd=project, capture_output=True, text=True, check=True).stdout.strip()

    (project / ".gitignore").write_text("build\n.build-*\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "a")
    expected = {
        "architecture": OTHER,
        "sha256": hashlib.sha256(EXECUTABLE).hexdigest(),
        "commit": git("rev-parse", "HEAD"),
        "hasUncommittedChanges": False,
        "compiler": "Swift version 6.3.1 (swift-6.3.1-RELEASE)",
        "image": DIGEST,
        "packages": {
            "swift-atomics": {"version": "1.3.0", "revision": None, "url": "https://example.com/a.git"},
            "swift-circuit-breaker": {"version": "of this commit"},
            "swift-nio": {"version": "2.9.1", "revision": "abc", "url": "https://example.com/swift-nio"},
        },
    }
    record = project / "build/lambda/bootstrap.json"
    assert package(project, DIGEST).returncode == 0
    assert json.loads(record.read_text()) == expected
    (project / "scripts/new").write_text("")
    assert package(project, DIGEST).returncode == 0
    assert json.loads(record.read_text()) == {**expected, "hasUncommittedChanges": True}
