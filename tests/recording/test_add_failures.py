"""Failures and races while a record is written: what is on the disk, and what is reported."""

from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.files.safe_read import Disk


def test_record_too_large_to_read_is_refused(pair: Workspace) -> None:
    before = pair.snapshot()
    # Each of these characters takes four bytes in YAML.
    ran = pair.run("add", A, "accepted-plan", "--note", "n" * 16000, "--role-plan", "\x01" * 16000)

    assert (ran.code, "65536" in ran.err) == (2, True)
    assert pair.snapshot() == before


@pytest.mark.parametrize("place", ["artifacts/relations", ".md"], ids=["folder", "draft"])
def test_record_that_cannot_be_synced_is_removed(
    pair: Workspace, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    before, fsync = pair.snapshot(), os.fsync

    def fail_there(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith(place):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_there)
    ran = pair.run("add", A, "blocked-by", B)

    assert (ran.code, os.strerror(errno.EIO) in ran.err) == (1, True)
    assert pair.snapshot() == before


@pytest.mark.parametrize("command", ["add", "retire", "retire entry"])
@pytest.mark.parametrize(("call", "at"), [("listdir", "artifacts/relations"), ("stat", "/.yoi")])
def test_record_not_read_back_is_reported_as_written(
    pair: Workspace, monkeypatch: pytest.MonkeyPatch, command: str, call: str, at: str
) -> None:
    pair.plan_lines(B, {"kind": "after", "related_ticket": A})
    old = pair.record(B, "related", A).relative_to(pair.root)
    entry = f"{old.parent.parent}/orchestration-plan.jsonl:1"
    arguments = {
        "add": ("add", A, "blocked-by", B),
        "retire": ("retire", str(old), "--reason", "over"),
        "retire entry": ("retire", entry, "--reason", "over"),
    }[command]
    written, fsync, original = [], os.fsync, getattr(os, call)

    def note(descriptor: int) -> None:
        fsync(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            written.append(True)

    def fail(path: Any = ".", **named: Any) -> Any:
        if written and not isinstance(path, int) and os.fsdecode(path).endswith(at):
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return original(path, **named)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", note)
        patched.setattr(os, call, fail)
        patched.setattr(Disk, call, staticmethod(fail))
        ran = pair.run(*arguments)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: .yoi/tickets/")
    assert os.strerror(errno.EIO) in ran.err
    assert "\nhint: " in ran.err
    before = pair.snapshot()
    assert pair.run(*arguments).code == 0
    assert pair.snapshot() == before


@pytest.mark.parametrize("read_only_format", [False, True])
def test_concurrent_retirements_write_one_file(pair: Workspace, *, read_only_format: bool) -> None:
    if read_only_format:
        pair.relations_json(A, {"kind": "depends_on", "target": B})
        name = ".yoi/tickets/" + A + "/artifacts/relations.json:4"
    else:
        name = str(pair.record(A, "depends_on", B).relative_to(pair.root))
    pair.run("rebuild")

    with ThreadPoolExecutor(6) as pool:
        rans = list(pool.map(lambda _: pair.process("retire", name, "--reason", "x"), range(6)))

    assert [ran.code for ran in rans] == [0] * 6, rans
    assert sum("already retired" in ran.out for ran in rans) == 5
    records = 1 if read_only_format else 2
    assert len(list(pair.tickets.glob("*/artifacts/relations/*.md"))) == records


def test_concurrent_add_and_retire(pair: Workspace) -> None:
    """In any order: both records are whole, the edge is one, and each answer is true."""
    pair.ticket(C)
    for kind in ("blocked-by", "related"):
        first = pair.run("add", A, kind, C, "--json").json["record"]
        calls = [("add", A, kind, C), ("retire", first["id"], "--reason", "over")]
        with ThreadPoolExecutor(4) as pool:
            rans = list(pool.map(lambda call: pair.process(*call), (*calls, *calls)))
        assert [ran.code for ran in rans] == [0] * 4, rans
        added = [ran.out for ran in rans if ran.out.startswith(A) and "\nrecorded in" in ran.out]
        (relation,) = pair.show("--all", "--kind", kind)["relations"]
        assert len(relation["records"]) == 1 + len(added) <= 2
        marks = {record["id"]: bool(record["retired_at"]) for record in relation["records"]}
        assert marks.pop(first["id"])
        assert list(marks.values()) == [False] * len(added)
        assert relation["active"] == bool(added)
    assert pair.run("doctor", "--severity", "warning").code == 0


def test_id_with_a_leading_space_is_another_id(pair: Workspace) -> None:
    pair.ticket(" x")
    assert pair.run("add", A, "blocked-by", " x").code == 0

    (relation,) = pair.show()["relations"]
    assert (relation["target"], relation["target_state"]) == (" x", "planning")


@pytest.mark.parametrize("content", [b"", b"*", b"\xff"])
def test_incomplete_gitignore_is_completed(pair: Workspace, content: bytes) -> None:
    ignore = pair.root / ".yoi" / "cache" / "relations" / ".gitignore"
    ignore.parent.mkdir(parents=True)
    ignore.write_bytes(content)

    pair.record(A, "after", B)
    pair.show()

    assert ignore.read_text() == "*\n"
    assert sorted(path.name for path in ignore.parent.iterdir() if path.suffix == ".tmp") == []


def test_record_is_retired_by_its_file_name_or_path(pair: Workspace) -> None:
    path: Path = pair.record(A, "after", B)
    assert pair.run("retire", f"./{path.relative_to(pair.root)}", "--reason", "x").code == 0
    assert "already retired" in pair.run("retire", f"{ulid(1)}.md", "--reason", "x").out
