# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The guard around the ASGI application."""

import json
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from guarded_ministack.callers import browsers_refusal, fields, hosts_refusal, is_api

HEALTH = "/_ministack/health"
# ministack's own switches, which ask for no signature.
SWITCHES = re.compile(r"/+_(ministack|localstack)(/|$)")
LARGEST_FORM = 64 << 10
# An action of STS that is called without a key: the token in it says who calls.
WITHOUT_KEY = [b"AssumeRoleWithWebIdentity"]

Receive = Callable[[], Awaitable[dict]]
Send = Callable[[dict], Awaitable[None]]
App = Callable[[dict, Receive, Send], Awaitable[None]]


class Guard:
    def __init__(self, app: App, *, root_key: str, key_of: Callable[[dict, dict], str], is_root: Callable[[str], bool]) -> None:
        """Lets through to the application what may go there.

        `key_of` and `is_root` are the application's own: what it would take for whose request.
        """
        self._app = app
        self._root_key = root_key
        self._key_of = key_of
        self._is_root = is_root

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif (why := self._strangers_refusal(scope)) is not None:
            await _refuse(send, why)
        elif self._is_known(scope):
            await self._app(scope, receive, send)
        elif (form := await _form_without_key(scope, receive)) is not None:
            await self._app(scope, form, send)
        else:
            await _refuse(send, "the request is not signed with a key of this server")

    def _strangers_refusal(self, scope: dict) -> str | None:
        hosts = fields(scope["headers"], "host")
        # No browser can ask for an API by its name, since a host that ends in a number must be an address.
        if len(hosts) == 1 and is_api(hosts[0]):
            return None
        return hosts_refusal(hosts) or browsers_refusal(name.decode("latin-1") for name, _ in scope["headers"])

    def _is_known(self, scope: dict) -> bool:
        headers = scope["headers"]
        if scope["path"] == HEALTH:
            return True
        names = {name.decode("latin-1").lower() for name, _ in headers}
        query = parse_qs(scope["query_string"].decode(errors="replace"), keep_blank_values=True)
        key = self._key_of({name: ", ".join(fields(headers, name)) for name in names}, query)
        if SWITCHES.match(scope["path"]):
            return key == self._root_key
        if is_api(fields(headers, "host")[0]) and not key:
            return True
        # Of keys that are not root's, the application checks the signature.
        return key == self._root_key or not self._is_root(key)


async def _form_without_key(scope: dict, receive: Receive) -> Receive | None:
    """The whole of a form that may come without a key, to be read again; None of anything else."""
    if scope["method"] != "POST" or scope["path"] != "/" or scope["query_string"] or fields(scope["headers"], "x-amz-target"):
        return None
    if not any(kind.startswith("application/x-www-form-urlencoded") for kind in fields(scope["headers"], "content-type")):
        return None
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > LARGEST_FORM:
            return None
        if not message.get("more_body"):
            break
    if parse_qs(body).get(b"Action") != WITHOUT_KEY:
        return None
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> dict:
        return parts.pop() if parts else await receive()

    return again


async def _refuse(send: Send, why: str) -> None:
    body = json.dumps({"__type": "AccessDeniedException", "message": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
