# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from circuit_breaker.errors import DeployError
from circuit_breaker.target import check_target

ACCOUNT = {"CDK_DEFAULT_ACCOUNT": "000000000000", "AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"}
GUESSED = {**ACCOUNT, "CDK_DEFAULT_REGION": "us-east-1"}


def test_no_credentials() -> None:
    with pytest.raises(DeployError, match="no AWS credentials that work"):
        check_target({"CDK_DEFAULT_REGION": "eu-west-1"})


@pytest.mark.parametrize("environment", [GUESSED, ACCOUNT])
def test_a_guessed_region_is_none(environment: dict[str, str]) -> None:
    with pytest.raises(DeployError, match="no AWS region"):
        check_target(environment)


@pytest.mark.parametrize("told", [{"CDK_DEFAULT_REGION": "eu-west-1"}, {"AWS_REGION": "us-east-1"}, {"AWS_DEFAULT_REGION": "us-east-1"}])
def test_a_region_by_environment(told: dict[str, str]) -> None:
    check_target({**GUESSED, **told})


def test_a_region_by_profile(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = us-east-1\n")
    check_target({**GUESSED, "AWS_CONFIG_FILE": str(config)})
