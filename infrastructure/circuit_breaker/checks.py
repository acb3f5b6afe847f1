# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What the function accepts in its environment variables, so that a bad value stops the deploy and not the function."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[str], bool]


def whole(low: int, high: int | None = None) -> tuple[Check, str]:
    def check(text: str) -> bool:
        return bool(re.fullmatch("[0-9]{1,18}", text)) and low <= int(text) <= (int(text) if high is None else high)

    return check, f"a whole number, at least {low}" if high is None else f"a whole number from {low} to {high}"


def declared(entry: Mapping[str, Any]) -> tuple[Check, str]:
    """The check of a setting as settings.json has it."""
    match entry["kind"]:
        case "whole" | "milliseconds":
            check, _ = whole(entry["from"], entry.get("to"))
        case "share":
            check = share(or_zero="from" in entry)
        case "choice":
            check, _ = one_of(*entry["choices"])
        case "address":
            check, _ = address()
        case kind:
            raise ValueError(f"settings.json has the kind {kind} of {entry['name']}, which checks.py does not know")
    return lambda text: check(text) or text == entry.get("off"), entry["allowed"]


def share(*, or_zero: bool) -> Check:
    def check(text: str) -> bool:
        is_number = re.fullmatch(r"[0-9]+(\.[0-9]+)?(e-?[0-9]+)?", text, re.IGNORECASE)
        return bool(is_number) and 0 <= float(text) <= 1 and (or_zero or float(text) > 0)

    return check


def one_of(*values: str) -> tuple[Check, str]:
    return values.__contains__, "one of " + ", ".join(values)


def pattern(expression: str, allowed: str) -> tuple[Check, str]:
    return lambda text: bool(re.fullmatch(expression, text)), allowed


def address() -> tuple[Check, str]:
    host = r"([a-z0-9_][a-z0-9._-]*|\[[0-9a-f.]*:[0-9a-f:.]*\])"
    expression = re.compile(rf"https?://{host}(:(?P<port>[0-9]{{1,5}}))?(/[!$-;=@-\[\]_a-z~]*)?", re.ASCII | re.IGNORECASE)
    is_port, _ = whole(1, 65_535)

    def check(text: str) -> bool:
        match = expression.fullmatch(text)
        return match is not None and is_port(match["port"] or "443")

    return check, "an address such as http://192.0.2.1:9000 or https://example.com/api"
