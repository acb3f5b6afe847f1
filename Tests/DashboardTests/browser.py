# SPDX-License-Identifier: Apache-2.0
"""Which browser the tests drive; run by itself, prints its path, or fails if there is none."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


def installed():
    named = os.environ.get("CIRCUIT_BREAKER_TEST_BROWSER")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright):
    # Without a browser of the system's, the one that playwright brought.
    return playwright.chromium.launch(executable_path=installed())


def brought():
    """The path of playwright's own, by asking it to start."""
    from playwright.sync_api import sync_playwright

    try:
        with sync_playwright() as playwright:
            launch(playwright).close()
            return playwright.chromium.executable_path
    except Exception:
        return None


if __name__ == "__main__":
    path = installed() or brought()
    if not path or (installed() and not Path(path).exists()):
        sys.exit(1)
    print(path)
