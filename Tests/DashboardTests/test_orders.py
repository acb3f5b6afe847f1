# SPDX-License-Identifier: Apache-2.0
from pages import press, set_load, text, until_state, until_text


def test_force_open_with_an_end_ends_by_itself(serve, open_page):
    page = open_page(serve("--success-probability", "1"))
    set_load(page, 20)
    page.fill("#seconds", "3")
    page.fill("#reason", "maintenance")
    press(page, "Give the order")
    until_state(page, "OPEN")
    assert text(page, "why") == "ordered by dashboard: maintenance"
    assert "FORCE-OPEN, ends in " in text(page, "order")
    assert "Without it the circuit would be CLOSED" in text(page, "order")
    assert text(page, "next") == "every call is rejected until the order ends or is lifted"
    until_text(page, "details", "held back by an order")
    until_state(page, "CLOSED")
    assert page.locator("#order").is_hidden()
    until_text(page, "details", "20 succeeded")
    # Nobody was dead: an order saves nothing.
    assert text(page, "total-saved") == "0"


def test_an_order_without_an_end_is_lifted(serve, open_page):
    page = open_page(serve())
    page.fill("#seconds", "")
    press(page, "Give the order")
    until_state(page, "OPEN")
    assert "until it is lifted" in text(page, "order")
    press(page, "Lift it")
    until_state(page, "CLOSED")
    until_text(page, "events", "order lifted")


def test_observe_rejects_nothing(serve, open_page):
    page = open_page(serve("--success-probability", "0", "--timeout", "30s"))
    page.select_option("#kind", "OBSERVE")
    press(page, "Give the order")
    until_text(page, "order", "OBSERVE")
    set_load(page, 20)
    until_text(page, "meaning", "It would reject calls")
    page.wait_for_timeout(700)
    assert text(page, "total-saved") == "0"


def test_forced_closed_on_a_dead_service_says_so(serve, open_page):
    page = open_page(serve("--success-probability", "0", "--timeout", "60s"))
    set_load(page, 20)
    until_state(page, "OPEN")
    page.select_option("#kind", "FORCE-CLOSED")
    press(page, "Give the order")
    until_state(page, "CLOSED")
    assert "Without it the circuit would be OPEN" in text(page, "order")
    assert text(page, "next") == "every call passes, whatever fails, until the order ends or is lifted"
    assert page.locator("#countdown").is_hidden()
    # No green headline while calls may fail.
    colors = (
        "[getComputedStyle(document.getElementById('state')).color, getComputedStyle(document.querySelector('.states li[aria-current] h3')).color]"
    )
    page.wait_for_function(f"() => {{ const [state, closed] = {colors}; return state !== closed; }}")


def test_reset_closes(serve, open_page):
    page = open_page(serve("--success-probability", "0", "--timeout", "60s"))
    set_load(page, 20)
    until_state(page, "OPEN")
    press(page, "up")
    set_load(page, 0)
    page.fill("#reason", "it is well")
    page.wait_for_function("() => document.getElementById('rate-out').textContent === '0'")
    press(page, "Reset the circuit")
    until_state(page, "CLOSED")
    assert text(page, "why") == "ordered by dashboard: it is well"


def test_a_bad_order_says_what_is_wrong(serve, open_page):
    page = open_page(serve())
    page.evaluate("document.getElementById('seconds').value = '90000'")
    page.evaluate("document.getElementById('order-form').noValidate = true")
    press(page, "Give the order")
    until_text(page, "said", "seconds is 90000, but must be a whole number from 1 to 86400")
    assert text(page, "state") == "CLOSED"


def test_on_a_phone_the_orders_come_right_after_the_state(serve, open_page):
    page = open_page(serve(), viewport={"width": 390, "height": 844})
    headings = "[...document.querySelectorAll('.columns h2')].map(heading => heading.textContent)"
    assert page.evaluate(headings)[:3] == ["The circuit", "Orders", "The story"]
    top = {name: page.locator(f"#{name}").bounding_box()["y"] for name in ["state", "orders", "timeline"]}
    assert top["state"] < top["orders"] < top["timeline"]
    page.fill("#reason", "turned")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function(f"() => {headings}.slice(-2).join() === 'Orders,Settings in force'")
    assert page.input_value("#reason") == "turned"
