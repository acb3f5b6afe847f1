# SPDX-License-Identifier: Apache-2.0
"""The Grafana board: each of its queries in a real Prometheus that scrapes the extension, and a page with the names of the package trait."""

import json
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
from sidecar import ROOT, free_port, until

sys.path.insert(0, str(ROOT / "Examples/Python"))
from circuit_breaker import Circuit, CircuitOpen

BOARD = json.loads((ROOT / "infrastructure/grafana/circuit-breaker.json").read_text())
ARTICLE = (ROOT / "Sources/CircuitBreaker/Documentation.docc/Metrics.md").read_text()
UNPACKED = ROOT / ".venv/prometheus/usr/bin/prometheus"
PROMETHEUS = str(UNPACKED) if UNPACKED.exists() else shutil.which("prometheus")
needs_prometheus = pytest.mark.skipif(PROMETHEUS is None, reason="there is no prometheus; scripts/get-prometheus finds one on Debian")

# The labels of the trait's metrics, and a value of those whose values the article does not list.
KEYS = {"outcome", "from", "to", "scope", "change", "verb", "code"}
LABELS = {"from": "CLOSED", "to": "OPEN", "verb": "read", "code": "timedOut"}
WINDOW = "60s"
NAME = re.compile(r"circuit_breaker_[a-z_]+")


def traits_metrics():
    """Names, kinds and label sets of the trait's metrics, by the article's table."""
    table = ARTICLE.split("## With swift-distributed-tracing")[0]
    for row in re.findall(r"^\| `.*$", table, re.MULTILINE):
        name, kind, dimensions = (cell.strip() for cell in row.strip("|").split("|")[:3])
        choices = {}
        for word in re.findall(r"`([\w-]+)`", dimensions):
            # One verb of the store is named as a label is.
            if word in KEYS and not (word == "change" and choices):
                choices[word] = []
            else:
                choices[list(choices)[-1]].append(word)
        sets = [{"circuit": "orders"}]
        for key, values in choices.items():
            sets = [{**labels, key: value} for labels in sets for value in values or [LABELS[key]]]
        yield name.strip("`"), kind, sets


def exposition(step):
    """What swift-prometheus makes of them: counters under their own names, timers as histograms in seconds."""
    lines = []
    for name, kind, sets in traits_metrics():
        lines.append(f"# TYPE {name} {'histogram' if kind == 'timer' else kind}")
        for labels in sets:
            shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
            if kind == "timer":
                lines += [f'{name}_bucket{{{shown},le="{bound}"}} {step}' for bound in ("0.1", "0.5", "+Inf")]
                lines += [f"{name}_sum{{{shown}}} {step * 0.05}", f"{name}_count{{{shown}}} {step}"]
            else:
                lines.append(f"{name}{{{shown}}} {1 if kind == 'gauge' else step}")
    return "\n".join(lines) + "\n"


@contextmanager
def traits_page():
    start = time.monotonic()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = exposition(int(10 * (time.monotonic() - start))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


class Prometheus:
    def __init__(self, folder, targets):
        self.url = f"http://127.0.0.1:{free_port()}"
        jobs = [{"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]} for name, port in targets.items()]
        # YAML takes JSON.
        (folder / "prometheus.yml").write_text(
            json.dumps({"global": {"scrape_interval": "500ms", "scrape_timeout": "500ms"}, "scrape_configs": jobs})
        )
        self.log = (folder / "prometheus.log").open("w")
        command = [PROMETHEUS, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
        command.append(f"--web.listen-address={self.url.removeprefix('http://')}")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd=folder)

    def get(self, path, **query):
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{urlencode(query)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def ask(self, expression):
        return [(sample["metric"], float(sample["value"][1])) for sample in self.get("query", query=expression)["result"]]

    def is_up(self):
        assert self.process.poll() is None
        try:
            return all(value == 1 for _, value in self.ask("up")) and len(self.ask("up")) == 2
        except OSError:
            return False

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


def queries():
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for annotation in BOARD["annotations"]["list"]:
        yield "annotation: " + annotation["name"], annotation["expr"]


def filled(expression):
    return expression.replace("$__rate_interval", WINDOW).replace("$circuit", ".*")


@pytest.fixture(scope="module")
def prometheus(aws, tmp_path_factory):
    """One that has seen a circuit open and calls rejected."""
    from sidecar import Sidecar  # noqa: PLC0415

    settings = {"CIRCUITBREAKER_FAILURE_THRESHOLD": "3", "CIRCUITBREAKER_FAILURE_SHARE": "0"}
    # OPEN for as long as any test may look.
    settings |= dict.fromkeys(("CIRCUITBREAKER_TIMEOUT_MS", "CIRCUITBREAKER_MAX_TIMEOUT_MS"), "3600000") | {"CIRCUITBREAKER_JITTER": "0"}
    sidecar = Sidecar({**aws.variables(aws.table()), **settings})
    with traits_page() as port:
        server = Prometheus(tmp_path_factory.mktemp("prometheus"), {"extension": sidecar.port, "server": port})
        try:
            circuit = Circuit("payments", sidecar.port)
            # There before the counts grow, so that they grow within what is scraped.
            with circuit.call():
                pass
            until(server.is_up, "Prometheus scrapes both")
            until(lambda: server.ask('circuit_breaker_calls_total{circuit="payments",outcome="success"} == 1'), "the first call is scraped")
            for _ in range(3):
                with pytest.raises(ZeroDivisionError), circuit.call():
                    _ = 1 / 0
            for _ in range(5):
                with pytest.raises(CircuitOpen), circuit.call():
                    pass
            until(lambda: server.ask('circuit_breaker_calls_total{circuit="payments",outcome="rejected"} == 5'), "the last call is scraped")
            # A rate is made of two samples at least.
            for name in ("orders", "payments"):
                seen = f'count_over_time(circuit_breaker_state{{circuit="{name}"}}[{WINDOW}]) >= 4'
                until(lambda seen=seen: server.ask(seen), f"{name} was scraped several times")
            yield server
        finally:
            server.close()
            sidecar.close()


def test_every_name_is_one_that_is_published(serve):
    sidecar = serve()
    sidecar.ask("GET", "/circuit/c")
    with urllib.request.urlopen(sidecar.url + "/metrics", timeout=30) as answer:
        names = set(re.findall(r"^# TYPE (\w+)", answer.read().decode(), re.MULTILINE))
    traits = {name: kind for name, kind, _ in traits_metrics()}
    assert len(traits) == 11
    published = (
        names | {name for name, kind in traits.items() if kind != "timer"} | {f"{name}_bucket" for name, kind in traits.items() if kind == "timer"}
    )
    used = {name + ("_total" if name + "_total" in published else "") for _, expression in queries() for name in NAME.findall(expression)}
    assert used <= published
    # And what the extension publishes is on the board.
    assert names <= used


def test_the_form_is_one_that_grafana_takes():
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    known = {variable["name"] for variable in BOARD["templating"]["list"]} | {"__rate_interval"}
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        assert {panel["datasource"]["uid"], *(target["datasource"]["uid"] for target in panel["targets"])} == {"${datasource}"}
    for _, expression in queries():
        assert set(re.findall(r"\$(\w+)", expression)) <= known


@needs_prometheus
def test_every_query_has_an_answer_from_each_source_that_it_is_for(prometheus):
    for title, expression in queries():
        answer = prometheus.ask(filled(expression))
        assert answer, (title, expression)
        circuits = {labels["circuit"] for labels, _ in answer if "circuit" in labels}
        if not circuits:
            continue
        expected = {"payments"} if title.endswith("(extension)") else {"orders"} if title.endswith("(servers)") else {"payments", "orders"}
        assert circuits == expected, (title, expression, answer)


@needs_prometheus
def test_the_values_are_those_of_the_calls_that_were_made(prometheus):
    expressions = dict(queries())
    states = {labels["circuit"]: value for labels, value in prometheus.ask(filled(expressions["State"]))}
    assert states == {"payments": 2, "orders": 1}
    assert prometheus.ask(filled(expressions["Circuits that are not CLOSED"]))[0][1] == 2
    counted = prometheus.ask('circuit_breaker_calls_total{circuit="payments"}')
    assert {labels["outcome"]: value for labels, value in counted} == {"success": 1, "failure": 3, "cancelled": 0, "rejected": 5}
    assert prometheus.ask('circuit_breaker_state_changes_total{circuit="payments"}')[0][1] == 1


@needs_prometheus
def test_the_variable_finds_the_circuits(prometheus):
    (variable,) = (variable for variable in BOARD["templating"]["list"] if variable["name"] == "circuit")
    metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"]).groups()
    found = prometheus.get(f"label/{label}/values", **{"match[]": metric})
    assert found == ["orders", "payments"]
