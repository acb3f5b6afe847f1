# SPDX-License-Identifier: Apache-2.0
"""Reads times of expiry, one a line as a JSON string, as botocore reads those of credentials; prints seconds since 1970, or null."""

import json
import sys
import warnings

from botocore.credentials import _local_now, _parse_if_needed

warnings.simplefilter("ignore")


def read(text):
    try:
        time = _parse_if_needed(text)
        time - _local_now()  # Fails for a time without a zone, as it does when botocore looks whether it has come.
        return int(time.timestamp() // 1)
    except (ValueError, TypeError, OverflowError):
        return None


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))))
