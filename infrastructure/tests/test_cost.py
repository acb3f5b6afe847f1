# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What the circuit costs while all is well: the requests that the README's sum is made with."""

import json
import os
import time
from pathlib import Path

from tests.runtime_api import event, function, runtime_api

# CIRCUIT_BREAKER_COST_SECONDS=100 measures 1,000 calls.
SECONDS = int(os.environ.get("CIRCUIT_BREAKER_COST_SECONDS", "5"))
CALLS_PER_SECOND = 10


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
