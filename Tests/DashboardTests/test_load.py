# SPDX-License-Identifier: Apache-2.0
from measure import RECORD, heap, traced
from pages import set_load, text, until_text


def calls(server):
    return server.frame()["totals"]["calls"]


def test_500_calls_a_second_for_20_seconds(serve, open_page, record_property):
    server = serve("--success-probability", "0.9", "--failure-rate", "0.5", "--latency", "20ms")
    page = open_page(server)
    session = page.context.new_cdp_session(page)
    set_load(page, 500)
    until_text(page, "rate-out", "500")
    # The first seconds start the environments and fill the caches.
    page.wait_for_timeout(4000)
    before, memory = heap(session), server.memory()
    counted, shown = calls(server), int(text(page, "total-calls").replace(",", ""))
    page.evaluate(RECORD)
    with traced(page) as tasks:
        page.wait_for_timeout(20_000)
        gaps = [gap for _, gap in page.evaluate("window.gaps.slice(1)")]
        made = calls(server) - counted
    # What the page has not shown yet, it shows soon.
    page.wait_for_function("calls => Number(document.getElementById('total-calls').textContent.replaceAll(',', '')) >= calls", arg=shown + made)
    growth = heap(session) - before
    server_growth = (server.memory() - memory) if memory else 0
    late = server.frames(1)[1]["late"]
    print(
        f"\n{made} calls in 20 s; {len(gaps)} frames, the longest gap {max(gaps):.0f} ms; {tasks}; "
        f"the page's heap grew by {growth / 1e6:.1f} MB, the server by {server_growth / 1e6:.1f} MB; {late} frames late"
    )
    # A machine that is busy makes fewer calls in that time.
    assert made > 1000
    assert tasks.longest < 100, tasks
    assert growth < 8e6
    assert server_growth < 64e6
