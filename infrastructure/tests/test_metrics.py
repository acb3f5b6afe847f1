# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The metrics in the log of a deployed function, and the validator that reads them."""

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from circuit_breaker.metrics import DECLARED
from tests.deployed import Answer, Deployed, deploy
from tests.embedded_metrics import UNITS, MalformedLineError, read
from tests.local_aws import LocalAWS

CALLS = 150
VALID = {
    "_aws": {
        "Timestamp": 1574109732004,
        "CloudWatchMetrics": [{"Namespace": "n", "Dimensions": [["d"]], "Metrics": [{"Name": "m", "Unit": "Count", "StorageResolution": 60}]}],
    },
    "d": "x",
    "m": [1, 2.5],
}


def changed(*path: str | int, to: object) -> str:
    """The valid line with one thing in it changed."""
    line = json.loads(json.dumps(VALID))
    place = line
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return json.dumps(line)


METRIC = ("_aws", "CloudWatchMetrics", 0, "Metrics", 0)


def test_the_validator_takes_what_the_specification_shows() -> None:
    (value,) = read(json.dumps(VALID))
    assert (value.namespace, value.dimensions, value.name, value.unit, value.values) == ("n", (("d",),), "m", "Count", (1, 2.5))
    assert len(UNITS) == 27


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{}",
        "INFO " + json.dumps(VALID),
        json.dumps(VALID) + "\n",
        changed("_aws", to=1),
        changed("_aws", "Timestamp", to=1574109732),
        changed("_aws", "Timestamp", to="1574109732004"),
        changed("_aws", "Timestamp", to=1574109732004.5),
        changed("_aws", "CloudWatchMetrics", to=[]),
        changed("_aws", "CloudWatchMetrics", 0, to="n"),
        changed("_aws", "CloudWatchMetrics", 0, "Namespace", to=""),
        changed("_aws", "CloudWatchMetrics", 0, "Namespace", to="AWS/X"),
        changed("_aws", "CloudWatchMetrics", 0, "Dimensions", to=[]),
        changed("_aws", "CloudWatchMetrics", 0, "Dimensions", to=["d"]),
        changed("_aws", "CloudWatchMetrics", 0, "Dimensions", to=[["e"]]),
        changed("_aws", "CloudWatchMetrics", 0, "Metrics", to=[{"Name": "m"}] * 101),
        changed("d", to=1),
        changed("d", to=""),
        changed(*METRIC, to={"Unit": "Count"}),
        changed(*METRIC, "Unit", to="ms"),
        changed(*METRIC, "StorageResolution", to=30),
        changed("m", to="1"),
        changed("m", to=True),
        changed("m", to={"n": 1}),
        changed("m", to=[1] * 101),
        changed("m", to=None),
    ],
)
def test_the_validator_refuses(line: str) -> None:
    with pytest.raises(MalformedLineError):
        read(line)


@pytest.fixture(scope="module")
def metered(aws: LocalAWS, real_package: Path, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    times = {"CIRCUITBREAKER_TIMEOUT_MS": 300, "CIRCUITBREAKER_MAX_TIMEOUT_MS": 300}
    return deploy(aws, tmp_path_factory.mktemp("metered"), "Metered", real_package, boards="true", **times)


@pytest.fixture(scope="module")
def answers(metered: Deployed) -> list[Answer]:
    """Of calls one after the other, so that one environment makes them all; the last one is none of those that are reported later."""
    answers = [metered.get() for _ in range(CALLS)]
    deadline = time.monotonic() + 60
    while answers[-1].outcome == "success":
        assert time.monotonic() < deadline
        answers.append(metered.get())
    return answers


@pytest.mark.deploy
def test_each_line_of_a_deployed_function_is_well_formed_and_they_add_up_to_the_calls(metered: Deployed, answers: list[Answer]) -> None:
    lines = [line for line in metered.log if '"_aws"' in line]
    found = [value for line in lines for value in read(line)]
    for value in found:
        assert (value.namespace, value.dimensions) == (DECLARED["namespace"], (tuple(DECLARED["dimensions"]),))
        assert DECLARED["metrics"][value.name] == value.unit
    sums: Counter[str] = Counter()
    for value in found:
        sums[value.name] += sum(value.values)
    outcomes = Counter(answer.outcome for answer in answers)
    assert set(outcomes) == {"success", "failed", "rejected"}
    assert sums["Calls"] == len(answers)
    assert sums["Successes"] == outcomes["success"]
    assert sums["Failures"] + sums["Timeouts"] == outcomes["failed"]
    assert sums["Rejections"] == outcomes["rejected"]
    assert sums["StateChanges"] == len(metered.changes)
    assert sums["Closings"] == sum(change.after == "CLOSED" for change in metered.changes)
    # A call that went well has no line, unless the state changed.
    assert len(lines) <= len(answers) - outcomes["success"] + sums["StateChanges"]
    circuits = {json.loads(line)["Circuit"] for line in lines}
    assert circuits == {metered.outputs["FunctionName"]}


@pytest.mark.deploy
def test_the_dashboard_and_the_alarms_are_deployed(metered: Deployed) -> None:
    cloudwatch = metered.aws.client("cloudwatch")
    assert len(cloudwatch.list_dashboards()["DashboardEntries"]) == 1
    alarms = [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]]
    assert len([name for name in alarms if "Metered" in name]) == 5
