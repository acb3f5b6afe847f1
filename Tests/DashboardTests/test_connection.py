# SPDX-License-Identifier: Apache-2.0
import re
import signal

from pages import FAILURES, set_load, text, until_state, until_text


def test_reload_in_the_middle_shows_the_same_story(serve, open_page):
    page = open_page(serve("--success-probability", "0", "--timeout", "60s"))
    set_load(page, 20)
    until_state(page, "OPEN")
    page.wait_for_timeout(1000)
    before = int(text(page, "total-calls").replace(",", ""))
    page.reload()
    until_state(page, "OPEN")
    assert re.fullmatch(FAILURES, text(page, "why"))
    until_text(page, "events", "OPEN –")
    assert page.locator("#countdown").is_visible()
    assert text(page, "rate-out") == "20"
    assert int(text(page, "total-calls").replace(",", "")) >= before
    page.focus("#timeline")
    page.keyboard.press("PageUp")
    # The three may lie in two slices.
    until_text(page, "details", " failed")


def test_server_restarted_under_the_page(serve, open_page):
    server = serve("--success-probability", "0", "--timeout", "60s")
    page = open_page(server)
    set_load(page, 20)
    until_state(page, "OPEN")
    server.kill()
    page.wait_for_selector("#banner:not([hidden])")
    assert "The server does not answer" in text(page, "banner")
    serve("--success-probability", "1", port=server.port)
    page.wait_for_selector("#banner", state="hidden")
    until_state(page, "CLOSED")
    assert text(page, "total-calls") == "0"
    assert page.locator("#events li").count() == 0
    assert page.locator("#fleet li").count() == 0
    set_load(page, 20)
    until_text(page, "details", "succeeded")


def test_server_stands_still_and_goes_on(serve, open_page):
    server = serve("--success-probability", "1")
    page = open_page(server)
    set_load(page, 20)
    until_text(page, "details", "succeeded")
    server.process.send_signal(signal.SIGSTOP)
    try:
        page.wait_for_selector("#banner:not([hidden])")
    finally:
        server.process.send_signal(signal.SIGCONT)
    page.wait_for_selector("#banner", state="hidden")
    until_text(page, "details", "20 succeeded")


def test_stream_goes_on_where_it_was(serve):
    server = serve("--success-probability", "1")
    server.command("burst", {"calls": 10})
    whole = server.frames(3)
    assert whole[1]["whole"]
    assert sum(part[1] for frame in whole[1:] for part in frame["slices"]) == 10
    cursor = f"{whole[0]['instance']}:{whole[-1]['upTo']}:0"
    rest = server.frames(1, after=cursor)[1]
    assert not rest["whole"]
    assert rest["slices"] == []
    for foreign in ["somebody:1:1", "rubbish", f"{whole[0]['instance']}:99999999999999:0", f"{whole[0]['instance']}:-1:-1"]:
        assert server.frames(1, after=foreign)[1]["whole"]


def test_stops_while_a_page_is_open(serve, open_page):
    server = serve()
    page = open_page(server)
    set_load(page, 50)
    until_state(page, "OPEN")
    assert server.stop() == 0


def test_tour_ends_when_the_server_restarts(serve, open_page):
    server = serve("--timeout", "1s")
    page = open_page(server)
    page.click("#tour-start")
    until_text(page, "tour-text", "Twenty callers")
    server.kill()
    serve(port=server.port)
    page.wait_for_selector("#tour", state="hidden")
    until_text(page, "said", "the tour has ended")
    assert page.locator("#tour-start").is_enabled()
