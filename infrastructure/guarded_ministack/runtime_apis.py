# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The servers that ministack starts for each environment of a function: Lambda's Runtime API, which knows no keys."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from guarded_ministack.callers import browsers_refusal, hosts_refusal


def guard_runtime_apis() -> None:
    """Has every server of this process that is made of Python's own refuse what does not come from a function."""
    parse = BaseHTTPRequestHandler.parse_request

    def parse_and_check(handler: BaseHTTPRequestHandler) -> bool:
        if not parse(handler):
            return False
        why = hosts_refusal(handler.headers.get_all("host", [])) or browsers_refusal(handler.headers)
        if why is not None:
            handler.close_connection = True
            handler.send_error(HTTPStatus.FORBIDDEN, explain=why)
        return why is None

    BaseHTTPRequestHandler.parse_request = parse_and_check
