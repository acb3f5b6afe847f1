# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The function of the pattern in each of its languages; without CDK, since `local_deploy` asks too."""

from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "Examples"


@dataclass(frozen=True)
class LayeredRuntime:
    """A runtime whose functions have the circuit from the layer."""

    # As aws_lambda.Runtime names it.
    name: str
    source: Path
    handler: str = "function.handler"


SWIFT = "swift"
LAYERED = {
    "python": LayeredRuntime("PYTHON_3_13", EXAMPLES / "Python"),
    "node": LayeredRuntime("NODEJS_22_X", EXAMPLES / "Node"),
}
