# SPDX-License-Identifier: Apache-2.0
"""The page that `breaker simulate --html` writes, in a browser."""

import json
import os
import pty
import re
import subprocess

import pytest
from server import PROGRAM
from test_accessibility import check

SHORT = ["--duration", "90s", "--environments", "50", "--rate", "100", "--trouble", "dead:20s-50s"]


def simulate(*arguments):
    ended = subprocess.run([PROGRAM, "simulate", *arguments], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    return ended.stdout


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.html"
    simulate("outage", *SHORT, "--html", str(file))
    return file


@pytest.fixture
def read(browser, report):
    """The page, from a file and without a network; whatever the browser complains of fails the test."""
    contexts, mistakes = [], []

    def open(file=report, **options):
        context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda message: mistakes.append(message.text))
        page.on("request", lambda request: mistakes.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
        page.goto(file.as_uri())
        return page

    yield open
    for context in contexts:
        context.close()
    assert mistakes == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_contrast_names_and_width(read, scheme, width):
    page = read(color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check(page)


def test_numbers_under_the_pointer_are_the_runs(read, tmp_path):
    run = json.loads(simulate("outage", *SHORT, "--json"))["runs"][0]
    page = read()
    plot = page.locator(".plot[data-kind=calls]").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    for second in (3, 20, 40, 89):
        page.mouse.move(box["x"] + box["width"] * (second + 0.5) / 90, box["y"] + 20)
        text = page.locator("#readout").inner_text()
        assert text.startswith(f"{second // 60}:{second % 60:02}, calls a second\nswift-circuit-breaker")
        told = dict(re.findall(r"^(succeeded|rejected|failed|timed out)\n([\d,]+)$", text, re.M))
        assert told == {
            "succeeded": f"{run['seconds'][second]['succeeded']:,}",
            "rejected": f"{run['seconds'][second]['rejected']:,}",
            "failed": f"{run['seconds'][second]['failed']:,}",
            "timed out": f"{run['seconds'][second]['timedOut']:,}",
        }
    # All charts show the same moment.
    places = page.evaluate("[...document.querySelectorAll('.hair')].map(hair => hair.offsetLeft / hair.parentElement.clientWidth)")
    assert len(places) > 10 and all(abs(place - 89.5 / 90) < 0.01 for place in places)
    page.mouse.move(5, 5)
    assert page.locator("#readout").is_hidden()


def test_numbers_by_keyboard(read):
    page = read()
    page.locator(".plot[data-kind=state]").first.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("#readout").inner_text().startswith("0:03, environments\nswift-circuit-breaker\nrecord\nCLOSED")
    page.keyboard.press("Escape")
    assert page.locator("#readout").is_hidden()


def test_is_whole_without_script(read):
    page = read(java_script_enabled=False)
    assert page.locator("h1").inner_text().startswith("With swift-circuit-breaker ")
    assert page.locator(".plot svg path").count() > 20
    assert page.locator("pre").inner_text().startswith("breaker simulate outage --duration 90s")


def test_long_runs_stay_small(tmp_path):
    file = tmp_path / "long.html"
    simulate("outage", "--environments", "20", "--rate", "5", "--duration", "2h", "--html", str(file))
    assert file.stat().st_size < 1_000_000


@pytest.mark.parametrize("no_color", ["", "1"])
def test_progress_on_a_terminal(no_color):
    reader, terminal = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "simulate", "outage", *SHORT], stdout=subprocess.PIPE, stderr=terminal, env={**os.environ, "TERM": "xterm", "NO_COLOR": no_color}
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(reader, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    output, _ = process.communicate(timeout=60)
    lines = shown.decode().split("\r")
    percents = [int(found[1]) for line in lines if (found := re.search(r"(\d+) %", line))]
    assert len(percents) > 20 and percents == sorted(percents) and percents[-1] == 100
    # The line is gone at the end, and what is left of it is nowhere in the output.
    assert lines[-1] == "\x1b[K" and "\n" not in shown.decode()
    assert ("\x1b[36m" in shown.decode()) == (no_color == "")
    assert b"\x1b" not in output and b"\r" not in output


def test_all_columns_are_seen_on_a_laptop(read, tmp_path):
    # The whole preset: its figures are as wide as they get.
    file = tmp_path / "report.html"
    simulate("outage", "--html", str(file))
    page = read(file)
    seen = "document.querySelector('.scroll:has(.figures)')"
    assert page.evaluate(f"{seen}.scrollWidth <= {seen}.clientWidth")
    last = page.locator(".figures thead th").last.bounding_box()
    assert last["x"] + last["width"] <= 1280
