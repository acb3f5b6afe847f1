# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The alarm, and whether what it waits for is what the function logs."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from circuit_breaker.alarm import FORCED_OPEN, OPENED
from tests.runtime_api import event, function, runtime_api
from tests.templates import properties, resources

Synth = Callable[..., dict]
TOPIC = "arn:aws:sns:eu-west-1:123456789012:operators"


def test_it_goes_off_when_a_circuit_opens(synth: Synth) -> None:
    template = synth(stackName="Mine", alarmTopic=TOPIC)
    counted = properties(template, "AWS::Logs::MetricFilter")
    assert counted["LogGroupName"] == properties(template, "AWS::Lambda::Function")["LoggingConfig"]["LogGroup"]
    assert counted["FilterPattern"] == f'{{ ($.message = "{OPENED}") || ($.message = "{FORCED_OPEN}") }}'
    metric = {"MetricNamespace": "CircuitBreaker", "MetricName": "Mine-CircuitOpened", "MetricValue": "1"}
    assert counted["MetricTransformations"] == [metric]
    alarm = properties(template, "AWS::CloudWatch::Alarm")
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("CircuitBreaker", "Mine-CircuitOpened", "Sum")
    assert (alarm["Threshold"], alarm["ComparisonOperator"], alarm["TreatMissingData"]) == (1, "GreaterThanOrEqualToThreshold", "notBreaching")
    assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (60, 1, 5)
    assert alarm["AlarmActions"] == [TOPIC]


def test_there_is_none_that_nobody_is_told_of(synth: Synth) -> None:
    template = synth()
    assert not resources(template, "AWS::CloudWatch::Alarm")
    assert not resources(template, "AWS::Logs::MetricFilter")


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 1), ("INFO", 1), ("WARN", 0), ("FATAL", 0)])
def test_there_is_none_where_changes_of_state_are_not_logged(synth: Synth, level: str, count: int) -> None:
    assert len(resources(synth(logLevel=level, alarmTopic=TOPIC), "AWS::CloudWatch::Alarm")) == count


def test_the_function_logs_what_it_waits_for(bootstrap: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with runtime_api() as api:
        # The table refuses, so that the environment acts for itself.
        api.table = (400, {"__type": "com.amazon.coral.service#AccessDeniedException"})
        with function([bootstrap], api.environment(AWS_LAMBDA_LOG_FORMAT="JSON", SUCCESS_PROBABILITY="0"), log):
            for _ in range(5):
                api.invoke(event())
                api.answer()
    opened = [record for record in map(json.loads, log.read_text().splitlines()) if record["message"] == OPENED]
    assert [(record["circuit"], record["from"], record["to"]) for record in opened] == [("pattern", "CLOSED", "OPEN")]


def test_the_query_in_the_readme_finds_them() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    (expression,) = re.findall(r"filter message like /(.*)/", readme)
    assert re.search(expression, OPENED)
