"""A watcher that is stopped, misses events or cannot watch every folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from watch_process import Start, without_verdicts
from workspace_builder import A, B, C, Workspace, git

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.watcher_lock import is_watcher_running

QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")
FEW = 20
"""The limit of watched folders."""
WITHIN_LIMIT = (
    *("unshare", "--user", "--map-root-user", "sh", "-c"),
    f'echo {FEW} >/proc/sys/user/max_inotify_watches && exec "$@"',
    "sh",
)


def states(workspace: Workspace) -> dict[str, str]:
    (row,) = workspace.process("show", "--all", "--json").json["relations"]
    return {row[end]: row[f"{end}_state"] for end in ("ticket", "target")}


def test_stopped_watcher_reports_missed_changes_later(edge: Workspace, start: Start) -> None:
    """More happens meanwhile than the queue of the system can hold, so events are lost."""
    if not QUEUE.exists():
        pytest.skip("no inotify on this system, so there is no queue that could overflow")
    watcher = start(edge, "--json").ready()
    watcher.process.send_signal(signal.SIGSTOP)
    draft = edge.tickets / A / "draft"
    for _ in range(int(QUEUE.read_text()) // 2):  # two events each, or more
        draft.touch()
        draft.unlink()
    edge.ticket(A, "done")
    assert states(edge) == {A: "done", B: "planning"}
    assert is_watcher_running(find_workspace(str(edge.root)))

    watcher.process.send_signal(signal.SIGCONT)
    changes = watcher.changes(2)
    assert [(change["ticket"], change["after"]) for change in changes] == [
        (A, "done"),
        (A, "caution"),
    ]
    edge.ticket(B, "ready")
    assert watcher.changes(3)[2]["after"] == "ready"
    watcher.process.kill()
    edge.ticket(B, "closed")
    assert states(edge) == {A: "done", B: "closed"}


def test_watcher_scans_without_events_beyond_the_inotify_limit(
    edge: Workspace, start: Start
) -> None:
    tried = subprocess.run([*WITHIN_LIMIT, "true"], capture_output=True, check=False, text=True)
    if shutil.which("unshare") is None or tried.returncode:
        pytest.skip(f"the limit cannot be set on this system: {tried.stderr.strip()}")
    for number in range(2 * FEW):
        edge.ticket(f"00001KT{number:06d}")
    watcher = start(edge, within=WITHIN_LIMIT)
    watcher.err.until(lambda lines: any("limit" in line for line in lines))
    watcher.ready()
    assert "scanning every few seconds until then" in "".join(watcher.err.lines)
    edge.ticket(A, "done")
    assert states(edge)[A] == "done"
    watcher.out.until(lambda lines: len(lines) == 1)
    edge.ticket(A, "closed")
    watcher.out.until(lambda lines: lines[-1].endswith("was done, is closed\n"))


def test_each_work_tree_has_its_own_watcher(edge: Workspace, start: Start, tmp_path: Path) -> None:
    git(edge, "init", "--quiet")
    git(edge, "add", ".")
    git(edge, "commit", "--quiet", "--message=all")
    git(edge, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    linked = Workspace(tmp_path / "linked")
    watchers = [start(tree, "--json").ready() for tree in (edge, linked)]
    edge.ticket(A, "ready")
    linked.ticket(A, "done")
    assert [watcher.changes(1)[0]["after"] for watcher in watchers] == ["ready", "done"]
    assert [states(tree)[A] for tree in (edge, linked)] == ["ready", "done"]


def test_burst_of_changes_is_in_the_next_answer_while_a_watcher_runs(
    edge: Workspace, start: Start
) -> None:
    watcher = start(edge, "--json").ready()
    for number in range(5):
        ticket = f"00001KT00000{number}"
        edge.ticket(ticket, "ready")
        for note in "abc":
            edge.record(ticket, "waiting", note=note)
        edge.relations_json(ticket, {"kind": "related", "target": B, "note": "d"})
        rows = edge.process("show", ticket, "--all", "--json").json["relations"]
        assert [row["note"] for row in rows] == ["a", "b", "c", "d"]
    watcher.changes_until(lambda changes: len(without_verdicts(changes)) == 25)


def test_names_of_255_bytes_are_reported(edge: Workspace, start: Start) -> None:
    watcher = start(edge, "--json").ready()
    names = {"n" * 255: b"n" * 255, "\\xff" * 255: b"\xff" * 255}
    for raw in names.values():
        edge.item(os.fsdecode(raw), "---\nstate: ready\n---\n")
        edge.record(os.fsdecode(raw), "related", C)

    def added(lines: list[str]) -> set[str]:
        changes = map(json.loads, lines)
        return {change["ticket"] for change in changes if change["change"] == "ticket_added"}

    watcher.out.until(lambda lines: added(lines) == set(names))
    answer = edge.process("show", "--all", "--json").json
    assert {end for row in answer["relations"] for end in (row["ticket"], row["target"])} >= set(
        names
    )
