# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The alarm, and whether what it waits for is what the function logs."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from circuit_breaker.alarm import OPENED
from tests.templates import logical_id, properties, resources

Synth = Callable[..., dict]
TOPIC = "arn:aws:sns:eu-west-1:123456789012:operators"
EVENT = {"version": "2.0", "rawPath": "/", "rawQueryString": "", "requestContext": {"http": {"method": "GET", "path": "/"}}, "isBase64Encoded": False}


def test_it_goes_off_when_a_circuit_opens(synth: Synth) -> None:
    template = synth(stackName="Mine")
    counted = properties(template, "AWS::Logs::MetricFilter")
    assert counted["LogGroupName"] == {"Ref": logical_id(template, "AWS::Logs::LogGroup")}
    assert counted["FilterPattern"] == f'{{ $.message = "{OPENED}" }}'
    metric = {"MetricNamespace": "CircuitBreaker", "MetricName": "Mine-CircuitOpened", "MetricValue": "1"}
    assert counted["MetricTransformations"] == [metric]
    alarm = properties(template, "AWS::CloudWatch::Alarm")
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("CircuitBreaker", "Mine-CircuitOpened", "Sum")
    assert (alarm["Threshold"], alarm["ComparisonOperator"], alarm["TreatMissingData"]) == (1, "GreaterThanOrEqualToThreshold", "notBreaching")
    assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (60, 1, 5)
    assert "AlarmActions" not in alarm


def test_it_tells_a_topic(synth: Synth) -> None:
    assert properties(synth(alarmTopic=TOPIC), "AWS::CloudWatch::Alarm")["AlarmActions"] == [TOPIC]


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 1), ("INFO", 1), ("WARN", 0), ("FATAL", 0)])
def test_there_is_none_where_changes_of_state_are_not_logged(synth: Synth, level: str, count: int) -> None:
    assert len(resources(synth(logLevel=level), "AWS::CloudWatch::Alarm")) == count


@contextlib.contextmanager
def function(bootstrap: Path, log: Path, port: int, environment: dict[str, str]) -> Iterator[None]:
    """Runs the real function with its local server, which answers events that are posted to it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CIRCUITBREAKER_"))}
    with log.open("w") as output:
        process = subprocess.Popen([bootstrap], env={**inherited, "LOCAL_LAMBDA_PORT": str(port), **environment}, stderr=output, stdout=output)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def test_the_function_logs_what_it_waits_for(bootstrap: Path, tmp_path: Path) -> None:
    with socket.socket() as refusing, socket.socket() as free:
        for each in (refusing, free):
            each.bind(("127.0.0.1", 0))
        port, nobody = free.getsockname()[1], refusing.getsockname()[1]
        free.close()
        # No table answers, so that the environment acts for itself.
        environment = {
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_FUNCTION_NAME": "mine",
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{nobody}",
            "CIRCUITBREAKER_TABLE": "circuits",
            "SUCCESS_PROBABILITY": "0",
        }
        log = tmp_path / "log"
        with function(bootstrap, log, port, environment):
            deadline = time.monotonic() + 60
            while OPENED not in log.read_text():
                assert time.monotonic() < deadline, log.read_text()
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/invoke", json.dumps(EVENT).encode(), timeout=10).close()
            opened = [record for record in map(json.loads, log.read_text().splitlines()) if record["message"] == OPENED]
    assert [(record["circuit"], record["from"], record["to"]) for record in opened] == [("mine", "CLOSED", "OPEN")]


def test_the_query_in_the_readme_finds_them() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    (expression,) = re.findall(r"filter message like /(.*)/", readme)
    assert re.search(expression, OPENED)
