# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Stands in for the function: logs what it is asked for, and answers with the event."""

import json
import os
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"

while True:
    with urllib.request.urlopen(f"{API}/next") as reply:
        invocation, event = reply.headers["Lambda-Runtime-Aws-Request-Id"], json.load(reply)
    print("asked for", event["rawPath"], flush=True)  # noqa: T201
    body = {"event": event, "settings": os.environ.get("CIRCUITBREAKER_PROBES")}
    result = {"statusCode": 200, "headers": {"X-Echo": "bootstrap"}, "body": json.dumps(body)}
    urllib.request.urlopen(f"{API}/{invocation}/response", json.dumps(result).encode()).close()
