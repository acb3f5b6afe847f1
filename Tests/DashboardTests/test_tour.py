# SPDX-License-Identifier: Apache-2.0
import re

from pages import FAILURES, text, until_state, until_text


def probes(page):
    """How many of the forty went through (I3); one more per slot if this machine let callers wait for as long as a probe takes, and it then was over."""
    found = re.search(r"(\d+) went through as a probe, (\d+) got the fallback at once", text(page, "tour-text"))
    assert int(found[1]) + int(found[2]) == 40, found[0]
    return int(found[1])


def test_four_steps_drive_the_controls(serve, open_page):
    page = open_page(serve("--timeout", "3s", "--max-timeout", "3s"))
    page.click("#tour-start")

    def step(number, words):
        page.wait_for_function(
            "number => document.getElementById('tour-title').textContent.startsWith(`${number} of 4`) && !document.getElementById('tour-next').disabled",
            arg=number,
        )
        assert re.search(words, text(page, "tour-text")), text(page, "tour-text")

    step(1, r"CLOSED: calls go straight through\. \d+ calls cost \d+ requests")
    assert text(page, "state") == "CLOSED"
    assert text(page, "rate-out") == "20"
    page.click("#tour-next")
    step(2, rf"The circuit is now OPEN, since {FAILURES}\. \d+ calls got the fallback at once .* saved so far")
    page.click("#tour-next")
    step(3, r"2 probes were enough to know: the circuit is CLOSED again")
    page.click("#tour-next")
    step(4, r"40 environments asked in the same instant")
    assert probes(page) in (1, 2)
    until_state(page, "CLOSED")
    assert page.locator("#fleet li").count() >= 40
    page.click("#tour-next")
    assert page.locator("#tour").is_hidden()
    assert page.evaluate("document.activeElement.id") == "tour-start"


def test_more_probes_are_told_as_they_are(serve, open_page):
    page = open_page(serve("--timeout", "2s", "--max-timeout", "2s", "--probes", "3", "--success-threshold", "3"))
    page.click("#tour-start")
    for number in range(1, 4):
        page.wait_for_selector(f"#tour-title:text-matches('^{number} of 4')")
        page.wait_for_selector("#tour-next:enabled")
        page.click("#tour-next")
    until_text(page, "tour-text", "40 environments asked in the same instant")
    assert 3 <= probes(page) <= 5


def test_tour_can_be_left_at_any_time(serve, open_page):
    page = open_page(serve("--timeout", "2s"))
    page.click("#tour-start")
    until_text(page, "tour-title", "1 of 4")
    page.click("#tour-end")
    assert page.locator("#tour").is_hidden()
    page.click("#tour-start")
    until_text(page, "tour-text", "Twenty callers")
    assert text(page, "state") == "CLOSED"
