# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from aws_cdk import Duration, Stack, aws_cloudwatch, aws_logs
from constructs import Construct

# What the environment that opens a circuit logs, once for the whole fleet.
OPENED = "CircuitBreaker state: OPEN"
# What one environment logs when an operator has forced a circuit open.
FORCED_OPEN = "CircuitBreaker order: FORCE-OPEN"


class CircuitOpenedAlarm(aws_cloudwatch.Alarm):
    """Goes off when a circuit opens or is forced open by an order, and stays on until none has for five minutes.

    It reads the JSON logs of the functions that use the circuits.
    A circuit whose probes fail opens again with each of them, so that the alarm stays on for as long as the dependency is down.
    """

    def __init__(self, scope: Construct, construct_id: str, *, logs: aws_logs.ILogGroup) -> None:
        opened = aws_logs.MetricFilter(
            scope,
            f"{construct_id}Filter",
            log_group=logs,
            filter_pattern=aws_logs.FilterPattern.any(
                *(aws_logs.FilterPattern.string_value("$.message", "=", text) for text in (OPENED, FORCED_OPEN))
            ),
            metric_namespace="CircuitBreaker",
            metric_name=f"{Stack.of(scope).stack_name}-{construct_id}",
            metric_value="1",
        )
        super().__init__(
            scope,
            construct_id,
            metric=opened.metric(statistic=aws_cloudwatch.Stats.SUM, period=Duration.minutes(1)),
            threshold=1,
            datapoints_to_alarm=1,
            evaluation_periods=5,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            # Nothing is logged while all is well.
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="A circuit has opened: calls of its dependency fail or are forbidden by an order, and callers get the fallback",
        )
