# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Which requests the front takes, and which of their header fields it passes on."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from http.client import HTTPMessage

# Those that concern one connection (with those that Connection names), and those that each side writes itself.
OF_ONE_CONNECTION = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
WRITTEN_HERE = {"content-length", "date", "expect", "host", "server"}
# As an HTTP API has it.
LARGEST_REQUEST = 10 << 20
# What a browser says of a page of ours, and of an address that was typed in.
OWN_SITES = {"same-origin", "none"}


class Refusal(Exception):  # noqa: N818
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def check_target(path: str, headers: HTTPMessage, names: set[str]) -> None:
    """Whether the request is for the server of these names, and not of another's page."""
    hosts = headers.get_all("host", [])
    if len(hosts) != 1 or hosts[0].lower() not in names:
        raise Refusal(HTTPStatus.FORBIDDEN, f"this is {min(names)}, and the request names another host")
    if any(origin.lower() not in {f"http://{name}" for name in names} for origin in headers.get_all("origin", [])):
        raise Refusal(HTTPStatus.FORBIDDEN, "the request is of a page of another origin")
    if any(site.lower() not in OWN_SITES for site in headers.get_all("sec-fetch-site", [])):
        raise Refusal(HTTPStatus.FORBIDDEN, "the request is of a page of another site")
    if not re.fullmatch("/[!-~]*", path):
        raise Refusal(HTTPStatus.BAD_REQUEST, "the request's target is no path")
    if any(re.search("[\\r\\n\\0]", value) for value in headers.values()):
        raise Refusal(HTTPStatus.BAD_REQUEST, "a field of the request's header is of more than one line")


def length_of_body(headers: HTTPMessage) -> int | None:
    """None if the request has no body."""
    if "transfer-encoding" in headers:
        raise Refusal(HTTPStatus.LENGTH_REQUIRED, "the request's body needs a Content-Length")
    lengths = set(headers.get_all("content-length", []))
    if not lengths:
        return None
    if len(lengths) > 1 or not re.fullmatch("[0-9]{1,18}", text := lengths.pop()):
        raise Refusal(HTTPStatus.BAD_REQUEST, "the request's Content-Length is no number of bytes")
    if (length := int(text)) > LARGEST_REQUEST:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request's body is larger than {LARGEST_REQUEST} bytes")
    return length


def end_to_end(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Those that are for the other end, and not for the next server only."""
    headers = list(headers)
    named = {token.strip().lower() for name, value in headers if name.lower() == "connection" for token in value.split(",")}
    dropped = OF_ONE_CONNECTION | WRITTEN_HERE | named
    return ((name, value) for name, value in headers if name.lower() not in dropped)
