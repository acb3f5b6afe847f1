# SPDX-License-Identifier: Apache-2.0
"""Under AWS's own emulator: handlers in Python and Node with the extension beside them."""

import os
import shutil
import signal
import threading
import time

import emulator
import pytest
from emulator import Environment
from sidecar import until

pytestmark = pytest.mark.skipif(emulator.why_not() is not None, reason=emulator.why_not() or "")

PYTHON = """
import time
from circuit_breaker import Circuit, CircuitOpen
circuit = Circuit("c")

def handler(event, context):
    try:
        with circuit.call():
            time.sleep(event.get("sleep", 0))
            if event.get("fail"):
                raise ValueError
            return "ok"
    except CircuitOpen as error:
        return {"retryAfter": error.retry_after, "state": error.state}
    except ValueError:
        return "failed"
"""

NODE = """
import { Circuit, CircuitOpen } from "./circuit-breaker.mjs";
const circuit = new Circuit("c");
export async function handler(event) {
    try {
        return await circuit.run(async () => {
            await new Promise((done) => setTimeout(done, (event.sleep ?? 0) * 1000));
            if (event.fail) throw new Error("failed");
            return "ok";
        });
    } catch (error) {
        return error instanceof CircuitOpen ? { retryAfter: error.retryAfterMs / 1000, state: error.state } : "failed";
    }
}
"""

HANDLERS = {"python": PYTHON, "node": NODE}
# Three failures open it, however many calls went well.
# As circuitbreaker-lambda recovers, and with views of a second at most: what comes when is then known.
SETTINGS = {
    "CIRCUITBREAKER_FAILURE_THRESHOLD": "3",
    "CIRCUITBREAKER_FAILURE_SHARE": "0",
    "CIRCUITBREAKER_TIMEOUT_MS": "2000",
    "CIRCUITBREAKER_JITTER": "0",
    "CIRCUITBREAKER_RAMP_MS": "0",
    "CIRCUITBREAKER_MAX_HEALTHY_VIEW_AGE_MS": "1000",
    "CIRCUITBREAKER_LOOK_BESIDE_MS": "0",
}
NEEDS_NODE = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
RUNTIMES = ["python", pytest.param("node", marks=NEEDS_NODE)]


@pytest.fixture
def environment(aws):
    started = []

    def start(runtime="python", table=None, timeout=30, **variables):
        table = table or aws.table()
        settings = {**aws.variables(table), **SETTINGS, **variables}
        made = Environment(runtime, HANDLERS[runtime], settings, timeout)
        made.table = table
        started.append(made)
        return made

    yield start
    for made in started:
        made.close()


def state(aws, environment):
    return aws.item(environment.table, "c").get("circuitState", {}).get("S", "CLOSED")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_thousand_invocations_with_a_downstream_that_fails_and_heals(aws, environment, runtime):
    function = environment(runtime)
    for _ in range(300):
        assert function.invoke() == "ok", function.text()
    for _ in range(3):
        assert function.invoke({"fail": True}) == "failed"
    refused = function.invoke()
    assert refused["state"] == "OPEN"
    # The wait is counted from a tick of the clock.
    assert 0 < refused["retryAfter"] < 2.1
    assert state(aws, function) == "OPEN"
    for _ in range(200):
        answer = function.invoke()
        assert answer == "ok" or answer["state"] == "OPEN"
    time.sleep(2.1)
    assert function.invoke() == "ok"
    assert function.invoke() == "ok"
    assert state(aws, function) == "CLOSED"
    for _ in range(494):
        assert function.invoke() == "ok"
    assert "Extension.Crash" not in function.text()


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_handler_that_hangs_into_its_time_limit_has_failed(aws, environment, runtime):
    function = environment(runtime, timeout=2, CIRCUITBREAKER_TIMEOUT_MS="60000")
    for number in range(1, 4):
        assert "timed out" in str(function.invoke({"sleep": 30})), function.text()
        until(lambda number=number: function.text().count("its open calls count as failed") == number, f"death {number} is seen")
    assert state(aws, function) == "OPEN"
    # A machine so busy that the table is not heard in time admits a call.
    until(lambda: "OPEN" in str(function.invoke()), "the next environment knows it")


def test_a_killed_extension_is_awss_affair_and_the_circuit_recovers_by_lease(aws, environment):
    function = environment(CIRCUITBREAKER_LEASE_MS="2000", CIRCUITBREAKER_TIMEOUT_MS="1000", CIRCUITBREAKER_MAX_CLOCK_SKEW_MS="200")
    for _ in range(3):
        function.invoke({"fail": True})
    time.sleep(1.1)
    # It dies with the probe's permit.
    probe = threading.Thread(target=lambda: function.invoke({"sleep": 1.5}))
    probe.start()
    until(lambda: state(aws, function) == "HALF-OPEN", "the probe is under way")
    for pid in function.extension_pids():
        os.kill(pid, signal.SIGKILL)
    probe.join()
    deadline = time.monotonic() + 30
    while state(aws, function) != "CLOSED":
        function.invoke()
        assert time.monotonic() < deadline, function.text()
        time.sleep(0.2)


def test_two_environments_on_one_table_agree(environment):
    one = environment()
    two = environment("python", one.table)
    for each in (one, two):
        assert each.invoke() == "ok"
    for _ in range(3):
        one.invoke({"fail": True})
    # By then its view is old.
    time.sleep(1.1)
    assert two.invoke()["state"] == "OPEN"
    time.sleep(2)
    for _ in range(2):
        assert two.invoke() == "ok"
    time.sleep(1.1)
    assert one.invoke() == "ok"


def test_it_registers_for_the_end_alone_and_leaves_at_once_when_it_comes(environment):
    function = environment()
    function.invoke()
    (pid,) = function.extension_pids()
    start = time.monotonic()
    os.kill(function.process.pid, signal.SIGTERM)
    until(lambda: pid not in function.extension_pids(), "it ends")
    assert time.monotonic() - start < 2
    assert "INVOKE" not in "".join(line for line in function.text().splitlines() if "circuit-breaker-extension" in line)


@NEEDS_NODE
def test_on_managed_instances_which_refuse_who_wants_each_invocation(environment):
    function = environment("node", AWS_LAMBDA_MAX_CONCURRENCY="2")

    def invoke(event):
        # The emulator queues nothing: a loop that has not come back yet is no idle runtime.
        return until(lambda: (answer := function.invoke(event)) != {"errorType": "Runtime.Unavailable"} and answer, "a runtime is idle")

    for _ in range(3):
        assert invoke({"fail": True}) == "failed", function.text()
    assert invoke({})["state"] == "OPEN"
    assert "InvalidEventType" not in function.text()


def test_bad_settings_take_no_function_down(environment):
    function = environment(CIRCUITBREAKER_TABLE="", CIRCUITBREAKER_FAILURE_THRESHOLD="many", CIRCUITBREAKER_CIRCUITS="{")
    for _ in range(5):
        assert function.invoke({"fail": True}) == "failed"
    assert function.invoke() == "ok"
    text = function.text()
    assert text.count("no table: set CIRCUITBREAKER_TABLE") == 1
    assert text.count("CIRCUITBREAKER_FAILURE_THRESHOLD is") == 1
    assert text.count("CIRCUITBREAKER_CIRCUITS: ") == 1
