# SPDX-License-Identifier: Apache-2.0
"""What a person sees and does on the page."""

# Why a circuit opened. How many failures it takes depends on how many of the successes before are known: they are reported by a sample.
FAILURES = r"\d+ failures within [\d.]+ s(, \d+ % of \d+ calls,)? reached the threshold of 3"


def text(page, name):
    return page.locator(f"#{name}").inner_text()


def until_state(page, state, seconds=60):
    page.wait_for_function("state => document.getElementById('state').textContent === state", arg=state, timeout=seconds * 1000)


def until_text(page, name, part, seconds=60):
    page.wait_for_function("([name, part]) => document.getElementById(name).textContent.includes(part)", arg=[name, part], timeout=seconds * 1000)


def when(page, is_so, *names):
    """The texts of these elements, all of one moment, as soon as a condition on them holds: later they may say something else."""
    words = ", ".join(name.split("-")[-1] for name in names)
    handle = page.wait_for_function(
        f"names => {{ const texts = names.map(name => document.getElementById(name).textContent); return (({words}) => {is_so})(...texts) && texts; }}",
        arg=list(names),
    )
    return handle.json_value()


def set_slider(page, name, value):
    page.locator(f"#{name}").fill(str(value))


def set_load(page, calls_per_second):
    set_slider(page, "rate", calls_per_second)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
