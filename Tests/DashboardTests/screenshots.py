# SPDX-License-Identifier: Apache-2.0
"""Makes the documentation's pictures: the dashboard's, each state in light, in dark, and on a phone; charts of the simulator's report; the circuits of tables."""

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from browser import launch
from pages import until_state
from PIL import Image
from playwright.sync_api import sync_playwright
from server import PROGRAM, ROOT, Server
from tables import Tables, TablesServer, circuit

FOLDER = ROOT / "Sources/CircuitBreaker/Documentation.docc/Resources"
DESK = {"width": 1280, "height": 960}
PHONE = {"width": 390, "height": 844}
LOOKS = {
    "": {"viewport": DESK, "color_scheme": "light"},
    "~dark": {"viewport": DESK, "color_scheme": "dark"},
    "-phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2},
    "-phone~dark": {"viewport": PHONE, "color_scheme": "dark", "device_scale_factor": 2},
}


def keep(page, name):
    store(page.screenshot(), name)


def store(png, name):
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(160, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, make in {"dashboard": dashboard, "report": report, "tables": tables}.items():
        if sys.argv[1:] in ([], [name]):
            make()


def report():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        for preset, titles in {"outage": ["Calls by outcome"], "stampede": ["Load on the downstream"]}.items():
            file = Path(folder) / f"{preset}.html"
            subprocess.run([PROGRAM, "simulate", preset, "--html", file], check=True, stdout=subprocess.DEVNULL)
            for look, scheme in {"": "light", "~dark": "dark"}.items():
                page = browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme=scheme).new_page()
                page.goto(file.as_uri())
                for title in titles:
                    section = page.locator("section").filter(has=page.get_by_role("heading", name=title, exact=True))
                    store(section.screenshot(), f"report-{preset}-{title.split()[0].lower()}{look}")
        browser.close()


def dashboard():
    server = Server("--success-probability", "1", "--timeout", "12s", "--circuit", "payments")
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            pages = {}
            for look, options in LOOKS.items():
                pages[look] = browser.new_context(**options).new_page()
                pages[look].goto(server.dashboard)
            photograph(server, pages)
            browser.close()
    finally:
        server.kill()


def tables():
    tables, server = Tables(), None
    try:
        table = tables.create("circuits")
        states, names = ["OPEN", "HALF-OPEN"] + ["CLOSED"] * 40, ["payments", "search", "mail", "stock", "quotes"]
        tables.put(
            table,
            *[circuit(f"{names[n % 5]}-{n:03}", states[n % 42], minutes=3 + n * 7, history=n % 7) for n in range(300)],
            circuit("checkout", "OPEN", minutes=2, history=9),
        )
        for verb, id, why in [("open", "mail-042", "the provider asked us to stop"), ("observe", "quotes-084", "looking for a threshold")]:
            tables.run(verb, id, "--table", table, "--for", "2h", "--by", "ann", "--why", why, "--yes")
        server = TablesServer(tables, "--table", table, "--allow-orders", "--by", "ann")
        server.command("order", {"table": 0, "id": "checkout", "kind": "FORCE-OPEN", "seconds": 900, "why": "maintenance until noon"})
        with sync_playwright() as playwright:
            browser = launch(playwright)
            for look, options in LOOKS.items():
                page = browser.new_context(**options).new_page()
                page.goto(server.dashboard)
                page.wait_for_function("() => / closed/.test(document.getElementById('summary').textContent)")
                page.wait_for_timeout(1500)
                keep(page, f"circuits-list{look}")
                if "phone" in look:
                    continue
                page.goto(f"{server.dashboard}#0/checkout")
                page.wait_for_selector("#history li")
                page.wait_for_timeout(500)
                keep(page, f"circuits-detail{look}")
            browser.close()
    finally:
        if server:
            server.kill()
        tables.stop()


def photograph(server, pages):
    desk = pages[""]

    def service(**behavior):
        server.command("downstream", behavior)

    def all_of(name):
        for look, page in pages.items():
            assert page.inner_text("#state") == name.upper(), f"{name} was over too soon"
            page.evaluate("scrollTo(0, 0)")
            keep(page, f"dashboard-{name}{look}")

    service(latencyMilliseconds=60)
    server.command("burst", {"calls": 11})
    server.command("load", {"callsPerSecond": 40})
    time.sleep(8)
    service(successPercent=0, latencyMilliseconds=400)
    until_state(desk, "OPEN")
    service(successPercent=100)
    until_state(desk, "HALF-OPEN")
    until_state(desk, "CLOSED")
    service(latencyMilliseconds=60)
    time.sleep(12)
    all_of("closed")

    service(successPercent=0, latencyMilliseconds=400)
    until_state(desk, "OPEN")
    time.sleep(1.5)
    all_of("open")

    service(successPercent=100, latencyMilliseconds=8000)
    until_state(desk, "HALF-OPEN")
    time.sleep(1.2)
    all_of("half-open")
    service(latencyMilliseconds=60)
    until_state(desk, "CLOSED")

    server.command("order", {"kind": "FORCE-OPEN", "seconds": 90, "why": "the service is being moved"})
    time.sleep(3)
    keep(desk, "dashboard-order")
    server.command("lift")

    desk.click("#tour-start")
    for number in range(1, 5):
        desk.wait_for_selector(f"#tour-title:text-matches('^{number} of 4')")
        desk.wait_for_selector("#tour-next:enabled", timeout=60_000)
        if number < 4:
            desk.click("#tour-next")
    keep(desk, "dashboard-tour")


if __name__ == "__main__":
    main()
