# SPDX-License-Identifier: Apache-2.0
import re

from pages import FAILURES, press, set_load, set_slider, text, until_state, until_text, when
from server import until

QUICK = ["--timeout", "1500ms", "--max-timeout", "1500ms", "--success-probability", "1"]


def test_says_what_it_is_before_any_call(serve, open_page):
    page = open_page(serve("--circuit", "payments"))
    assert text(page, "circuit-name") == "payments"
    assert text(page, "state") == "CLOSED"
    assert "opens at 3 failures within 60 s" in text(page, "next")
    assert page.locator(".states li").count() == 3
    assert page.locator("#empty").is_visible()
    for words in ["Calls go through", "No call goes through", "tests the service"]:
        assert words in page.locator(".states").inner_text()
    legend = page.locator(".legend").inner_text()
    for words in ["success", "failure", "rejected", "probe", "under way", "share that got the fallback"]:
        assert words in legend


def test_downstream_dies_and_comes_back(serve, open_page):
    server = serve("--timeout", "8s", "--success-probability", "1")
    page = open_page(server)
    set_load(page, 20)
    until_text(page, "details", "succeeded")
    press(page, "dead")
    _, why, next, countdown, announcement = when(page, "state === 'OPEN'", "state", "why", "next", "countdown", "announcement")
    assert re.fullmatch(FAILURES, why)
    assert next == "the first probe sets out in"
    assert re.fullmatch(r"[0-8]\.\d s", countdown)
    assert re.search(r"OPEN: \d+ failures within", announcement)
    assert float(when(page, f"countdown !== '{countdown}'", "countdown")[0].split()[0]) < float(countdown.split()[0])

    # Slow enough for each probe to be seen.
    set_slider(page, "latency", 1900)
    until(lambda: server.frame()["downstream"]["latencyMilliseconds"] == 1900, "the service is slow")
    press(page, "up")
    when(page, "state === 'HALF-OPEN' && next.includes('under way') && name === 'Probes that succeeded'", "state", "next", "gauge-name")
    until_state(page, "CLOSED")
    assert text(page, "why") == "2 probes succeeded"
    events = page.locator("#events li").all_inner_texts()
    assert any("probe of environment" in event and "succeeded" in event for event in events)
    assert page.locator('#events li[data-kind="probe"][data-good="true"]').count() == 2
    states = [event.split()[1] for event in reversed(events) if "–" in event]
    assert states == ["OPEN", "HALF-OPEN", "CLOSED"]
    saved = int(text(page, "total-saved").replace(",", ""))
    assert saved > 10


def test_probe_fails_and_the_wait_doubles(serve, open_page):
    page = open_page(serve("--timeout", "4s", "--max-timeout", "60s"))
    set_load(page, 20)
    press(page, "dead")
    until_state(page, "OPEN")
    _, next, countdown, gauge = when(page, "why === 'a probe failed'", "why", "next", "countdown", "gauge-text")
    assert next == "another probe sets out in"
    assert page.title() == "OPEN – unreliable-service"
    assert 0 < float(countdown.split()[0]) <= 8
    assert gauge.startswith("1: each makes the wait longer, up to 1 min")
    assert page.locator("#events").inner_text().count("failed after") >= 1
    page.wait_for_selector('#events li[data-kind="probe"][data-good="false"]')
    looks = page.evaluate(
        """() => ["true", "false"].map(good => {
          const item = document.createElement("li");
          Object.assign(item.dataset, { kind: "probe", good });
          document.getElementById("events").append(item);
          const { backgroundColor, borderTopColor } = getComputedStyle(item, "::before");
          item.remove();
          return [backgroundColor, borderTopColor];
        })"""
    )
    assert all(good != bad for good, bad in zip(*looks, strict=True))


def test_a_hang_is_no_silence(serve, open_page):
    page = open_page(serve("--success-probability", "1", "--timeout", "60s", "--function-timeout", "60s", "--call-timeout", "50s", "--lease", "60s"))
    press(page, "hangs")
    set_load(page, 20)
    page.wait_for_function("() => /no call ended, \\d+ under way/.test(document.getElementById('details').textContent)")
    assert page.locator(".legend .key-under-way").is_visible()


def test_a_fleet_that_idles_is_not_behind(serve, open_page):
    """Views that are old, as those of frozen environments are, hurt nobody."""
    server = serve("--success-probability", "1")
    page = open_page(server)
    server.command("burst", {"calls": 12})
    page.wait_for_function("""() => document.querySelectorAll('#fleet li[data-now="frozen"][data-age="old"]').length === 12""")
    assert page.locator('#fleet li[data-age="behind"]').count() == 0
    assert "behind" not in page.locator("#fleet").inner_text()


def test_window_against_the_threshold(serve, open_page):
    server = serve("--failure-threshold", "5", "--success-probability", "0")
    page = open_page(server)
    assert text(page, "gauge-text") == "0 of 5 in the last 60 s"
    server.command("burst", {"calls": 2})
    until_text(page, "gauge-text", "2 of 5 in the last 60 s")
    assert page.evaluate("[...document.querySelectorAll('#gauge i')].map(i => i.style.getPropertyValue('--filled'))") == ["1", "1", "0", "0", "0"]
    assert page.get_attribute("#gauge", "aria-label") == "Failures counted: 2 of 5 in the last 60 s"
    assert text(page, "why") == "2 failures counted, not enough to open"
    assert page.title() == "CLOSED – unreliable-service"


def test_share_of_failures_against_the_threshold(serve, open_page):
    server = serve("--failure-rate", "0.5", "--minimum-calls", "20", "--success-probability", "0")
    page = open_page(server)
    server.command("burst", {"calls": 4})
    until_text(page, "gauge-text", "100 % of 4 calls failed; opens at 50 %, from 20 calls")
    server.command("burst", {"calls": 40})
    until_text(page, "why", "calls failed, the threshold is 0.5")


def test_slow_calls_against_the_threshold(serve, open_page):
    slow = ["--slow-call-rate", "0.5", "--slow-call-duration", "100ms", "--slow-call-minimum-calls", "20", "--timeout", "60s"]
    server = serve(*slow, "--success-probability", "1", "--latency", "300ms")
    page = open_page(server)
    assert text(page, "slow-text") == "0 % of 0 calls took longer than 100 ms; opens at 50 %, from 20 calls"
    server.command("burst", {"calls": 4})
    until_text(page, "slow-text", "100 % of 4 calls took longer than 100 ms; opens at 50 %, from 20 calls")
    assert page.get_attribute("#slow", "aria-label") == f"Slow calls: {text(page, 'slow-text')}"
    assert page.evaluate("[...document.querySelectorAll('#slow i')].map(i => i.style.getPropertyValue('--filled'))") == ["1"]
    assert text(page, "why") == "4 slow calls counted, not enough to open"
    server.command("burst", {"calls": 40})
    until_text(page, "why", "calls were slow, the threshold is 0.5")
    assert text(page, "state") == "OPEN"
    assert page.locator("#slow-fact").is_hidden()
    assert text(page, "gauge-name") == "What was counted"


def test_without_a_policy_for_slow_calls_they_have_no_gauge(serve, open_page):
    page = open_page(serve())
    until_text(page, "gauge-text", "0 of 3")
    assert page.locator("#slow-fact").is_hidden()


def test_hanging_service_times_out_and_time_is_saved(serve, open_page):
    page = open_page(serve("--call-timeout", "400ms", "--timeout", "30s", "--success-probability", "1"))
    set_load(page, 20)
    press(page, "hangs")
    until_state(page, "OPEN")
    # No sooner than at the limit, and later by as much as this machine is busy.
    page.wait_for_function("() => Number(/now (\\d+) ms/.exec(document.getElementById('how-time').textContent)?.[1]) >= 400")
    server_says = page.evaluate("fetch('/_breaker/counts').then(response => response.json())")
    assert server_says["answers"]["timedOut"] >= 3
    page.wait_for_function("() => !['0 s', '0 ms'].includes(document.getElementById('total-time').textContent)")


def test_totals_are_the_servers_counts(serve, open_page):
    server = serve("--timeout", "2s", "--success-probability", "0.5")
    page = open_page(server)
    set_load(page, 100)
    until_state(page, "OPEN")
    page.wait_for_timeout(500)
    set_load(page, 0)
    page.wait_for_function("() => document.getElementById('rate-out').textContent === '0'")

    def shown():
        return [int(text(page, f"total-{name}").replace(",", "")) for name in ["calls", "saved", "store"]]

    def counted():
        counts = page.evaluate("fetch('/_breaker/counts').then(response => response.json())")
        # And one read when each environment is prepared: the store is asked by nobody else.
        return [sum(counts["answers"].values()), counts["answers"]["rejected"], counts["outcomes"]["storeRequests"]]

    until(lambda: shown() == counted(), "the page shows what the server counts")
    before = counted()
    page.wait_for_timeout(600)
    assert shown() == counted() == before


def test_timeline_tells_by_pointer_and_by_keyboard(serve, open_page):
    page = open_page(serve(*QUICK))
    set_load(page, 40)
    until_text(page, "details", "succeeded")
    press(page, "dead")
    until_state(page, "OPEN")
    page.wait_for_timeout(2500)
    box = page.locator("#timeline").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    until_text(page, "details", "got the fallback")
    page.mouse.move(5, 5)
    until_text(page, "details", "The last second")

    page.focus("#timeline")
    page.keyboard.press("ArrowLeft")
    first = page.get_attribute("#timeline", "aria-valuetext")
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute("#timeline", "aria-valuetext") != first
    assert ":" in text(page, "details").split(",")[0]
    page.keyboard.press("PageUp")
    until_text(page, "details", "–")
    page.keyboard.press("End")
    until_text(page, "details", "The last second")


def test_own_service_is_left_to_its_owner(serve, open_page):
    page = open_page(serve("--upstream-url", "http://127.0.0.1:9", "--timeout", "30s"))
    assert "your own service, at http://127.0.0.1:9" in text(page, "upstream")
    assert page.locator("#service-form").is_hidden()
    assert page.locator("#tour-start").is_disabled()
    set_load(page, 10)
    until_state(page, "OPEN")
    answer = page.evaluate(
        """() => fetch('/dashboard/downstream', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"mode":"dead"}'})
          .then(async response => [response.status, (await response.json()).error])"""
    )
    assert answer == [409, "the service is your own, at http://127.0.0.1:9: make it better or worse there"]


def test_each_environment_and_what_it_believes(serve, open_page):
    server = serve("--idle-recycle", "12s", "--success-probability", "1", "--latency", "200ms", "--timeout", "30s")
    page = open_page(server)
    page.fill("#burst-size", "12")
    page.click("#burst")
    until_text(page, "said", "12 calls in 12 environments: 12 succeeded")
    page.wait_for_function("""() => document.querySelectorAll('#fleet li[data-belief="CLOSED"]').length === 12""")
    press(page, "dead")
    set_load(page, 5)
    until_state(page, "OPEN")
    page.wait_for_selector('#fleet li[data-belief="OPEN"]')
    # Frozen since before the outage: they know nothing of it.
    page.wait_for_selector('#fleet li[data-belief="CLOSED"][data-now="frozen"][data-age="old"]:has-text("old, before the change")')
    page.wait_for_selector('#fleet li[data-now="recycled"]')
    assert "recycled" in text(page, "fleet-summary")
