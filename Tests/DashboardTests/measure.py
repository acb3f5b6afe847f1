# SPDX-License-Identifier: Apache-2.0
"""What a page costs the browser."""

import json
from contextlib import contextmanager

RECORD = """() => {
  window.gaps = [];
  const start = performance.now();
  let last = start;
  const look = (now) => { window.gaps.push([now - start, now - last]); last = now; requestAnimationFrame(look); };
  requestAnimationFrame(look);
}"""


class Tasks:
    """What a page's main thread did, in milliseconds of the processor's time and on the clock.

    A page that stutters has long tasks. On a busy machine a task takes longer on the clock, but no more of the processor's time.
    """

    def __init__(self):
        self.events = []

    def read(self, trace):
        main = {(event["pid"], event["tid"]) for event in trace if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"}
        found = [event for event in trace if event["name"] == "RunTask" and "tdur" in event and (event["pid"], event["tid"]) in main]
        self.events = [(event["tdur"] / 1000, event["dur"] / 1000) for event in found]
        assert self.events, "the browser says nothing of its tasks"

    @property
    def longest(self):
        return max(self.events)[0]

    def __str__(self):
        on_clock = max(clock for _, clock in self.events)
        slowdown = sum(clock for _, clock in self.events) / sum(own for own, _ in self.events)
        return f"longest task {self.longest:.0f} ms of the processor's time ({on_clock:.0f} ms on the clock; this machine makes tasks {slowdown:.1f} times as long)"


@contextmanager
def traced(page):
    """The tasks of the page's main thread meanwhile, known when it ends."""
    tasks, browser = Tasks(), page.context.browser
    browser.start_tracing(page=page, categories=["disabled-by-default-devtools.timeline"])
    try:
        yield tasks
    finally:
        trace = json.loads(browser.stop_tracing())["traceEvents"]
    tasks.read(trace)


def heap(session):
    """Bytes of live objects."""
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"]


def nodes(session):
    """Nodes of documents that live, in the page or not."""
    session.send("HeapProfiler.collectGarbage")
    return session.send("Memory.getDOMCounters")["nodes"]
