# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from circuit_breaker.errors import DeployError
from circuit_breaker.package import read_package
from tests.packages import SCRIPT, elf, write_package

BAD = [
    ({"mode": 0o644}, "bootstrap in {path} is not executable (its mode is 0644)"),
    ({"name": "bin/bootstrap"}, '{path} holds no file "bootstrap" at its top'),
    ({"content": b"\xcf\xfa\xed\xfe" + bytes(60)}, "neither a Linux executable nor a script"),
    ({"content": b""}, "neither a Linux executable nor a script"),
    ({"content": elf(243)}, "a machine that Lambda does not have (ELF machine 243)"),
    ({"content": elf(183)}, "is built for arm64, but the record beside it says x86_64"),
    ({"content": elf(62), "record": '{"architecture": "arm64"}'}, "is built for x86_64, but the record beside it says arm64"),
    ({"record": None}, "no record of the package's architecture at {record}"),
    ({"record": "x86_64"}, '{record} must hold {{"architecture": "x86_64"}} or'),
    ({"record": '{"architecture": "riscv64"}'}, '{record} must hold {{"architecture": "x86_64"}} or'),
    ({"record": '{"architecture": ["arm64"]}'}, '{record} must hold {{"architecture": "x86_64"}} or'),
    ({"record": '"arm64"'}, '{record} must hold {{"architecture": "x86_64"}} or'),
    ({"record": "{}"}, '{record} must hold {{"architecture": "x86_64"}} or'),
]


@pytest.mark.parametrize(("given", "why"), BAD)
def test_a_bad_package_is_one_line(tmp_path: Path, given: dict, why: str) -> None:
    path = write_package(tmp_path, **given)
    with pytest.raises(DeployError) as caught:
        read_package(path)
    message = str(caught.value)
    assert why.format(path=path, record=path.with_suffix(".json")) in message
    assert message.endswith('build it again with "make package"')
    assert "\n" not in message


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", SCRIPT])
def test_what_is_no_zip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bootstrap.zip"
    path.write_bytes(content)
    with pytest.raises(DeployError, match="cannot be read as a zip"):
        read_package(path)


def test_no_package(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=f'no package at {tmp_path}/bootstrap.zip; build it with "make package"'):
        read_package(tmp_path / "bootstrap.zip")


@pytest.mark.parametrize(("content", "architecture"), [(elf(62), "x86_64"), (elf(183), "arm64"), (SCRIPT, "x86_64")])
def test_good_packages(tmp_path: Path, content: bytes, architecture: str) -> None:
    path = write_package(tmp_path, content=content, record=f'{{"architecture": "{architecture}"}}')
    assert read_package(path).architecture == architecture
