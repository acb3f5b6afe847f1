# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What the circuit costs while all is well: the requests that the README's sums are made with, and the sums."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtime_api import event, function, runtime_api

# CIRCUIT_BREAKER_COST_SECONDS=100 measures 1,000 calls.
SECONDS = int(os.environ.get("CIRCUIT_BREAKER_COST_SECONDS", "5"))
CALLS_PER_SECOND = 10

README = (Path(__file__).parents[1] / "README.md").read_text()
# Dollars, of us-east-1; reads and writes by the unit, Lambda's time by the GB second on x86, logs by the GB.
READ, WRITE, REQUEST, TIME, EVENT, LOG, METRIC = 0.125e-6, 0.625e-6, 0.20e-6, 0.0000166667, 1.00e-6, 0.50, 0.30
TEN_CENTS = 0.10


def test_a_healthy_circuit_reads_once_a_second_and_hardly_ever_writes(bootstrap: Path) -> None:
    with runtime_api() as api, function([bootstrap], api.environment(SUCCESS_PROBABILITY="1")):
        assert api.first_poll.wait(10)
        at_start = len(api.table_requests)
        start = time.monotonic()
        for number in range(SECONDS * CALLS_PER_SECOND):
            time.sleep(max(0.0, start + number / CALLS_PER_SECOND - time.monotonic()))
            api.invoke(event())
            assert json.loads(api.answer()[1]["body"]) == {"message": "Success"}
        seconds = time.monotonic() - start
    targets = [request["target"] for request in api.table_requests]
    reads, writes = targets.count("DynamoDB_20120810.GetItem"), targets.count("DynamoDB_20120810.UpdateItem")
    assert (at_start, reads + writes) == (2, len(targets))
    print(f"{SECONDS * CALLS_PER_SECOND} calls: {reads - at_start} reads and {writes} writes, after {at_start} reads in the init phase")  # noqa: T201
    # Three in a hundred reads are followed by a report of successes; chance may make it more.
    assert writes <= 3 + reads // 10
    # By a view of one second, so many calls a second need one read for ten calls at most.
    assert reads - at_start <= seconds + 1
    assert not any(request.get("ConsistentRead") for request in api.table_requests[at_start:])


# What costs something for being there, or for each hour or minute that passes.
IDLE_COSTS = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::ProvisionedConcurrency",
    "AWS::Logs::MetricFilter",
    "AWS::Pipes::Pipe",
    "AWS::Scheduler::Schedule",
}


def test_what_is_on_by_default_costs_less_than_ten_cents_a_month(synth: Callable[..., dict]) -> None:
    template = synth()
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert not kinds & IDLE_COSTS
    (table,) = (found["Properties"] for found in template["Resources"].values() if found["Type"] == "AWS::DynamoDB::Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert "StreamSpecification" not in table
    functions = [found["Properties"] for found in template["Resources"].values() if found["Type"] == "AWS::Lambda::Function"]
    # No line for CloudWatch to make metrics of.
    assert all(function["Environment"]["Variables"].get("CIRCUIT_METRICS", "none") == "none" for function in functions)
    # As the test above measures them, and the most that it can be: an environment that sees less than a call a second reads for each.
    measured, most = 94_000 * 0.5 * READ + 2_820 * WRITE, 1_000_000 * 0.5 * READ + 30_000 * WRITE
    assert f"{measured:.4f}" in README
    assert f"{most:.4f}" in README
    assert measured < most < TEN_CENTS


@pytest.mark.parametrize(
    ("row", "sum_"),
    [
        ("| events, with", 100 * (EVENT + REQUEST + 0.1 * 0.125 * 0.0000133334)),
        ("| `CIRCUIT_METRICS=emf`, all is well", 6 * METRIC),
        ("| | 43,200 lines", 43_200 * 1.2e-6 * LOG),
        ("| `boards` | the metrics", 6 * METRIC),
        ("| `events.pause()`, for each mapping", 43_200 * (REQUEST + 0.05 * 0.125 * TIME + READ)),
        ("| | what Lambda logs", 43_200 * 0.6e-6 * LOG),
    ],
)
def test_what_can_be_turned_on_costs_what_the_table_says(row: str, sum_: float) -> None:
    (line,) = [line for line in README.splitlines() if line.startswith(row)]
    dollars = line.rstrip(" |").rpartition("| ")[2]
    assert f"{sum_:.{len(dollars.partition('.')[2])}f}" == dollars
