# SPDX-License-Identifier: Apache-2.0
"""`breaker list` over many circuits: how long, with how many requests, in how much memory."""

import json
import subprocess
import sys
import time

from server import PROGRAM
from tables import Counting, circuit, environment

# A process starts with the most that the one had which made it: a small one in between.
SMALL = "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(status)"


def measured(arguments, variables):
    """What it wrote, the seconds that it took, and the most memory that it had, in bytes."""
    start = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", SMALL, PROGRAM, *arguments], env=environment(variables), capture_output=True, text=True)
    seconds = time.monotonic() - start
    *errors, memory = ended.stderr.splitlines()
    assert (ended.returncode, errors) == (0, []), errors
    return ended.stdout, seconds, int(memory) * (1 if sys.platform == "darwin" else 1024)


def test_10000_circuits(tables):
    table = tables.create()
    states = ["OPEN", "HALF-OPEN"] + ["CLOSED"] * 48
    tables.put(table, *[circuit(f"circuit-{number:05}", states[number % 50], history=number % 5) for number in range(10_000)])
    with Counting(tables) as counting:
        for arguments in ([], ["--state", "open"], ["--json"]):
            counting.asked.clear()
            text, seconds, memory = measured(["list", "--table", table, *arguments], counting.variables)
            print(
                f"\nlist {' '.join(arguments)}: {seconds:.1f} s, {dict(counting.asked)}, {memory / 1e6:.0f} MB, {len(text) / 1e6:.1f} MB written",
                end="",
            )
            # A request for each hundred circuits, and none for a single one.
            assert set(counting.asked) == {"Scan"}
            assert 100 <= counting.asked["Scan"] <= 101
            assert seconds < 120
            assert memory < 128e6
            if arguments == ["--json"]:
                assert len(json.loads(text)["circuits"]) == 10_000
            else:
                ids = [word for line in text.splitlines() for word in line.split() if word.startswith("circuit-")]
                assert len(ids) == len(set(ids)) == (200 if arguments else 10_000)
                assert ids[:2] == ["circuit-00000", "circuit-00050"]
    print()
