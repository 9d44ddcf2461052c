"""Readers, writers, checkouts, hooks, a watcher, and refreshers that are killed, all at once.

The rule is that of the reference: what was done before a question began is in its answer. What may
happen besides, each counted: a folder that a checkout takes away while it is listed fails the
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
from building import Workspace

from campaign import setting, stage

CAST = {
    "ask": 2,
    "ask-program": 1,
    "ask-blindly": 1,
    "kill": 1,
    "check-out": 1,
    "add": 1,
    **{holder: 1 for holder in stage.WRITERS if holder != "ADDED"},
}
"""How many of each role there are in a work tree."""
WRITING = ("check-out", "add", *stage.WRITERS)
FLOORS = {"ask": 4, "ask-program": 2, "kill": 4, "check-out": 2, "add": 2, "T000": 6}
"""What there must be at least in 5 s, on a machine that is busy with other things, too."""
SLOWEST = 30.0
"""Seconds for one answer on a machine that is busy with all of them."""


def start(folder: Path, seconds: float) -> list[tuple[str, subprocess.Popen[str]]]:
    """All actors, each with its role; the time runs once all are there."""
    parts = [(tree, role) for tree in stage.TREES for role in CAST for _ in range(CAST[role])]
    actors = [
        subprocess.Popen(
            [sys.executable, "-m", "campaign.actors", role, folder, tree, str(number)],
            env=stage.ENVIRON,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, (tree, role) in enumerate(parts)
    ]
    for actor in actors:
        assert actor.stdout is not None
        assert actor.stdout.readline() == "ready\n"
    end = time.time() + seconds
    for actor in actors:
        assert actor.stdin is not None
        actor.stdin.write(f"{end}\n")
        actor.stdin.flush()
    return [(role, actor) for (_, role), actor in zip(parts, actors, strict=True)]


def watcher(root: Path) -> subprocess.Popen[bytes]:
    with (root.parent / "watcher").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "yoi_relations", "watch", "--json"],
            cwd=root,
            env=stage.ENVIRON,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )


def play(folder: Path, seconds: float) -> dict[str, list[dict[str, Any]]]:
    """What the actors did, by role."""
    setting.set_up(folder, commits=40 + int(20 * seconds))
    for tree in stage.TREES:
        for chore in (("hooks", "install"), ("rebuild",)):
            assert Workspace(folder / tree).process(*chore).code == 0
    watching = watcher(folder / stage.TREES[0])
    done: dict[str, list[dict[str, Any]]] = {}
    try:
        for role, process in start(folder, seconds):
            out, _ = process.communicate(timeout=seconds + 120)
            assert process.returncode == 0, role
            done.setdefault(role, []).append(json.loads(out))
        assert watching.poll() is None
    finally:
        watching.terminate()
    assert watching.wait(SLOWEST) == -signal.SIGTERM
    assert "Traceback" not in (folder / "watcher").read_text()
    return done


def total(done: dict[str, list[dict[str, Any]]], *roles: str) -> int:
    return sum(one["count"] for role in roles for one in done.get(role, []))


def summary(done: dict[str, list[dict[str, Any]]]) -> str:
    """The figures of a run, in a line."""
    asking = [one for role in ("ask", "ask-program") for one in done[role]]
    counts: Counter[str] = Counter()
    for one in asking:
        counts.update(loud=one["loud"], from_memory=one["from_memory"], stale=len(one["wrong"]))
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
def test_what_was_done_before_a_question_is_in_its_answer(tmp_path: Path, seconds: float) -> None:
    done = play(tmp_path, seconds)
    print(summary(done))  # noqa: T201  # the figures of the campaign, shown with -s
    blind = done.pop("ask-blindly")
    assert any(one["wrong"] for one in blind), "who does not look must be caught"
    assert [line for many in done.values() for one in many for line in one["wrong"]] == []
    assert [line for many in done.values() for one in many for line in one["errors"]] == []
    assert max(one["worst"] for one in done["ask"] + done["ask-program"]) < SLOWEST
    for role, floor in FLOORS.items():
        assert total(done, role) >= floor * seconds / 5, role
    for tree in stage.TREES:
        assert_whole(Workspace(tmp_path / tree), tree)


def assert_whole(workspace: Workspace, tree: str) -> None:
    """One more question, and all is in order and nothing left over."""
    numbers = stage.Numbers(workspace.root.parent / "numbers")
    answer = workspace.process("show", "--all", "--limit", "0", "--json")
    assert (answer.code, answer.err) == (0, "")
    rows = [
        (record["holder"], record["note"] or relation["note"])
        for relation in answer.json["relations"]
        for record in relation["records"]
    ]
    now = numbers.done(tree)
    assert list(stage.wrong_in(tree, rows, now, now)) == []
    assert workspace.process("verify").code == 0
    left = {path.suffix for path in (workspace.root / ".yoi/cache/relations").iterdir()}
    assert left <= {"", ".TAG", ".sqlite3", ".stamp", ".lock"}
