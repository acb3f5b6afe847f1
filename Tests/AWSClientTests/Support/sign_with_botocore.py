#
# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
#
"""Signs requests, one JSON object a line, with botocore's SigV4Auth; prints the headers that it adds, one JSON object a line."""

import base64
import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ADDED = ("Authorization", "X-Amz-Date", "Date", "X-Amz-Security-Token")


def sign(case):
    body = base64.b64decode(case["body"])
    request = AWSRequest(method=case["method"], url=case["url"], data=body)
    for name, value in case["headers"]:
        request.headers[name] = value
    now = datetime.datetime.fromtimestamp(case["date"] // 1000, datetime.UTC).replace(tzinfo=None)
    botocore.auth.get_current_datetime = lambda *_: now
    credentials = Credentials(case["accessKeyID"], case["secretAccessKey"], case["sessionToken"])
    botocore.auth.SigV4Auth(credentials, case["service"], case["region"]).add_auth(request)
    return {name: request.headers.get_all(name, []) for name in ADDED}


for line in sys.stdin:
    print(json.dumps(sign(json.loads(line))))
