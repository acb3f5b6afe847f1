# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The metrics that `EmbeddedMetrics` writes, as they are declared in Swift: a test there compares metrics.json with the declaration."""

import json
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Duration, aws_cloudwatch

DECLARED = json.loads((Path(__file__).parent / "metrics.json").read_text())

MAXIMUM, SUM = aws_cloudwatch.Stats.MAXIMUM, aws_cloudwatch.Stats.SUM


def circuit_metric(name: str, circuit: str, *, statistic: str = SUM, period: Duration | None = None, **looks: str) -> aws_cloudwatch.Metric:
    """One of the metrics that functions write of a circuit."""
    if name not in DECLARED["metrics"]:
        raise KeyError(name)
    (dimension,) = DECLARED["dimensions"]
    return aws_cloudwatch.Metric(
        namespace=DECLARED["namespace"],
        metric_name=name,
        dimensions_map={dimension: circuit},
        statistic=statistic,
        period=period or Duration.minutes(1),
        **looks,
    )


def expression(text: str, metrics: Mapping[str, aws_cloudwatch.IMetric], label: str, period: Duration | None = None) -> aws_cloudwatch.MathExpression:
    return aws_cloudwatch.MathExpression(expression=text, using_metrics=metrics, label=label, period=period or Duration.minutes(1))
