"""Rebuilds, questions and two versions of the program at once; a lock whose holder is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from oracle import assert_as_read, settle
from workspace_builder import A, B, C, Workspace

from yoi_relations.files.workspace import CACHE, find_workspace
from yoi_relations.index import cache_folder, store

HOLD = """
import os, signal, sys
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.cache_folder import locked
with locked(find_workspace(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGSTOP)
"""


def kept(workspace: Workspace) -> set[str]:
    """The files in the cache folder."""
    return {path.name for path in (workspace.root / CACHE).iterdir()}


def test_concurrent_rebuilds_and_questions_leave_one_index(edge: Workspace) -> None:
    for number in range(400):  # enough for two processes
        edge.ticket(f"00001KT{number:06d}")
    commands = [("rebuild",), ("show", "--plain"), ("show", "--plain")] * 4
    with ThreadPoolExecutor(len(commands)) as pool:
        rans = list(pool.map(lambda command: edge.process(*command), commands))
    for command, ran in zip(commands, rans, strict=True):
        assert ran.code == 0, (command, ran)
        assert "locked" not in ran.err
        assert command[0] == "rebuild" or [
            line.split("\t")[7] for line in ran.out.splitlines()
        ] == ["first"]
    name = Path(store.index_path(find_workspace(str(edge.root)))).name
    assert kept(edge) - {name.replace(".sqlite3", ".stamp")} == {
        ".gitignore",
        "CACHEDIR.TAG",
        "lock",
        name,
    }
    assert edge.process("verify").code == 0


@pytest.fixture
def stopped(edge: Workspace) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the lock and has been stopped, as Ctrl-Z does."""
    edge.show()
    with subprocess.Popen([sys.executable, "-c", HOLD, edge.root]) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        yield process
        process.kill()


@pytest.mark.usefixtures("stopped")
def test_waits_a_bounded_time_for_a_stopped_lock_holder(
    edge: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_folder, "LOCK_WAIT", 0.2)
    assert edge.run("show").err == ""  # a question that writes nothing takes no lock
    edge.record(B, "after", A, "second")
    ran = edge.run("show", "--all")
    assert (ran.code, ran.out.count("second")) == (0, 1)
    assert " lock " in ran.err
    assert " memory" in ran.err
    assert edge.run("add", A, "related", B, "--note", "third").code == 0
    ran = edge.run("rebuild")
    assert (ran.code, " lock " in ran.err) == (1, True)
    assert [one["note"] for one in assert_as_read(edge)] == ["first", "second", "third"]


def test_lock_is_free_after_its_holder_continues(
    edge: Workspace, stopped: subprocess.Popen[bytes]
) -> None:
    edge.record(B, "after", A, "second")
    asking = subprocess.Popen(
        [sys.executable, "-m", "yoi_relations", "show"],
        cwd=edge.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    stopped.send_signal(signal.SIGCONT)
    out, err = asking.communicate(timeout=60)
    assert (asking.returncode, out.count(b"second")) == (0, 1)
    assert stopped.wait(60) == 0
    assert edge.run("show").out.count("second") == 1
    assert b"Traceback" not in err


@pytest.mark.usefixtures("soon_settled")
@pytest.mark.parametrize("attribute", ["SCHEMA_VERSION", "PARSER_VERSION"])
def test_two_versions_in_turn_keep_separate_indexes(
    edge: Workspace, monkeypatch: pytest.MonkeyPatch, attribute: str
) -> None:
    ours = getattr(store, attribute)
    versions = (ours, ours + 1, ours - 1)

    def in_turn() -> dict[Path, bytes]:
        for version in versions:
            monkeypatch.setattr(store, attribute, version)
            assert_as_read(edge)
        return {path: path.read_bytes() for path in (edge.root / CACHE).glob("*.sqlite3")}

    for version in versions:
        monkeypatch.setattr(store, attribute, version)
        settle(edge)
    before = in_turn()
    assert len(before) == len(versions)
    assert in_turn() == before  # nothing was built
    edge.ticket(C)
    edge.record(C, "blocks", A, "second")
    after = in_turn()
    assert set(after) == set(before)
    assert [path for path in after if after[path] == before[path]] == []
