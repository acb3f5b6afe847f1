# SPDX-License-Identifier: Apache-2.0
"""The clients that are there to be copied, with the real sidecar."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from sidecar import ROOT, free_port, until

sys.path.insert(0, str(ROOT / "Examples/Python"))
import circuit_breaker
from circuit_breaker import Circuit, CircuitOpen

# A bare count: how many calls a success stands for is a matter of chance.
THRESHOLD = {"CIRCUITBREAKER_FAILURE_THRESHOLD": "3", "CIRCUITBREAKER_FAILURE_SHARE": "0"}
# Soon HALF-OPEN again, and never before its time: without jitter.
BRIEFLY = {**THRESHOLD, "CIRCUITBREAKER_TIMEOUT_MS": "5000", "CIRCUITBREAKER_JITTER": "0"}


@pytest.fixture(autouse=True)
def forget():
    circuit_breaker.Circuit._silent_until = 0.0
    circuit_breaker.Circuit._connections.__dict__.clear()


class Broken(Exception):
    pass


def fails(circuit, error=None):
    with pytest.raises(Broken), circuit.call():
        raise error or Broken


def counted(sidecar, outcome, circuit="c"):
    return sidecar.metric("circuit_breaker_calls_total", circuit=circuit, outcome=outcome)


def test_python_the_whole_round(serve):
    sidecar = serve(**BRIEFLY)
    circuit = Circuit("c", sidecar.port)
    with circuit.call():
        pass
    for _ in range(3):
        fails(circuit)
    with pytest.raises(CircuitOpen) as refused, circuit.call():
        raise AssertionError("it was admitted")
    assert refused.value.state == "OPEN"
    assert 0 < refused.value.retry_after < 5.1
    assert "3 failures within 60 s" in str(refused.value)
    assert circuit.state()["state"] == "OPEN"
    # The wait is counted from a tick of the clock.
    time.sleep(refused.value.retry_after + 0.1)
    for _ in range(2):
        with circuit.call():
            pass
    assert circuit.state()["state"] == "CLOSED"
    assert (counted(sidecar, "success"), counted(sidecar, "failure")) == (3, 3)


def test_python_returns_its_permit_whatever_happens(serve):
    sidecar = serve(CIRCUITBREAKER_FAILURE_THRESHOLD="1000")
    circuit = Circuit("c", sidecar.port)
    for error, outcome in [
        (KeyboardInterrupt, "cancelled"),
        (SystemExit, "cancelled"),
        (CircuitOpen("other", {}), "cancelled"),
        (ValueError, "failure"),
    ]:
        before = counted(sidecar, outcome)
        with contextlib.suppress(BaseException), circuit.call():
            raise error
        assert counted(sidecar, outcome) == before + 1

    def early():
        for _ in range(1):
            with circuit.call():
                return

    early()
    with circuit.call() as call:
        call.cancel()
    with circuit.call() as call:
        call.fail(retry_after=2.5)
    assert (counted(sidecar, "success"), counted(sidecar, "failure"), counted(sidecar, "cancelled")) == (1, 2, 4)
    assert sidecar.metric("circuit_breaker_open_permits", circuit="c") == 0


def test_python_decorator_and_fallback(serve):
    circuit = Circuit("c", serve(**THRESHOLD).port)
    seen = []

    @circuit.protect(fallback=lambda error, *arguments, **named: seen.append(type(error)) or ("fallback", arguments, named))
    def divide(a, b=1):
        """Divides."""
        return a // b

    assert divide.__doc__ == "Divides."
    assert divide(4, b=2) == 2
    for _ in range(4):
        assert divide(4, b=0) == ("fallback", (4,), {"b": 0})
    assert seen == [ZeroDivisionError] * 3 + [CircuitOpen]

    @Circuit("d", circuit.port).protect
    def plain():
        raise Broken

    with pytest.raises(Broken):
        plain()


def test_python_without_a_sidecar_calls_are_allowed_and_cost_next_to_nothing():
    circuit = Circuit("c", free_port())
    circuit.protect(lambda: None)()
    start = time.monotonic()
    for _ in range(100):
        Circuit._silent_until = 0.0
        with circuit.call():
            pass
    assert (time.monotonic() - start) / 100 < 0.01
    fails(circuit)


def test_python_a_sidecar_that_hangs_costs_its_limit_once_a_second(serve):
    sidecar = serve()
    circuit = Circuit("c", sidecar.port)
    with circuit.call():
        pass
    os.kill(sidecar.process.pid, signal.SIGSTOP)
    try:
        start = time.monotonic()
        for _ in range(20):
            with circuit.call():
                pass
        assert time.monotonic() - start < 4
    finally:
        os.kill(sidecar.process.pid, signal.SIGCONT)


def test_python_goes_on_when_the_sidecar_comes_back(serve):
    first = serve(**THRESHOLD)
    circuit = Circuit("c", first.port)
    with circuit.call():
        pass
    first.close()
    second = serve(port=first.port, **THRESHOLD)
    # The connection that it kept is closed.
    with circuit.call():
        pass
    assert counted(second, "success") == 1


node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")


def run_node(script, **variables):
    command = [
        "node",
        "--input-type=module",
        "--eval",
        f"import {{ Circuit, CircuitOpen }} from '{ROOT}/Examples/Node/circuit-breaker.mjs';\n{script}",
    ]
    result = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@node
def test_node_the_whole_round(serve):
    sidecar = serve(**BRIEFLY)
    script = """
    const circuit = new Circuit("c"), seen = [];
    seen.push(await circuit.run(() => 1));
    for (let i = 0; i < 3; i++) await circuit.run(() => { throw new Error("broken"); }).catch((error) => seen.push(error.message));
    let wait = 0;
    seen.push(await circuit.run(() => 2, (error) => { wait = error.retryAfterMs; return error.name; }));
    await new Promise((done) => setTimeout(done, wait));
    for (let i = 0; i < 2; i++) seen.push(await circuit.run(async () => 3));
    console.log(JSON.stringify([seen, (await circuit.state()).state, wait > 0 && wait < 5100]));
    """
    seen = [1, "broken", "broken", "broken", "CircuitOpen", 3, 3]
    assert run_node(script, CIRCUITBREAKER_PORT=str(sidecar.port)) == [seen, "CLOSED", True]
    assert (counted(sidecar, "success"), counted(sidecar, "failure")) == (3, 3)


@node
def test_node_returns_its_permit_whatever_happens(serve):
    sidecar = serve(CIRCUITBREAKER_FAILURE_THRESHOLD="1000")
    script = """
    const circuit = new Circuit("c");
    const throws = (error) => () => { throw error; };
    const abort = new DOMException("gone", "AbortError");
    for (const error of [new CircuitOpen("other", {}), abort, new Error("x"), "x", undefined]) await circuit.run(throws(error), () => 0);
    await circuit.run(() => 500, undefined, { isFailure: (status) => status >= 500 });
    await circuit.run(() => 1, () => 0, { isFailure: throws(new Error("y")) });
    await Promise.all(Array.from({ length: 20 }, () => circuit.run(() => 1)));
    console.log("{}");
    """
    run_node(script, CIRCUITBREAKER_PORT=str(sidecar.port))
    assert (counted(sidecar, "success"), counted(sidecar, "failure"), counted(sidecar, "cancelled")) == (20, 5, 2)
    assert sidecar.metric("circuit_breaker_open_permits", circuit="c") == 0


@node
def test_node_without_a_sidecar_calls_are_allowed(serve):
    script = """
    const circuit = new Circuit("c");
    await circuit.run(() => 1);
    const start = performance.now();
    for (let i = 0; i < 100; i++) await circuit.run(() => 1);
    console.log(JSON.stringify([await circuit.run(() => 7), (performance.now() - start) / 100 < 10]));
    """
    assert run_node(script, CIRCUITBREAKER_PORT=str(free_port())) == [7, True]


def test_a_healthy_call_costs_two_requests_on_loopback_and_none_to_the_table_while_the_view_is_young(serve):
    sidecar = serve(CIRCUITBREAKER_MAX_VIEW_AGE_MS="60000")
    circuit = Circuit("c", sidecar.port)
    with circuit.call():
        pass
    before = until(lambda: sidecar.metric("circuit_breaker_store_requests_total", circuit="c"), "it has looked once")
    asked = []
    ask = circuit._ask
    circuit._ask = lambda *request: asked.append(request) or ask(*request)
    for _ in range(50):
        with circuit.call():
            pass
    assert len(asked) == 100
    assert sidecar.metric("circuit_breaker_store_requests_total", circuit="c") == before
