# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The actions on one event source mapping of Lambda, which ministack takes for a listing or checks no right for."""

ACTIONS = {"GET": "GetEventSourceMapping", "PUT": "UpdateEventSourceMapping", "DELETE": "DeleteEventSourceMapping"}


def mapping_action(method: str, path: str) -> str | None:
    """None for what is no request for one mapping."""
    parts = [part for part in path.split("/") if part]
    return ACTIONS.get(method) if len(parts) == 3 and parts[1] == "event-source-mappings" else None  # noqa: PLR2004


def know_mapping_actions() -> None:
    """Has ministack evaluate policies with them."""
    from ministack.core import iam_actions  # noqa: PLC0415

    known = iam_actions._lambda_action  # noqa: SLF001

    def with_mappings(method: str, path: str) -> str | None:
        return mapping_action(method, path) or known(method, path)

    iam_actions._lambda_action = with_mappings  # noqa: SLF001
