# SPDX-License-Identifier: Apache-2.0
"""Reads a config and a credentials file, one pair a line as JSON, with botocore; prints the profile's keys, null for none, or the error."""

import json
import os
import sys
import tempfile
from pathlib import Path

import botocore.session
from botocore.exceptions import BotoCoreError

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]


def flat(profile):
    keys = {}
    for key, value in profile.items():
        for inner, text in value.items() if isinstance(value, dict) else [("", value)]:
            keys[f"{key}.{inner}".rstrip(".")] = text
    return keys


def read(case):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("config", "credentials"):
            path = Path(folder) / name
            path.write_text(case.get(name, ""), encoding="utf-8", newline="")
            os.environ["AWS_CONFIG_FILE" if name == "config" else "AWS_SHARED_CREDENTIALS_FILE"] = str(path)
        try:
            profile = botocore.session.Session().full_config["profiles"].get(case["profile"])
        except BotoCoreError as error:
            return {"error": str(error)}
        return {} if profile is None else {"keys": flat(profile)}


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))))
