# SPDX-License-Identifier: Apache-2.0
"""What the commands show and ask on a terminal."""

import pytest
from tables import circuit
from terminal import Terminal


@pytest.fixture
def terminal(tables):
    terminals = []

    def start(*arguments):
        terminals.append(Terminal(tables, *arguments))
        return terminals[-1]

    yield start
    for one in terminals:
        one.kill()


@pytest.fixture
def table(tables):
    name = tables.create()
    tables.put(name, circuit("calm"), circuit("payments", "OPEN"))
    return name


def test_a_watch_redraws_its_table(tables, terminal, table):
    watch = terminal("watch", "--every", "100ms", "--table", table)
    watch.until("1 open, 0 half-open, 1 closed")
    assert "\x1b[H\x1b[2J" in watch.text
    assert "payments" in watch.text.rsplit("\x1b[2J", 1)[1]
    tables.put(table, circuit("calm", "OPEN"))
    watch.until("2 open, 0 half-open, 0 closed")
    watch.interrupt()
    watch.end()


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["reset", "payments"], ["reset to CLOSED: payments", "payments (OPEN)", "a dependency that fails"]),
        (["close", "payments", "--for", "15m", "--why", "x"], ["order FORCE-CLOSED for 15 min: payments", "a dependency that fails"]),
        (["disable", "calm", "payments", "--for", "15m", "--why", "x"], ["2 circuits", "calm (CLOSED)", "payments (OPEN)"]),
        (["open", "calm", "payments", "--for", "15m", "--why", "x"], ["2 circuits", "it changes more than one circuit"]),
    ],
)
@pytest.mark.parametrize("answer", ["", "n", "whatever", "y"])
def test_a_person_is_asked_first(tables, terminal, table, arguments, shown, answer):
    before = [tables.item(table, id) for id in ("calm", "payments")]
    command = terminal(*arguments, "--by", "ann", "--table", table)
    command.until("Do it? [y/N]")
    for words in shown:
        assert words in command.text
    assert [tables.item(table, id) for id in ("calm", "payments")] == before
    command.type(f"{answer}\n")
    assert command.end() == (0 if answer == "y" else 1)
    assert (tables.item(table, "payments") == before[1]) == (answer != "y")
    if answer != "y":
        command.until("not done; nothing was changed")


def test_of_one_circuit_that_is_well_nothing_is_asked(tables, terminal, table):
    command = terminal("open", "calm", "--for", "15m", "--why", "x", "--by", "ann", "--table", table)
    assert command.end() == 0
    command.until("calm: FORCE-OPEN for 15 min")
    assert "[y/N]" not in command.text
