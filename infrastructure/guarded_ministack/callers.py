# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What tells a program that was started to use this server from a web page, or from somebody else on this machine."""

import re
from collections.abc import Iterable

# Browsers send these themselves, and no page can leave them out.
FROM_A_BROWSER = ("origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")
# With any port: a test's proxy in front of it keeps the one that a request was signed with.
HERE = r"127\.0\.0\.1(:[0-9]{1,5})?"
AN_API = rf"[a-z0-9]+\.execute-api\.{HERE}"


def fields(headers: Iterable[tuple[bytes, bytes]], name: str) -> list[str]:
    return [value.decode("latin-1") for field, value in headers if field.decode("latin-1").lower() == name]


def hosts_refusal(hosts: list[str]) -> str | None:
    """Why a request with these Host headers was not meant for this server: a page can have a name of its own mean this machine."""
    return None if len(hosts) == 1 and re.fullmatch(HERE, hosts[0]) else "this server is 127.0.0.1, and the request names another host"


def browsers_refusal(names: Iterable[str]) -> str | None:
    found = sorted(set(FROM_A_BROWSER) & {name.lower() for name in names})
    return f"this server takes no requests of a browser, and the request has {found[0]}" if found else None


def is_api(host: str) -> bool:
    """Whether this is the name of an HTTP API, which only its own authorizer guards."""
    return re.fullmatch(AN_API, host) is not None
