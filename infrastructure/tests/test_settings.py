# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
import re
from pathlib import Path
from typing import Any

import pytest

from circuit_breaker.errors import DeployError
from circuit_breaker.function_settings import DECLARED
from circuit_breaker.settings import FUNCTION_SETTINGS, STACK_SETTINGS, Settings

REPOSITORY = Path(__file__).parents[2]

BAD = {
    "failureThreshold": 'unknown context value "failureThreshold"',
    "CIRCUITBREAKER_TABLE": 'unknown context value "CIRCUITBREAKER_TABLE"',
    "CIRCUITBREAKER_FAILURE_TRESHOLD": "did you mean CIRCUITBREAKER_FAILURE_THRESHOLD?",
    "functionmemory": "did you mean functionMemory?",
    "CIRCUITBREAKER_FAILURE_THRESHOLD=0": "a whole number, at least 1",
    "CIRCUITBREAKER_FAILURE_THRESHOLD=three": 'is "three"',
    "CIRCUITBREAKER_FAILURE_THRESHOLD=3\n": 'is "3\\n"',
    "CIRCUITBREAKER_PROBES=101": "a whole number from 1 to 100",
    "CIRCUITBREAKER_TIMEOUT_MS=10s": "a whole number of milliseconds, at least 1 and at most 366 days",
    "CIRCUITBREAKER_TIMEOUT_MS=31622400001": "at most 366 days",
    "CIRCUITBREAKER_JITTER=1.5": "a number from 0 to 1",
    "CIRCUITBREAKER_JITTER=nan": "a number from 0 to 1",
    "CIRCUITBREAKER_ON_STORE_LOSS=panic": "one of local, lastKnown, allow, reject",
    "CIRCUITBREAKER_MAX_TIMEOUT_MS=9999": "at least CIRCUITBREAKER_TIMEOUT_MS, which is 10000 ms",
    "CIRCUITBREAKER_DEADLINE_MARGIN_MS=none": "at least 0 and at most 366 days, or off",
    "CIRCUITBREAKER_DEADLINE_MARGIN_MS=10000": "less than functionTimeout, which is 10000 ms",
    "SUCCESS_PROBABILITY=-0.1": "a number from 0 to 1",
    "UPSTREAM_URL=example.com": "an address such as",
    "UPSTREAM_URL=http://": "an address such as",
    "UPSTREAM_URL=http://example.com:70000": "an address such as",
    "UPSTREAM_URL=http://example.com/?a=b": "an address such as",
    "CIRCUITBREAKER_POLICY=luck": "one of failures, consecutiveFailures, failureRate",
    "CIRCUITBREAKER_FAILURE_RATE=0": "a number above 0 and at most 1",
    "CIRCUITBREAKER_SLOW_CALL_RATE=0.5": "given together with CIRCUITBREAKER_SLOW_CALL_DURATION_MS",
    "CIRCUITBREAKER_SLOW_CALL_DURATION_MS=5": "given together with CIRCUITBREAKER_SLOW_CALL_RATE",
    "prefixes=payments": "prefixes of A-Z 0-9 _",
    "prefixes=CALL": "CIRCUITBREAKER_CALL_TIMEOUT_MS would mean two settings",
    "UPSTREAM_AUTHORIZATION=yes": "one of drop, pass",
    "functionMemory=64": "a whole number from 128 to 10240",
    "functionTimeout=901": "a whole number from 1 to 900",
    "logLevel=verbose": "one of TRACE, DEBUG",
    "logRetention=2": "one of 1, 3, 7",
    "removalPolicy=keep": "one of destroy, retain",
    "local=yes": "one of true, false",
    "stackName=my stack": "a letter, then",
    "alarmTopic=operators": "the ARN of an SNS topic",
    "throttleRate=0": "a whole number from 1 to 10000",
}


@pytest.mark.parametrize(("given", "why"), BAD.items())
def test_a_bad_value_is_one_line(given: str, why: str) -> None:
    name, _, value = given.partition("=")
    with pytest.raises(DeployError) as caught:
        Settings.from_context({name: value})
    message = str(caught.value)
    assert why in message
    assert name in message
    assert "\n" not in message


@pytest.mark.parametrize("value", [["3"], {"a": 1}, 3.5, None])
def test_a_value_of_a_wrong_kind_is_refused(value: object) -> None:
    with pytest.raises(DeployError, match="CIRCUITBREAKER_FAILURE_THRESHOLD is"):
        Settings.from_context({"CIRCUITBREAKER_FAILURE_THRESHOLD": value})


@pytest.mark.parametrize(
    "value",
    ["http://127.0.0.1:9000", "https://example.com", "HTTPS://example.com/api/v1/", "http://[::1]:80/", "http://a_b.internal/%20;p=(1)"],
)
def test_addresses(value: str) -> None:
    assert Settings.from_context({"UPSTREAM_URL": value}).environment == {"UPSTREAM_URL": value}


def test_settings_that_fit_only_together() -> None:
    Settings.from_context({"CIRCUITBREAKER_TIMEOUT_MS": "90000"})
    Settings.from_context({"CIRCUITBREAKER_LEASE_MS": "20000", "CIRCUITBREAKER_CALL_TIMEOUT_MS": "20000"})
    Settings.from_context({"CIRCUITBREAKER_LEASE_MS": "2000", "CIRCUITBREAKER_CALL_TIMEOUT_MS": "off"})
    Settings.from_context({"CIRCUITBREAKER_CALL_TIMEOUT_MS": "20000"})
    Settings.from_context({"functionTimeout": "1", "CIRCUITBREAKER_DEADLINE_MARGIN_MS": "off"})
    Settings.from_context({"functionTimeout": "2", "CIRCUITBREAKER_DEADLINE_MARGIN_MS": "1999"})


def test_what_cdk_keeps_in_context_is_left_alone() -> None:
    context = {"@aws-cdk/core:newStyleStackSynthesis": True, "aws:cdk:version-reporting": False, "cli-telemetry": False}
    assert Settings.from_context(context).environment == {}


@pytest.mark.parametrize("entry", DECLARED["breaker"], ids=lambda entry: entry["name"])
def test_every_declared_setting_is_passed_on_with_and_without_a_prefix(entry: dict[str, Any]) -> None:
    samples = {"whole": "7", "share": "0.5", "milliseconds": "9000", "choice": entry.get("choices", [""])[-1]}
    needed = {"SLOW_CALL_RATE": "0.5", "SLOW_CALL_DURATION_MS": "9000"} if "needs" in entry else {}
    sample = needed | {entry["name"]: samples[entry["kind"]]}
    if entry["name"] == "MAX_TIMEOUT_MS":
        sample[entry["name"]] = "90000"
    for prefix, context in [("", {}), ("PAYMENTS_", {"prefixes": "ORDERS,PAYMENTS"})]:
        given = {f"CIRCUITBREAKER_{prefix}{name}": value for name, value in sample.items()}
        assert Settings.from_context(context | given).environment == given
        with pytest.raises(DeployError, match=f"CIRCUITBREAKER_{prefix}{entry['name']} is "):
            Settings.from_context(context | given | {f"CIRCUITBREAKER_{prefix}{entry['name']}": "nonsense"})


TOGETHER = [
    ({"FAILURE_RATE": "0.5", "FAILURE_THRESHOLD": "3"}, "FAILURE_THRESHOLD is .* while CIRCUITBREAKER_FAILURE_RATE makes it failureRate"),
    ({"POLICY": "failures", "MINIMUM_CALLS": "3"}, "MINIMUM_CALLS is .* while CIRCUITBREAKER_POLICY makes it failures"),
    ({"MAX_TIMEOUT_MS": "20000", "P_TIMEOUT_MS": "30000"}, 'CIRCUITBREAKER_MAX_TIMEOUT_MS is "20000", .* at least CIRCUITBREAKER_P_TIMEOUT_MS'),
    ({"CALL_TIMEOUT_MS": "9000", "P_LEASE_MS": "8000"}, 'CIRCUITBREAKER_P_LEASE_MS is "8000", .* at least CIRCUITBREAKER_CALL_TIMEOUT_MS'),
    ({"P_DEADLINE_MARGIN_MS": "10000"}, "CIRCUITBREAKER_P_DEADLINE_MARGIN_MS .* less than functionTimeout"),
    ({"P_SLOW_CALL_RATE": "0.5"}, "together with CIRCUITBREAKER_P_SLOW_CALL_DURATION_MS"),
]


@pytest.mark.parametrize(("given", "why"), TOGETHER)
def test_settings_that_do_not_fit_together(given: dict[str, str], why: str) -> None:
    with pytest.raises(DeployError, match=why):
        Settings.from_context({"prefixes": "P"} | {f"CIRCUITBREAKER_{name}": value for name, value in given.items()})


def test_a_prefix_may_have_another_policy() -> None:
    given = {"CIRCUITBREAKER_FAILURE_THRESHOLD": "9", "CIRCUITBREAKER_P_FAILURE_RATE": "0.5", "CIRCUITBREAKER_P_MINIMUM_CALLS": "5"}
    assert Settings.from_context({"prefixes": "P"} | given).environment == given


def test_a_prefix_that_was_not_told_is_unknown() -> None:
    with pytest.raises(DeployError, match="unknown context value"):
        Settings.from_context({"CIRCUITBREAKER_PAYMENTS_PROBES": "2"})


def test_the_readme_lists_every_setting() -> None:
    readme = (REPOSITORY / "infrastructure/README.md").read_text()
    assert set(re.findall(r"^\| `(\w+)`", readme, re.MULTILINE)) == STACK_SETTINGS.keys() | FUNCTION_SETTINGS.keys()
