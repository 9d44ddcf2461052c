"""Readers, writers, checkouts, hooks, a watcher and killed rebuilds at the same time.

The rule of the reference: an answer has everything that was done before its question began. What
else may happen is counted: a folder that a checkout takes away while it is listed fails the
question (status 1, with the path), a record that is just being written is absent or a problem
(status 4), and an answer is given from memory while another process holds the lock.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import Workspace

from campaign import git_setup, write_ledger

PROCESSES = {
    "ask": 2,
    "ask-program": 1,
    "ask-blindly": 1,
    "kill": 1,
    "check-out": 1,
    "add": 1,
    **{holder: 1 for holder in write_ledger.WRITERS if holder != "ADDED"},
}
"""The number of processes per role in a work tree."""
WRITING = ("check-out", "add", *write_ledger.WRITERS)
FLOORS = {"ask": 4, "ask-program": 2, "kill": 4, "check-out": 2, "add": 2, "T000": 6}
"""The least numbers in 5 s, also on a busy machine."""
SLOWEST = 30.0
"""The most seconds for one answer while all processes run."""


def start_all(folder: Path, seconds: float) -> list[tuple[str, subprocess.Popen[str]]]:
    """Start all processes with their roles; the time starts when all run."""
    roles = [
        (tree, role)
        for tree in write_ledger.TREES
        for role in PROCESSES
        for _ in range(PROCESSES[role])
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "campaign.stress_processes", role, folder, tree, str(number)],
            env=write_ledger.ENVIRON,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, (tree, role) in enumerate(roles)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    end = time.time() + seconds
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{end}\n")
        process.stdin.flush()
    return [(role, process) for (_, role), process in zip(roles, processes, strict=True)]


def watcher(root: Path) -> subprocess.Popen[bytes]:
    with (root.parent / "watcher").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "yoi_relations", "watch", "--json"],
            cwd=root,
            env=write_ledger.ENVIRON,
            stdout=subprocess.DEVNULL,
            stderr=output,
        )


def run_stress(folder: Path, seconds: float) -> dict[str, list[dict[str, Any]]]:
    """What the processes did, by role."""
    git_setup.set_up(folder, commits=40 + int(20 * seconds))
    for tree in write_ledger.TREES:
        for chore in (("hooks", "install"), ("rebuild",)):
            assert Workspace(folder / tree).process(*chore).code == 0
    watch = watcher(folder / write_ledger.TREES[0])
    done: dict[str, list[dict[str, Any]]] = {}
    try:
        for role, process in start_all(folder, seconds):
            out, _ = process.communicate(timeout=seconds + 120)
            assert process.returncode == 0, role
            done.setdefault(role, []).append(json.loads(out))
        assert watch.poll() is None
    finally:
        watch.terminate()
    assert watch.wait(SLOWEST) == -signal.SIGTERM
    assert "Traceback" not in (folder / "watcher").read_text()
    return done


def total(done: dict[str, list[dict[str, Any]]], *roles: str) -> int:
    return sum(one["count"] for role in roles for one in done.get(role, []))


def summary(done: dict[str, list[dict[str, Any]]]) -> str:
    """The figures of a run in one line."""
    asking = [one for role in ("ask", "ask-program") for one in done[role]]
    counts: Counter[str] = Counter()
    for one in asking:
        counts.update(failed=one["failed"], from_memory=one["from_memory"], stale=len(one["wrong"]))
    parts = {
        "queries": total(done, "ask", "ask-program"),
        "writes": total(done, *WRITING),
        "checkouts": total(done, "check-out"),
        "kills": total(done, "kill"),
        **counts,
        "worst in process": f"{max(one['worst'] for one in done['ask']):.2f} s",
        "worst of the program": f"{max(one['worst'] for one in done['ask-program']):.2f} s",
    }
    return ", ".join(f"{name}: {value}" for name, value in parts.items())


@pytest.mark.parametrize(
    "seconds", [pytest.param(5.0), pytest.param(60.0, marks=pytest.mark.campaign)]
)
def test_answer_holds_everything_done_before_the_question(tmp_path: Path, seconds: float) -> None:
    done = run_stress(tmp_path, seconds)
    print(summary(done))  # noqa: T201  # the figures of the campaign, shown with -s
    blind = done.pop("ask-blindly")
    # The reader that skips the check of the files must be found.
    assert any(one["wrong"] for one in blind)
    assert [line for many in done.values() for one in many for line in one["wrong"]] == []
    assert [line for many in done.values() for one in many for line in one["errors"]] == []
    assert max(one["worst"] for one in done["ask"] + done["ask-program"]) < SLOWEST
    for role, floor in FLOORS.items():
        assert total(done, role) >= floor * seconds / 5, role
    for tree in write_ledger.TREES:
        assert_whole(Workspace(tmp_path / tree), tree)


def assert_whole(workspace: Workspace, tree: str) -> None:
    """One more question is answered without a problem, and no file is left over."""
    numbers = write_ledger.Numbers(workspace.root.parent / "numbers")
    answer = workspace.process("show", "--all", "--limit", "0", "--json")
    assert (answer.code, answer.err) == (0, "")
    rows = [
        (record["holder"], record["note"] or relation["note"])
        for relation in answer.json["relations"]
        for record in relation["records"]
    ]
    now = numbers.done(tree)
    assert list(write_ledger.contradictions(tree, rows, now, now)) == []
    assert workspace.process("verify").code == 0
    left = {path.suffix for path in (workspace.root / ".yoi/cache/relations").iterdir()}
    assert left <= {"", ".TAG", ".sqlite3", ".stamp", ".lock"}
