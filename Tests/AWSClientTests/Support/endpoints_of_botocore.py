# SPDX-License-Identifier: Apache-2.0
"""Makes a call with botocore for each line of JSON with a service, environment variables and a config file; prints where it went, or the error."""

import json
import os
import sys
import tempfile
from pathlib import Path

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError

OPERATIONS = {"dynamodb": "list_tables", "sts": "get_caller_identity"}
LOADER = botocore.session.Session().get_component("data_loader")


class Raw:
    def stream(self, **_):
        return iter([b"{}"])


def url(case):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config"
        path.write_text(case["config"], encoding="utf-8")
        os.environ.update(case["environment"], AWS_CONFIG_FILE=str(path), AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y")
        sent = []

        def answer(request, **_):
            sent.append(request.url)
            return AWSResponse(request.url, 200, {}, Raw())

        try:
            session = botocore.session.Session()
            session.register_component("data_loader", LOADER)
            client = session.create_client(case["service"])
            client.meta.events.register("before-send", answer)
            try:
                getattr(client, OPERATIONS[case["service"]])()
            except Exception:
                if not sent:
                    raise
        except (BotoCoreError, ValueError) as error:
            return {"error": str(error)}
        return {"url": sent[0].rstrip("/")}


for line in sys.stdin:
    print(json.dumps(url(json.loads(line))))
