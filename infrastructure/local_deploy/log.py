# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The function's log, as it comes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

# Events come in by stream, so that one may be older than what was seen last.
LOOK_BACK_MS = 10_000
# What Lambda adds to each invocation.
OF_LAMBDA = ("INIT_START ", "START RequestId:", "END RequestId:", "REPORT RequestId:")


class FunctionLog:
    def __init__(self, logs: Any, group: str) -> None:
        self._logs = logs
        self._group = group
        self._latest = 0
        self._seen: dict[tuple, int] = {}

    def new_lines(self) -> Iterator[str]:
        """The lines since the last time, without those of Lambda itself."""
        since = max(0, self._latest - LOOK_BACK_MS)
        self._seen = {key: time for key, time in self._seen.items() if time >= since}
        pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=self._group, startTime=since)
        alike: Counter[tuple] = Counter()
        for event in (event for page in pages for event in page["events"]):
            message, time = event["message"], event["timestamp"]
            # The stand-in gives events no ids: they are told apart by their number among those that are alike.
            key = (event["logStreamName"], time, message)
            alike[key] += 1
            key = (*key, alike[key])
            if key in self._seen:
                continue
            self._seen[key] = time
            self._latest = max(self._latest, time)
            if not message.startswith(OF_LAMBDA):
                yield message.rstrip("\n")
