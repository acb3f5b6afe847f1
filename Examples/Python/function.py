# SPDX-License-Identifier: Apache-2.0
"""The function of the pattern: it calls a service that succeeds with the probability SUCCESS_PROBABILITY."""

import json
import os
import random

from circuit_breaker import Circuit

service = Circuit()


class Unavailable(Exception):
    pass


@service.protect(fallback=lambda error: "Fallback")
def call_service():
    if random.random() >= float(os.environ.get("SUCCESS_PROBABILITY", "0.6")):
        raise Unavailable("the service failed")
    return "Success"


def handler(event, context):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps({"message": call_service()})}
