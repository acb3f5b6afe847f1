# SPDX-License-Identifier: Apache-2.0
"""`breaker watch`, as lines."""

import json
import signal
import subprocess
import tempfile

import pytest
from server import PROGRAM, until
from tables import circuit, environment


class Watch:
    def __init__(self, tables, *arguments):
        self.file = tempfile.TemporaryFile("w+")  # noqa: SIM115 (as long as the process)
        command = [PROGRAM, "watch", "--every", "100ms", *arguments]
        self.process = subprocess.Popen(command, stdout=self.file, stderr=self.file, env=environment(tables.variables))

    def lines(self):
        self.file.seek(0)
        return self.file.read().splitlines()

    def until(self, number):
        return until(lambda: len(self.lines()) >= number and self.lines(), f"{number} lines")


@pytest.fixture
def watch(tables):
    watches = []

    def start(*arguments):
        watches.append(Watch(tables, *arguments))
        return watches[-1]

    yield start
    for one in watches:
        one.process.kill()
        one.process.wait(60)


@pytest.fixture
def table(tables):
    name = tables.create()
    tables.put(name, circuit("calm"), circuit("payments", "OPEN"))
    return name


def words(line):
    return line.split("  ", 1)[1]


def test_each_change_is_a_line(tables, watch, table):
    named = watch("calm", "--table", table)
    whole = watch("--table", table)
    assert words(named.until(1)[0]) == "calm  is CLOSED"
    assert words(whole.until(1)[0]).startswith("payments  is OPEN: 7 failures within 10 s")
    assert tables.run("open", "calm", "--table", table, "--for", "15m", "--by", "ann", "--why", "a \x1b[31mtest").returncode == 0
    for watched in (named, whole):
        watched.until(2)
    assert tables.run("lift", "calm", "--table", table, "--by", "bob").returncode == 0
    for watched in (named, whole):
        lines = [words(line) for line in watched.until(3)]
        assert [line for line in lines if "FORCE-OPEN until" in line and line.endswith(", by ann: a \\u001b[31mtest")]
        assert "calm  order lifted by bob" in lines
    tables.client.delete_item(TableName=table, Key={"id": {"S": "calm"}})
    until(lambda: words(named.lines()[-1]) == "calm  has no record any more", "it is gone")


def test_json_is_an_object_to_a_line(tables, watch, table):
    watched = watch("calm", "--json", "--table", table)
    first = json.loads(watched.until(1)[0])
    assert first["event"] == "standing"
    assert first["circuit"]["state"] == "CLOSED"
    tables.run("observe", "calm", "--table", table, "--for", "15m", "--by", "ann", "--why", "x")
    second = json.loads(watched.until(2)[1])
    assert (second["id"], second["event"], second["order"]["by"]) == ("calm", "ordered", "ann")


def test_a_table_that_cannot_be_read_is_said_once_and_the_watch_goes_on(tables, watch, table):
    nothing = watch("--table", "no-such-table")
    assert nothing.process.wait(60) == 1
    assert len(nothing.lines()) == 1
    assert watch("nobody", "--table", table).process.wait(60) == 1
    watched = watch("calm", "--table", table)
    watched.until(1)
    tables.client.delete_table(TableName=table)
    until(lambda: "no table" in watched.lines()[-1], "it is said")
    # Which must not look between the two.
    watched.process.send_signal(signal.SIGSTOP)
    tables.create(table)
    tables.put(table, circuit("calm", "OPEN"))
    watched.process.send_signal(signal.SIGCONT)
    until(lambda: "CLOSED -> OPEN" in watched.lines()[-1], "it goes on")
    assert len([line for line in watched.lines() if "no table" in line]) == 1
