# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A CloudWatch dashboard of circuits, made of the metrics and the log lines that their functions write."""

from collections.abc import Sequence

from aws_cdk import Duration, aws_cloudwatch, aws_dynamodb, aws_lambda, aws_logs
from constructs import Construct

from circuit_breaker.metrics import MAXIMUM, circuit_metric, expression

WIDTH = 24
HOUR = Duration.hours(1)
PERCENTILES = ("p50", "p99")
# What a million units of on-demand capacity cost in us-east-1, in dollars.
READ_PRICE, WRITE_PRICE = 0.125, 0.625
LAST_CHANGES = (
    "fields @timestamp, message, circuit, from, to, reason, by, why",
    "filter message like /^CircuitBreaker (state|order|store): /",
    "sort @timestamp desc",
    "limit 50",
)
NOTE = (
    "**Circuits.** State: 0 CLOSED, 1 HALF-OPEN, 2 OPEN, the worst that any environment saw in the minute. "
    "What is not there was 0, or there were no calls."
)


class CircuitBreakerDashboard(aws_cloudwatch.Dashboard):
    """What is open now, the calls and how they end, the waits, the changes with their reasons, and what the store costs.

    CloudWatch marks times on a graph only where they were known at the deploy, so that changes are bars below the state, and a table.
    """

    def __init__(  # noqa: PLR0913 (what it shows is given by name)
        self,
        scope: Construct,
        construct_id: str,
        *,
        circuits: Sequence[str],
        functions: Sequence[aws_lambda.IFunction] = (),
        table: aws_dynamodb.ITable | None = None,
        logs: Sequence[aws_logs.ILogGroup] = (),
        alarms: Sequence[aws_cloudwatch.IAlarm] = (),
        dashboard_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id, dashboard_name=dashboard_name, default_interval=Duration.hours(3))
        self.add_widgets(aws_cloudwatch.TextWidget(markdown=NOTE, width=WIDTH, height=2))
        if alarms:
            self.add_widgets(aws_cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=WIDTH, height=3))
        self.add_widgets(_open_now(circuits))
        for circuit in circuits:
            self.add_widgets(_calls(circuit), _failure_rates(circuit), _changes(circuit))
        self.add_widgets(*_durations(circuits, functions))
        self.add_widgets(_store(circuits), *_table(table))
        if logs:
            self.add_widgets(
                aws_cloudwatch.LogQueryWidget(
                    title="Last changes, with their reasons",
                    log_group_names=[group.log_group_name for group in logs],
                    query_lines=list(LAST_CHANGES),
                    width=WIDTH,
                    height=8,
                )
            )


def _open_now(circuits: Sequence[str]) -> aws_cloudwatch.IWidget:
    states = [circuit_metric("State", circuit, statistic=MAXIMUM, label=circuit) for circuit in circuits]
    return aws_cloudwatch.SingleValueWidget(title="State now: 0 CLOSED, 1 HALF-OPEN, 2 OPEN", metrics=states, sparkline=True, width=WIDTH, height=4)


def _graph(title: str, left: Sequence[aws_cloudwatch.IMetric], *, width: int = 8, **more: object) -> aws_cloudwatch.IWidget:
    return aws_cloudwatch.GraphWidget(title=title, left=list(left), width=width, height=6, **more)


def _axis(label: str, most: float | None = None) -> aws_cloudwatch.YAxisProps:
    return aws_cloudwatch.YAxisProps(label=label, min=0, max=most, show_units=False)


def _calls(circuit: str) -> aws_cloudwatch.IWidget:
    names = ("Successes", "Failures", "Timeouts", "Rejections")
    return _graph(
        f"{circuit}: calls a minute", [circuit_metric(name, circuit, label=name) for name in names], stacked=True, left_y_axis=_axis("calls")
    )


def _failure_rates(circuit: str) -> aws_cloudwatch.IWidget:
    metrics = {name.lower(): circuit_metric(name, circuit) for name in ("Successes", "Failures", "Timeouts", "Rejections", "SlowCalls", "Calls")}

    def share(text: str, label: str, *names: str) -> aws_cloudwatch.IMetric:
        return expression(text, {name: metrics[name] for name in names}, label)

    failed = "(FILL(failures, 0) + FILL(timeouts, 0))"
    return _graph(
        f"{circuit}: shares, %",
        [
            # Of the calls that were made: those that were rejected say nothing of the dependency.
            share(f"100 * {failed} / (successes + {failed})", "failed, of those made", "failures", "timeouts", "successes"),
            share(f"100 * FILL(slowcalls, 0) / (successes + {failed})", "slow, of those made", "slowcalls", "failures", "timeouts", "successes"),
            share("100 * FILL(rejections, 0) / calls", "rejected, of all", "rejections", "calls"),
        ],
        left_y_axis=_axis("%", 100),
    )


def _changes(circuit: str) -> aws_cloudwatch.IWidget:
    return _graph(
        f"{circuit}: state, and changes",
        [circuit_metric("State", circuit, statistic=MAXIMUM, label="state")],
        right=[
            circuit_metric("StateChanges", circuit, label="changes of state"),
            circuit_metric("Closings", circuit, label="of these, to CLOSED"),
            circuit_metric("OrderChanges", circuit, label="orders given or ended"),
        ],
        left_y_axis=_axis("state", 2),
        right_y_axis=_axis("changes"),
        left_annotations=[
            aws_cloudwatch.HorizontalAnnotation(value=2, label="OPEN", color=aws_cloudwatch.Color.RED),
            aws_cloudwatch.HorizontalAnnotation(value=1, label="HALF-OPEN", color=aws_cloudwatch.Color.ORANGE),
        ],
    )


def _durations(circuits: Sequence[str], functions: Sequence[aws_lambda.IFunction]) -> list[aws_cloudwatch.IWidget]:
    calls = [
        circuit_metric("CallMilliseconds", circuit, statistic=statistic, label=f"{circuit} {statistic}")
        for circuit in circuits
        for statistic in PERCENTILES
    ]
    open_times = [circuit_metric("OpenMilliseconds", circuit, statistic=MAXIMUM, label=circuit) for circuit in circuits]
    invocations = [
        function.metric_duration(statistic=statistic, period=Duration.minutes(1), label=f"{function.function_name} {statistic}")
        for function in functions
        for statistic in PERCENTILES
    ]
    graphs = {
        "Durations of calls that were made, ms": calls,
        "Durations of invocations, ms": invocations,
        "Not CLOSED, ms since the environment's last line": open_times,
    }
    return [_graph(title, metrics, left_y_axis=_axis("ms")) for title, metrics in graphs.items() if metrics]


def _store(circuits: Sequence[str]) -> aws_cloudwatch.IWidget:
    waits = [
        expression(
            f"waited{number} / requests{number}",
            {f"waited{number}": circuit_metric("StoreMilliseconds", circuit), f"requests{number}": circuit_metric("StoreRequests", circuit)},
            f"{circuit}: mean wait, ms",
        )
        for number, circuit in enumerate(circuits)
    ]
    errors = [circuit_metric("StoreErrors", circuit, label=f"{circuit}: errors") for circuit in circuits]
    return _graph("The store: waits and errors", waits, right=errors, left_y_axis=_axis("ms"), right_y_axis=_axis("errors"))


def _table(table: aws_dynamodb.ITable | None) -> list[aws_cloudwatch.IWidget]:
    if table is None:
        return []

    def total(name: str, period: Duration) -> aws_cloudwatch.Metric:
        return table.metric(name, statistic=aws_cloudwatch.Stats.SUM, period=period, label=name)

    reads, writes = total("ConsumedReadCapacityUnits", HOUR), total("ConsumedWriteCapacityUnits", HOUR)
    price = f"(FILL(reads, 0) * {READ_PRICE} + FILL(writes, 0) * {WRITE_PRICE}) / 1000000"
    return [
        _graph(
            "The table: capacity and throttling",
            [total(name, Duration.minutes(1)) for name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")],
            right=[total(name, Duration.minutes(1)) for name in ("ReadThrottleEvents", "WriteThrottleEvents")],
            left_y_axis=_axis("units"),
            right_y_axis=_axis("throttled"),
        ),
        _graph(
            "The table: dollars an hour, at on-demand prices of us-east-1",
            [expression(price, {"reads": reads, "writes": writes}, "dollars", HOUR)],
            left_y_axis=_axis("$"),
        ),
    ]
