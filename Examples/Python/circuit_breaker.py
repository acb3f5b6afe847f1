# SPDX-License-Identifier: Apache-2.0
"""Asks the circuit breaker beside this program, the Lambda extension or the sidecar, before each call and tells it how the call ended.

    payments = Circuit("payments")

    with payments.call():                    # raises CircuitOpen while the circuit admits no call
        quote = fetch_quote(order)           # an exception is a failure

    @payments.protect(fallback=lambda error, order: cached_quote(order))
    def quote(order): ...

Without an answer, every call is allowed. Standard library only; copy it.
"""

import contextlib
import functools
import http.client
import json
import os
import threading
import time
from urllib.parse import urlencode

# Nothing listens: known at once. It listens and does not answer: it may be waiting for its table, for half a second at most.
CONNECT_SECONDS = 0.005
ANSWER_SECONDS = 0.75
# After no answer, calls go on without asking for this long.
PAUSE_SECONDS = 1.0


class CircuitOpen(Exception):
    """The circuit admits no call now; `retry_after` says for how many seconds."""

    def __init__(self, circuit, answer):
        super().__init__(answer.get("reason") or f"circuit {circuit} is {answer.get('state', 'OPEN')}")
        self.circuit = circuit
        self.state = answer.get("state", "OPEN")
        self.retry_after = answer.get("retryAfterMs", 0) / 1000


class Call:
    """A call under way. Unless `fail` or `cancel` was called, how it ends decides: an exception is a failure."""

    def __init__(self, permit):
        self._permit = permit
        self._outcome = None
        self._start = time.monotonic()

    def fail(self, retry_after=None):
        """The call failed, although no exception says so; for so many seconds the dependency wants to be left alone."""
        self._outcome = ("failure", {"retryAfterMs": None if retry_after is None else max(0, round(retry_after * 1000))})

    def cancel(self):
        """The call was not made, or says nothing of the dependency."""
        self._outcome = ("cancel", {})

    def _ended(self, error):
        if self._outcome is None and error is None:
            self._outcome = ("success", {"durationMs": round((time.monotonic() - self._start) * 1000)})
        elif self._outcome is None and isinstance(error, Exception) and not isinstance(error, CircuitOpen):
            self.fail(getattr(error, "retry_after", None))
        elif self._outcome is None:
            self.cancel()
        verb, values = self._outcome
        return verb, {"permit": self._permit, **values}


class Circuit:
    """A circuit of the sidecar on this machine, by its id: 1 to 256 of the characters A-Z a-z 0-9 . _ : -"""

    _connections = threading.local()
    _silent_until = 0.0

    def __init__(self, circuit=None, port=None):
        self.circuit = circuit or os.environ.get("AWS_LAMBDA_FUNCTION_NAME") or "default"
        self.port = int(port or os.environ.get("CIRCUITBREAKER_PORT") or 4243)

    @contextlib.contextmanager
    def call(self):
        """Holds the right to make one call, and returns it whatever happens."""
        answer = self._ask("GET", "") or {"allowed": True}
        if answer.get("allowed") is False:
            raise CircuitOpen(self.circuit, answer)
        call = Call(answer.get("permit"))
        try:
            yield call
        except BaseException as error:
            self._tell(call, error)
            raise
        self._tell(call, None)

    def protect(self, function=None, *, fallback=None):
        """Makes each call of a function one of the circuit's; `fallback` gets the error and the function's own arguments."""
        if function is None:
            return functools.partial(self.protect, fallback=fallback)

        @functools.wraps(function)
        def protected(*arguments, **named):
            try:
                with self.call():
                    return function(*arguments, **named)
            except Exception as error:
                if fallback is None:
                    raise
                return fallback(error, *arguments, **named)

        return protected

    def state(self):
        """The circuit as the sidecar sees it; None: no answer."""
        return self._ask("GET", "/state")

    def _tell(self, call, error):
        verb, values = call._ended(error)
        # An outcome without a permit would be taken for that of the oldest call.
        if call._permit:
            self._ask("POST", f"/{verb}?" + urlencode({name: value for name, value in values.items() if value is not None}))

    def _ask(self, method, rest):
        # A permit is returned whatever was before.
        if "permit=" not in rest and time.monotonic() < Circuit._silent_until:
            return None
        connections = self._connections.__dict__
        # A connection that was kept may have been closed meanwhile.
        for connection in filter(None, (connections.pop(self.port, None), None)):
            try:
                return self._answer(connection, method, rest)
            except TimeoutError:
                # It has the request, and may yet do what it says.
                connection.close()
                Circuit._silent_until = time.monotonic() + PAUSE_SECONDS
                return None
            except (OSError, http.client.HTTPException, ValueError):
                connection.close()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
            connection.sock.settimeout(ANSWER_SECONDS)
            return self._answer(connection, method, rest)
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            Circuit._silent_until = time.monotonic() + PAUSE_SECONDS
            return None

    def _answer(self, connection, method, rest):
        connection.request(method, f"/circuit/{self.circuit}{rest}")
        response = connection.getresponse()
        answer = json.loads(response.read())
        self._connections.__dict__[self.port] = connection
        return answer if response.status == 200 else None
