# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The function of the pattern in each of its languages."""

from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_lambda

EXAMPLES = Path(__file__).parents[2] / "Examples"


@dataclass(frozen=True)
class LayeredRuntime:
    """A runtime whose functions have the circuit from the layer."""

    runtime: aws_lambda.Runtime
    source: Path
    handler: str = "function.handler"

    @property
    def code(self) -> aws_lambda.Code:
        return aws_lambda.Code.from_asset(str(self.source), exclude=["README.md", "__pycache__"])


SWIFT = "swift"
LAYERED = {
    "python": LayeredRuntime(aws_lambda.Runtime.PYTHON_3_13, EXAMPLES / "Python"),
    "node": LayeredRuntime(aws_lambda.Runtime.NODEJS_22_X, EXAMPLES / "Node"),
}
