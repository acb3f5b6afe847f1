# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What the stand-in for AWS takes a request for one event source mapping for."""

import pytest

from guarded_ministack.mapping_actions import mapping_action

MAPPINGS = "/2015-03-31/event-source-mappings"


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", f"{MAPPINGS}/0f", "GetEventSourceMapping"),
        ("PUT", f"{MAPPINGS}/0f", "UpdateEventSourceMapping"),
        ("DELETE", f"{MAPPINGS}/0f/", "DeleteEventSourceMapping"),
        # ministack knows these.
        ("GET", MAPPINGS, None),
        ("GET", f"{MAPPINGS}/", None),
        ("POST", MAPPINGS, None),
        ("GET", "/2015-03-31/functions/event-source-mappings", None),
    ],
)
def test_actions(method: str, path: str, action: str | None) -> None:
    assert mapping_action(method, path) == action
