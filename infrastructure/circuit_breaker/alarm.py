# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence

from aws_cdk import Duration, Stack, aws_cloudwatch, aws_logs
from constructs import Construct

from circuit_breaker.metrics import MAXIMUM, circuit_metric

# What the environment that opens a circuit logs, once for the whole fleet.
OPENED = "CircuitBreaker state: OPEN"
# What one environment logs when an operator has forced a circuit open.
FORCED_OPEN = "CircuitBreaker order: FORCE-OPEN"
AT_LEAST = aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
# More closings than one are more than a recovery.
MINIMUM_CLOSINGS = 2
# CloudWatch evaluates at most a day.
MOST_MINUTES = 24 * 60


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


class CircuitNumbersError(ValueError):
    """A bound that an alarm cannot have."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{name} is {value}, but must be {allowed}")


class CircuitBreakerAlarms(Construct):
    """Four alarms for each circuit, by the metrics that its functions write with `CIRCUIT_METRICS=emf`.

    - not CLOSED for longer than `open_for`;
    - flapping: it has closed `closings` times within an hour, and each time opened again in between;
    - the store is lost: its requests fail, and each environment protects itself;
    - nobody is reached: there are calls, and for `unreached_for` none of them has succeeded.

    A circuit whose functions get no calls writes nothing, which counts as well.
    """

    def __init__(  # noqa: PLR0913 (all bounds are given by name)
        self,
        scope: Construct,
        construct_id: str,
        *,
        circuits: Sequence[str],
        open_for: Duration | None = None,
        closings: int = 3,
        unreached_for: Duration | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        open_minutes = _minutes("open_for", open_for, default=15)
        unreached_minutes = _minutes("unreached_for", unreached_for, default=5)
        if closings < MINIMUM_CLOSINGS:
            raise CircuitNumbersError("closings", closings, "at least 2: closing once is recovery")
        if isinstance(circuits, str) or not circuits:
            raise CircuitNumbersError("circuits", repr(circuits), "a list of ids, with at least one")
        self.all: list[aws_cloudwatch.Alarm] = []
        for number, circuit in enumerate(circuits):
            # An id may be known at the deploy only, so that it can be no part of a construct's.
            suffix = "" if len(circuits) == 1 else str(number + 1)
            self._add(
                f"OpenForLong{suffix}",
                circuit_metric("State", circuit, statistic=MAXIMUM),
                f"The circuit {circuit} has not been CLOSED for {open_minutes} minutes: its dependency does not recover",
                evaluation_periods=open_minutes,
                datapoints_to_alarm=open_minutes,
            )
            self._add(
                f"Flapping{suffix}",
                circuit_metric("Closings", circuit, period=Duration.hours(1)),
                f"The circuit {circuit} has closed {closings} times within an hour: its dependency recovers only to fail again",
                threshold=closings,
            )
            self._add(
                f"StoreLost{suffix}",
                circuit_metric("StoreErrors", circuit),
                f"Requests for the record of the circuit {circuit} fail: environments that cannot read it protect themselves alone",
                evaluation_periods=5,
                datapoints_to_alarm=2,
            )
            self._add(
                f"NobodyReached{suffix}",
                # In each line, so that 0 is that there was one: there were calls, and none succeeded.
                circuit_metric("Successes", circuit),
                f"No call through the circuit {circuit} has succeeded for {unreached_minutes} minutes with calls",
                comparison_operator=aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=unreached_minutes,
                datapoints_to_alarm=unreached_minutes,
            )

    def add_alarm_action(self, *actions: aws_cloudwatch.IAlarmAction) -> None:
        """Adds the actions to all of them."""
        for alarm in self.all:
            alarm.add_alarm_action(*actions)

    def _add(self, construct_id: str, metric: aws_cloudwatch.IMetric, description: str, **bounds: object) -> None:
        alarm = aws_cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            # Metrics are written only when there is something to say.
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=description,
            **{"threshold": 1, "evaluation_periods": 1, "comparison_operator": AT_LEAST, **bounds},
        )
        self.all.append(alarm)


def _minutes(name: str, duration: Duration | None, *, default: int) -> int:
    if duration is None:
        return default
    minutes = duration.to_minutes(integral=False)
    if minutes != int(minutes) or not 1 <= minutes <= MOST_MINUTES:
        raise CircuitNumbersError(name, f"{minutes:g} minutes", f"whole minutes, from 1 to {MOST_MINUTES}")
    return int(minutes)
