# SPDX-License-Identifier: Apache-2.0
import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import press, set_load, until_state

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def check(page):
    result = Axe().run(page, options=RULES)
    found = [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes']]}" for rule in result.response["violations"]]
    assert found == []
    assert "color-contrast" in {rule["id"] for rule in result.response["passes"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_contrast_and_names_in_each_state(serve, open_page, scheme, width):
    server = serve("--timeout", "2s", "--max-timeout", "2s", "--success-probability", "1")
    page = open_page(server, color_scheme=scheme, viewport={"width": width, "height": 844}, reduced_motion="reduce")
    server.command("burst", {"calls": 6})
    set_load(page, 20)
    page.wait_for_selector("#fleet li")
    check(page)
    press(page, "dead")
    until_state(page, "OPEN")
    check(page)
    server.command("downstream", {"mode": "normal", "latencyMilliseconds": 2500})
    until_state(page, "HALF-OPEN")
    check(page)
    server.command("order", {"kind": "FORCE-OPEN", "why": "a look at the banner"})
    page.wait_for_selector("#order:not([hidden])")
    page.click("#tour-start")
    page.wait_for_selector("#tour:not([hidden])")
    check(page)


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_screen(serve, open_page, width):
    server = serve()
    page = open_page(server, viewport={"width": width, "height": 800})
    server.command("burst", {"calls": 300})
    server.command("order", {"kind": "FORCE-OPEN", "why": "x" * 200})
    page.wait_for_selector("#order:not([hidden])")
    page.wait_for_function("() => document.querySelectorAll('#fleet li').length === 200")
    assert page.locator("#fleet-more").inner_text() == "and 100 more that were used less recently"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check(page)


def test_all_controls_by_keyboard(serve, open_page):
    page = open_page(serve("--success-probability", "1"))
    wanted = [
        "theme", "tour-start", "[1 min]", "[5 min]", "timeline", "[up]", "[hangs]", "[dead]", "success", "latency", "rate", "burst-size",
        "burst", "kind", "seconds", "reason", "give", "reset",
    ]  # fmt: skip
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
              const element = document.activeElement, style = getComputedStyle(element);
              return [element.id || `[${element.textContent.trim()}]`, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
            }"""
        )
        assert here[1] or here[0] in ("[]", "[Skip to the controls]"), f"no ring around {here[0]}"
        seen.append(here[0])
        if "reset" in seen:
            break
    assert [name for name in seen if name in wanted] == wanted
    page.focus("#rate")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.getElementById('rate-out').textContent === '5'")
    page.focus('[data-mode="dead"]')
    page.keyboard.press("Enter")
    until_state(page, "OPEN")


def test_theme_is_chosen_and_kept(serve, open_page):
    page = open_page(serve(), color_scheme="light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    page.wait_for_function("() => document.body.dataset.link === 'live'")
    assert page.evaluate(ground) == dark


def test_still_where_motion_is_not_wanted(serve, open_page):
    page = open_page(serve("--success-probability", "1"), reduced_motion="reduce")
    set_load(page, 20)
    page.wait_for_function("() => document.getElementById('details').textContent.includes('succeeded')")
    assert page.evaluate("document.getAnimations().length") == 0
    painted = "document.getElementById('canvas').toDataURL()"
    before = page.evaluate(painted)
    page.wait_for_function(f"before => {painted} !== before", arg=before)
