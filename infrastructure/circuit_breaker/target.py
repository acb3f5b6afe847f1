# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Whether there is an account and a region to deploy to: the cdk command is vague about the one and guesses the other."""

import re
from collections.abc import Mapping
from pathlib import Path

from circuit_breaker.errors import DeployError

# The region that the cdk command uses when none is given.
GUESS = "us-east-1"


def check_target(environment: Mapping[str, str]) -> None:
    if not environment.get("CDK_DEFAULT_ACCOUNT"):
        raise DeployError("no AWS credentials that work; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if environment.get("CDK_DEFAULT_REGION", GUESS) == GUESS and not _was_told(environment):
        raise DeployError("no AWS region; set AWS_REGION")


def _was_told(environment: Mapping[str, str]) -> bool:
    if environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"):
        return True
    config = Path(environment.get("AWS_CONFIG_FILE", "~/.aws/config")).expanduser()
    credentials = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")).expanduser()
    files = [file.read_text() for file in (config, credentials) if file.is_file()]
    return any(re.search(rf"^\s*region\s*=\s*{GUESS}\s*$", text, re.MULTILINE) for text in files)
