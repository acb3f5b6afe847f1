# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Stands in for the function: does what the request's body asks of DynamoDB, with the function's own role."""

import json
import os
import urllib.request

from botocore.exceptions import ClientError
from botocore.session import Session

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
TABLE = os.environ["CIRCUITBREAKER_TABLE"]


def answer(event: dict) -> dict:
    request = json.loads(event["body"])
    session = Session()
    client = session.create_client("dynamodb", region_name=os.environ["AWS_REGION"])
    try:
        getattr(client, request["verb"])(**{"TableName": TABLE, **request["input"]})
    except ClientError as error:
        return {"code": error.response["Error"]["Code"]}
    return {"code": "OK", "version": event["version"], "settings": {k: v for k, v in os.environ.items() if k.startswith("CIRCUITBREAKER_")}}


while True:
    with urllib.request.urlopen(f"{API}/next") as reply:
        invocation, event = reply.headers["Lambda-Runtime-Aws-Request-Id"], json.load(reply)
    result = {"statusCode": 200, "body": json.dumps(answer(event))}
    urllib.request.urlopen(f"{API}/{invocation}/response", json.dumps(result).encode()).close()
