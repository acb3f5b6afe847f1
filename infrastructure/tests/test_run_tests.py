# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What `make test` says at its end, and the status that it ends with."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
NO_XCTEST = "\t Executed 0 tests, with 0 failures (0 unexpected) in 0.0 (0.0) seconds\n"
GOOD = NO_XCTEST + "✔ Test a() passed after 0.001 seconds.\n✔ Test run with 12 tests in 2 suites passed after 1.002 seconds.\n"
BAD = """\
➜ Suite T skipped: "why"
➜ Test a() skipped: "no"
➜ Test "a name" skipped
✘ Test b(x:) recorded an issue with 1 argument x → 2 at a.swift:3:44: Expectation failed: (x → 2) != 2
━ Test d() passed after 0.001 seconds with 1 known issue.
✘ Test case passing 1 argument x → 2 to b(x:) failed after 0.001 seconds with 1 issue.
✘ Test b(x:) with 3 test cases failed after 0.001 seconds with 1 issue.
✘ Test "what failed after all" failed after 0.001 seconds with 2 issues.
✘ Suite S failed after 0.002 seconds with 1 issue.
✘ Test run with 7 tests in 2 suites failed after 0.002 seconds with 3 issues (including 1 known issue).
"""
XCTEST = """\
\t Executed 2 tests, with 1 failure (0 unexpected) in 0.0 (0.0) seconds
\t Executed 3 tests, with 1 test skipped and 1 failure (0 unexpected) in 0.0 (0.0) seconds
✔ Test run with 12 tests in 2 suites passed after 1.002 seconds.
"""


def run(folder: Path, **parts: tuple[int, str]) -> tuple[int, list[str]]:
    """With a stand-in for make, which prints a part's text and ends with its status."""
    make = folder / "make"
    make.write_text(f'#!/bin/sh\ncat "{folder}/$2"\nexit "$(cat "{folder}/$2.status")"\n')
    make.chmod(0o755)
    for name, (status, text) in parts.items():
        (folder / name).write_text(text)
        (folder / f"{name}.status").write_text(str(status))
    command = [REPOSITORY / "scripts/run-tests", make, *(f"{name}=kind of {name}" for name in parts)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.stderr == ""
    return result.returncode, result.stdout.splitlines()


def row(lines: list[str], name: str) -> list[str]:
    (found,) = [line for line in lines if line.startswith(f"{name} ")]
    return found.replace(f"kind of {name}", "").split()[1:4]


def test_all_well(tmp_path: Path) -> None:
    status, lines = run(tmp_path, swift=(0, GOOD), python=(0, "\x1b[32m======== 25 passed, 1 deselected in 103.83s (0:01:43) ========\x1b[0m\n"))
    assert (status, lines[-1]) == (0, "37 passed, 0 failed")
    assert (row(lines, "swift"), row(lines, "python"), row(lines, "all")) == (["12", "0", "0"], ["25", "0", "0"], ["37", "0", "0"])
    assert set(GOOD.splitlines()) <= set(lines)


def test_failures_of_each_kind_are_counted_and_keep_nothing_from_running(tmp_path: Path) -> None:
    pytest_text = "FAILED tests/test_a.py::test_a - assert 1 failed in 3s\n1 failed, 2 passed, 1 skipped, 3 deselected, 2 errors in 1.02s\n"
    status, lines = run(tmp_path, swift=(1, BAD), python=(1, pytest_text), twice=(0, GOOD + GOOD), old=(1, XCTEST))
    assert row(lines, "swift") == ["7", "2", "2"]
    assert row(lines, "python") == ["6", "3", "1"]
    assert row(lines, "twice") == ["24", "0", "0"]
    assert row(lines, "old") == ["15", "1", "1"]
    assert (status, lines[-1]) == (1, f"{3 + 2 + 24 + 13} passed, 6 failed")


@pytest.mark.parametrize("part", [(2, "error: it does not compile\n"), (0, ""), (2, GOOD), (0, "no tests ran in 0.01s\n")])
def test_what_failed_without_a_failed_test_or_ran_none_is_no_success(tmp_path: Path, part: tuple[int, str]) -> None:
    status, lines = run(tmp_path, swift=part, python=(0, "2 passed in 1.00s\n"))
    assert (status, lines[-1].partition(", ")[2]) == (1, "1 failed")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_part_and_tells_what_there_was(tmp_path: Path, number: signal.Signals, status: int) -> None:
    make, child = tmp_path / "make", tmp_path / "child"
    make.write_text(f'#!/bin/sh\n[ "$2" = first ] || {{ sleep 600 & echo $! > "{child}"; }}\necho "2 passed in 1.00s"\nwait\n')
    make.chmod(0o755)
    command = [REPOSITORY / "scripts/run-tests", make, "first=a", "second=b", "third=c"]
    # A process inherits that a signal is ignored, as it is for what a shell runs in the background.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, inherited)
    text = ""
    deadline = time.monotonic() + 30
    while text.count("2 passed") < 2 and time.monotonic() < deadline:
        text += process.stdout.readline()
    process.send_signal(number)
    rest = process.communicate(timeout=30)[0].splitlines()
    assert process.returncode == status
    assert rest[-1] == "4 passed, 0 failed"
    assert not [line for line in rest if line.startswith("third")]
    state = subprocess.run(["ps", "-o", "stat=", "-p", child.read_text().strip()], capture_output=True, text=True, check=False).stdout
    assert state.strip()[:1] in ("", "Z")


def test_a_part_that_stands_still_is_ended_and_the_next_one_runs(tmp_path: Path) -> None:
    make = tmp_path / "make"
    # Its child holds the output open, as a test program does.
    make.write_text('#!/bin/sh\n[ "$2" = second ] || { echo "◇ Test hangs() started."; sleep 600; }\necho "2 passed in 1.00s"\n')
    make.chmod(0o755)
    command = [REPOSITORY / "scripts/run-tests", "--silence", "3", make, "first=a", "second=b"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    lines = result.stdout.splitlines()
    assert "◇ Test hangs() started." in lines
    assert "failed: first printed nothing for 3 seconds and is ended; see above for what it began last" in lines
    assert (result.returncode, lines[-1]) == (1, "2 passed, 1 failed")
