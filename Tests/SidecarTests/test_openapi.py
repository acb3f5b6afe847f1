# SPDX-License-Identifier: Apache-2.0
"""Requests made from the OpenAPI document, good and bad ones: each answer is one that the document has."""

import subprocess
import sys
from pathlib import Path

import pytest
from sidecar import ROOT

TOOL = Path(sys.executable).parent / "schemathesis"
# Not `unsupported_method` and `ignored_auth`: circuitbreaker-lambda's sidecar answers 404 where there is no circuit in the path, and there is no authorization.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.skipif(not TOOL.exists(), reason="schemathesis is not installed")
@pytest.mark.parametrize(("mode", "examples"), [("positive", 40), ("negative", 20)])
def test_answers_are_as_the_document_says(serve, tmp_path, mode, examples):
    sidecar = serve(CIRCUITBREAKER_FAILURE_THRESHOLD="20", CIRCUITBREAKER_TIMEOUT_MS="50")
    checks = CHECKS if mode == "positive" else "not_a_server_error,content_type_conformance"
    command = [
        TOOL, "run", ROOT / "openapi.yaml", "--url", sidecar.url, "--mode", mode, "--checks", checks, "--max-examples", str(examples),
        "--seed", "1", "--generation-database", "none", "--no-color", "--phases", "examples,coverage,fuzzing",
    ]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=tmp_path)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert sidecar.process.poll() is None, sidecar.text()
    assert sidecar.ask("GET", "/health") == (200, {"status": "ok"})
