# SPDX-License-Identifier: Apache-2.0
import pytest
from browser import launch
from playwright.sync_api import sync_playwright
from server import Server
from tables import Tables, TablesServer


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def serve():
    servers = []

    def start(*arguments, port=0):
        server = Server(*arguments, port=port)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture(scope="session")
def tables():
    tables = Tables()
    yield tables
    tables.stop()


@pytest.fixture
def serve_tables(tables):
    servers = []

    def start(*arguments, **options):
        server = TablesServer(tables, *arguments, **options)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def open_page(browser):
    contexts, mistakes = [], []

    def open(server, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda message: mistakes.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(server.dashboard)
        page.wait_for_function("() => document.body.dataset.link === 'live'")
        return page

    yield open
    for context in contexts:
        context.close()
    assert mistakes == []
