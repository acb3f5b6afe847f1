# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What the function accepts in its environment variables, so that a bad value stops the deploy and not the function."""

import re
from collections.abc import Callable

Check = Callable[[str], bool]

LONGEST_MS = 366 * 86_400_000


def whole(low: int, high: int | None = None) -> tuple[Check, str]:
    def check(text: str) -> bool:
        return bool(re.fullmatch("[0-9]{1,18}", text)) and low <= int(text) <= (int(text) if high is None else high)

    return check, f"a whole number, at least {low}" if high is None else f"a whole number from {low} to {high}"


def milliseconds(low: int = 1, *, or_word: str | None = None) -> tuple[Check, str]:
    is_number, _ = whole(low, LONGEST_MS)
    allowed = f"a whole number of milliseconds, at least {low} and at most 366 days"
    return lambda text: is_number(text) or text == or_word, allowed if or_word is None else f"{allowed}, or {or_word}"


def share() -> tuple[Check, str]:
    def check(text: str) -> bool:
        return bool(re.fullmatch(r"[0-9]+(\.[0-9]+)?(e-?[0-9]+)?", text, re.IGNORECASE)) and 0 <= float(text) <= 1

    return check, "a number from 0 to 1"


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
