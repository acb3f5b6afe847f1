# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from tests.commands import cdk
from tests.deployed import leftovers
from tests.local_aws import LocalAWS
from tests.packages import write_package


def test_ls(package: Path, tmp_path: Path) -> None:
    result = cdk(tmp_path / "out", "ls", "-c", f"package={package}")
    assert (result.returncode, result.stdout.split()) == (0, ["CircuitBreaker"]), result.stderr


def test_synth(package: Path, tmp_path: Path) -> None:
    result = cdk(tmp_path / "out", "synth", "-c", f"package={package}", "-c", "stackName=Mine", "-c", "CIRCUITBREAKER_PROBES=2")
    assert result.returncode == 0, result.stderr
    assert "CIRCUITBREAKER_PROBES" in result.stdout
    assert "Description: HTTP API Url" in result.stdout


@pytest.mark.parametrize(
    ("context", "why"),
    [
        ("package=/nowhere.zip", 'error: no package at /nowhere.zip; build it with "make package", or name another with -c package=PATH'),
        ("failureThreshold=3", 'error: unknown context value "failureThreshold", did you mean CIRCUITBREAKER_FAILURE_THRESHOLD?'),
        ("CIRCUITBREAKER_JITTER=2", 'error: CIRCUITBREAKER_JITTER is "2", but must be a number from 0 to 1'),
    ],
)
def test_a_refusal_is_one_line(tmp_path: Path, context: str, why: str) -> None:
    result = cdk(tmp_path / "out", "synth", "-c", context)
    # The second line is the cdk command's own.
    assert result.stderr.splitlines() == [why, "python3 app.py: Subprocess exited with error 1"]
    assert (result.returncode, result.stdout) == (1, "")


@pytest.mark.deploy
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"name": "bin/bootstrap"}, 'holds no file "bootstrap" at its top; build it again with "make package"'),
        ({"mode": 0o644}, 'is not executable (its mode is 0644); build it again with "make package"'),
    ],
)
def test_a_bad_package_is_one_line_before_anything_is_deployed(aws: LocalAWS, tmp_path: Path, given: dict, why: str) -> None:
    path = write_package(tmp_path, **given)
    result = cdk(tmp_path / "out", "deploy", "-c", f"package={path}", "-c", "stackName=Bad", environment=aws.environment)
    line, _ = result.stderr.splitlines()
    assert line.startswith("error: ")
    assert line.endswith(why)
    assert result.returncode == 1
    assert leftovers(aws, "Bad") == []


@pytest.mark.deploy
def test_no_region(aws: LocalAWS, package: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in aws.environment.items() if name != "AWS_REGION"}
    result = cdk(tmp_path / "out", "deploy", "-c", f"package={package}", "-c", "stackName=Bad", environment=environment)
    assert "error: no AWS region; set AWS_REGION" in result.stderr.splitlines()
    assert result.returncode == 1
    assert leftovers(aws, "Bad") == []


def test_no_credentials(package: Path, tmp_path: Path) -> None:
    result = cdk(tmp_path / "out", "deploy", "-c", f"package={package}")
    assert "error: no AWS credentials that work; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in result.stderr.splitlines()
    assert result.returncode == 1
