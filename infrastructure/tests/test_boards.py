# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The dashboard and the alarms: whether what they show is what is published."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aws_cdk import App, Duration, Stack, aws_cloudwatch
from aws_cdk.assertions import Template

from circuit_breaker.alarm import CircuitBreakerAlarms, CircuitNumbersError
from circuit_breaker.dashboard import LAST_CHANGES, CircuitBreakerDashboard
from circuit_breaker.errors import DeployError
from circuit_breaker.metrics import DECLARED, circuit_metric
from tests.templates import logical_id, properties, resources

Synth = Callable[..., dict]
TOPIC = "arn:aws:sns:eu-west-1:123456789012:operators"
# What AWS publishes of a table and of a function, with these dimensions alone.
AWS = {
    ("AWS/DynamoDB", name, ("TableName",))
    for name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents")
} | {("AWS/Lambda", "Duration", ("FunctionName",))}
PUBLISHED = {(DECLARED["namespace"], name, tuple(DECLARED["dimensions"])) for name in DECLARED["metrics"]} | AWS


def resolved(value: object) -> str:
    """A text of a template, with the logical ids in it for what they stand for."""
    match value:
        case {"Fn::Join": ["", parts]}:
            return "".join(map(resolved, parts))
        case {"Ref": name}:
            return name
        case {"Fn::GetAtt": [name, "Arn"]}:
            return f"arn:{name}"
    return str(value)


def body(template: dict) -> dict:
    return json.loads(resolved(properties(template, "AWS::CloudWatch::Dashboard")["DashboardBody"]))


def rows(dashboard: dict) -> Iterator[dict]:
    """The metrics of the dashboard: each with its namespace, name and dimensions, or with its expression."""
    for widget in dashboard["widgets"]:
        before: list = []
        for row in widget["properties"].get("metrics", []):
            *names, looks = row if isinstance(row[-1], dict) else [*row, {}]
            # "." stands for what is in its place in the row before, "..." for all before what is given.
            names = before[: len(before) - len(names) + 1] + names[1:] if names[:1] == ["..."] else names
            names = [earlier if name == "." else name for name, earlier in itertools.zip_longest(names, before[: len(names)])]
            before = names or before
            yield {"names": names, "widget": widget["properties"].get("title"), **looks}


def named(row: dict) -> tuple[str, str, tuple[str, ...]]:
    namespace, name, *dimensions = row["names"]
    return namespace, name, tuple(dimensions[::2])


def test_every_metric_of_the_dashboard_is_published_with_its_dimensions(synth: Synth) -> None:
    template = synth(boards="true")
    shown = [row for row in rows(body(template)) if row["names"]]
    assert {named(row) for row in shown} <= PUBLISHED
    function, table = logical_id(template, "AWS::Lambda::Function"), logical_id(template, "AWS::DynamoDB::Table")
    assert {(row["names"][0], row["names"][3]) for row in shown} == {
        ("CircuitBreaker", function),
        ("AWS/Lambda", function),
        ("AWS/DynamoDB", table),
    }


def test_every_metric_that_is_published_of_a_circuit_is_on_the_dashboard(synth: Synth) -> None:
    shown = {named(row)[1] for row in rows(body(synth(boards="true"))) if row["names"]}
    # Probes are calls, and in their outcomes.
    assert set(DECLARED["metrics"]) - shown == {"Probes"}


def test_expressions_use_what_their_graph_has(synth: Synth) -> None:
    for widget in body(synth(boards="true"))["widgets"]:
        shown = list(rows({"widgets": [widget]}))
        ids = {row["id"] for row in shown if "id" in row}
        for row in shown:
            if "expression" in row:
                used = set(re.findall(r"\b[a-z]\w*\b", row["expression"]))
                assert used
                assert used <= ids, row


def test_counts_are_summed_and_states_are_not(synth: Synth) -> None:
    template = synth(boards="true")
    for row in rows(body(template)):
        if row["names"][:1] == ["CircuitBreaker"]:
            expected = {"State": {"Maximum"}, "OpenMilliseconds": {"Maximum"}, "CallMilliseconds": {"p50", "p99"}}
            assert row["stat"] in expected.get(row["names"][1], {"Sum"})


def test_widgets_are_ones_that_cloudwatch_takes(synth: Synth) -> None:
    widgets = body(synth(boards="true"))["widgets"]
    assert {widget["type"] for widget in widgets} == {"text", "alarm", "metric", "log"}
    for widget in widgets:
        assert widget["width"] + widget.get("x", 0) <= 24
        assert 1 <= widget["height"] <= 1000
    for one, other in itertools.combinations(widgets, 2):
        apart = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        assert apart or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


def test_it_shows_all_alarms_and_the_last_changes(synth: Synth) -> None:
    template = synth(boards="true")
    widgets = body(template)["widgets"]
    (alarms,) = (widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm")
    assert set(alarms) == {f"arn:{name}" for name in resources(template, "AWS::CloudWatch::Alarm")}
    (log,) = (widget["properties"] for widget in widgets if widget["type"] == "log")
    group = properties(template, "AWS::Lambda::Function")["LoggingConfig"]["LogGroup"]["Ref"]
    assert re.split(r"\s*\| ", log["query"]) == [f"SOURCE '{group}'", *LAST_CHANGES]
    (expression,) = re.findall(r"like /(.*)/", log["query"])
    for line in ("CircuitBreaker state: HALF", "CircuitBreaker order: FORCE-OPEN", "CircuitBreaker store: lost"):
        assert re.search(expression, line)


def alarms(template: dict) -> Iterator[tuple[str, dict]]:
    for name, resource in resources(template, "AWS::CloudWatch::Alarm").items():
        yield re.sub("[0-9A-F]{8}$", "", name), resource["Properties"]


def metrics_of(alarm: dict) -> list[tuple[str, str, tuple[str, ...]]]:
    stats = [metric["MetricStat"]["Metric"] for metric in alarm.get("Metrics", []) if "MetricStat" in metric] or [alarm]
    return [(metric["Namespace"], metric["MetricName"], tuple(dimension["Name"] for dimension in metric.get("Dimensions", []))) for metric in stats]


def test_alarms_are_made_of_metrics_that_are_published(synth: Synth) -> None:
    found = dict(alarms(synth(boards="true")))
    assert set(found) == {"CircuitOpened", "AlarmsOpenForLong", "AlarmsFlapping", "AlarmsStoreLost", "AlarmsNobodyReached"}
    # Made by a filter of the log, which test_alarm.py compares it with.
    del found["CircuitOpened"]
    for alarm in found.values():
        assert set(metrics_of(alarm)) <= PUBLISHED
        # Nothing is written while nothing is to be said.
        assert alarm["TreatMissingData"] == "notBreaching"


def test_nobody_is_reached_when_lines_have_no_success(synth: Synth) -> None:
    """It is in each line, so that one with 0 is no missing data."""
    alarm = dict(alarms(synth(boards="true")))["AlarmsNobodyReached"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("Successes", "Sum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("LessThanThreshold", 1, 5)


def test_alarms_of_several_circuits_have_bounds_of_their_own() -> None:
    stack = Stack(App(), "Mine")
    made = CircuitBreakerAlarms(
        stack, "Alarms", circuits=["payments", "orders"], open_for=Duration.hours(1), closings=5, unreached_for=Duration.minutes(2)
    )
    assert len(made.all) == 8
    found = dict(alarms(Template.from_stack(stack).to_json()))
    assert (found["AlarmsOpenForLong1"]["EvaluationPeriods"], found["AlarmsFlapping2"]["Threshold"]) == (60, 5)
    assert found["AlarmsNobodyReached2"]["EvaluationPeriods"] == 2
    assert [alarm["Dimensions"][0]["Value"] for name, alarm in found.items() if name.startswith("AlarmsStoreLost")] == ["payments", "orders"]


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"closings": 1}, "closings is 1, but must be at least 2"),
        ({"open_for": Duration.seconds(90)}, "open_for is 1.5 minutes, but must be whole minutes, from 1 to 1440"),
        ({"unreached_for": Duration.days(2)}, "unreached_for is 2880 minutes"),
        ({"circuits": "payments"}, "circuits is 'payments', but must be a list"),
        ({"circuits": []}, "circuits is "),
    ],
)
def test_bounds_that_no_alarm_can_have_are_refused(bounds: dict, message: str) -> None:
    with pytest.raises(CircuitNumbersError, match=re.escape(message)):
        CircuitBreakerAlarms(Stack(App(), "Mine"), "Alarms", **{"circuits": ["payments"], **bounds})


def test_a_dashboard_in_a_stack_of_ones_own_needs_circuits_only() -> None:
    stack = Stack(App(), "Mine")
    CircuitBreakerDashboard(stack, "Circuits", circuits=["payments", "orders"], dashboard_name="circuits")
    template = Template.from_stack(stack).to_json()
    assert properties(template, "AWS::CloudWatch::Dashboard")["DashboardName"] == "circuits"
    assert {row["names"][3] for row in rows(body(template)) if row["names"]} == {"payments", "orders"}


def test_a_metric_that_is_not_published_cannot_be_asked_for() -> None:
    with pytest.raises(KeyError):
        circuit_metric("Durations", "payments")


def test_the_stack_has_them_by_context_and_the_function_writes_what_they_need(synth: Synth) -> None:
    variables = properties(synth(boards="true"), "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["CIRCUIT_METRICS"] == "emf"
    for context in ({}, {"boards": "false"}, {"boards": ""}):
        template = synth(**context)
        assert not [resource for resource in template["Resources"].values() if resource["Type"].startswith("AWS::CloudWatch::")]
        assert "CIRCUIT_METRICS" not in properties(template, "AWS::Lambda::Function")["Environment"]["Variables"]


@pytest.mark.parametrize("runtime", ["python", "node"])
def test_functions_in_other_languages_have_them_of_what_their_extension_writes(synth: Synth, layer_package: Path, runtime: str) -> None:
    template = synth(boards="true", runtime=runtime, package=str(layer_package))
    assert properties(template, "AWS::Lambda::Function")["Environment"]["Variables"]["CIRCUIT_METRICS"] == "emf"
    assert {named(row) for row in rows(body(template)) if row["names"]} <= PUBLISHED
    # The circuit is named after the function, as their clients do.
    shown = {row["names"][3] for row in rows(body(template)) if row["names"][:1] == ["CircuitBreaker"]}
    assert shown == {logical_id(template, "AWS::Lambda::Function")}
    assert len(dict(alarms(template))) == 5


def test_all_alarms_tell_the_topic(synth: Synth) -> None:
    assert [alarm["AlarmActions"] for _, alarm in alarms(synth(boards="true", alarmTopic=TOPIC))] == [[TOPIC]] * 5


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"CIRCUIT_METRICS": "none"}, "needs CIRCUIT_METRICS=emf"),
        ({"logLevel": "WARN"}, 'logLevel is "WARN", but must be INFO or lower with boards=true'),
    ],
)
def test_boards_that_would_stay_empty_are_refused(synth: Synth, context: dict[str, str], message: str) -> None:
    with pytest.raises(DeployError, match=re.escape(message)):
        synth(boards="true", **context)


def test_thresholds_are_marked_on_the_graph_of_states(synth: Synth) -> None:
    graphs = [widget["properties"] for widget in body(synth(boards="true"))["widgets"] if widget["type"] == "metric"]
    (marked,) = (graph["annotations"]["horizontal"] for graph in graphs if "annotations" in graph)
    assert [(mark["value"], mark["label"], mark["color"]) for mark in marked] == [
        (2, "OPEN", aws_cloudwatch.Color.RED),
        (1, "HALF-OPEN", aws_cloudwatch.Color.ORANGE),
    ]
