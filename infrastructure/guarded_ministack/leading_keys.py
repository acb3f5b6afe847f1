# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The condition key dynamodb:LeadingKeys, which ministack does not know: it would let every request meet the condition."""

import json
from typing import Any


def leading_keys(body: bytes) -> dict[str, list[str]]:
    """The values of the partition key that a request for one item names, for tables that have no sort key."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    key = request.get("Key") if isinstance(request, dict) else None
    if not isinstance(key, dict) or len(key) != 1:
        return {}
    (value,) = key.values()
    texts = [str(text) for text in value.values()] if isinstance(value, dict) else []
    return {"dynamodb:LeadingKeys": texts} if texts else {}


def know_leading_keys() -> None:
    """Has ministack evaluate policies with it."""
    from ministack.core import iam_actions  # noqa: PLC0415

    known = iam_actions.dynamodb_service_context

    def with_leading_keys(body: bytes) -> dict[str, Any]:
        return {**known(body), **leading_keys(body)}

    iam_actions.dynamodb_service_context = with_leading_keys
