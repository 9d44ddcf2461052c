"""A damaged, foreign or missing index: the right answer all the same, and a whole index again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace, altered_index

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import store

Damage = Callable[[Path], object]


@pytest.fixture
def index(workspace: Workspace) -> Path:
    """The published index of a workspace with two relations."""
    workspace.pair("blocked_by", "first")
    workspace.plan_lines(B, {"kind": "waiting_capacity_note", "note": "second"})
    workspace.show()
    (path,) = (workspace.root / ".yoi/cache/relations").glob("*.sqlite3")
    return path


def with_digest(body: bytes) -> bytes:
    """An index file that is whole, whatever it says."""
    return body + hashlib.sha256(body).digest()


def altered(statement: str) -> Damage:
    """Damage that another program would do: valid SQLite, valid digest, other content."""
    return lambda path: altered_index(path, statement)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_link_to_folder(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent)


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        replace_by_folder,
        replace_by_link_to_folder,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\0" * 4096),
        lambda path: path.write_bytes(b"not a database" * 1000),
        lambda path: path.write_bytes(with_digest(b"")),
        lambda path: path.write_bytes(with_digest(b"whole, and no database" * 100)),
        lambda path: path.write_bytes(path.read_bytes() + b"more"),
        lambda path: path.write_bytes(with_digest(path.read_bytes()[:-32][:4096])),
        altered("PRAGMA application_id = 7"),
        altered("PRAGMA user_version = 99"),
        altered("UPDATE generation SET parser_version = parser_version + 1"),
        altered("UPDATE generation SET parser_version = parser_version - 1"),
        altered("UPDATE generation SET tickets_root = 'elsewhere'"),
        altered("DELETE FROM generation"),
        altered("DROP TABLE generation"),
    ],
)
def test_an_index_that_cannot_be_used_is_rebuilt(
    workspace: Workspace, index: Path, damage: Damage
) -> None:
    expected = workspace.run("show").out
    damage(index)
    found = index.read_bytes() if index.is_file() else b""
    ran = workspace.run("show")
    assert (ran.code, ran.out) == (0, expected)
    assert len(ran.err.splitlines()) <= 1
    again = workspace.run("show")
    assert (again.code, again.out, again.err) == (0, expected, "")
    data = index.read_bytes()
    assert data == with_digest(data[:-32]) != found


def cut(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), 512):
        yield data[:at]


def flipped(data: bytes) -> Iterator[bytes]:
    for at in (*range(0, len(data), 256), len(data) - 1):
        yield data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def cut_finely(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), 256):
        yield data[:at]


def flipped_finely(data: bytes) -> Iterator[bytes]:
    """One bit, a different one each time."""
    for number, at in enumerate(range(0, len(data), 16)):
        yield data[:at] + bytes([data[at] ^ 1 << number % 8]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("variants", "at_least"),
    [
        (cut, 50),
        (flipped, 120),
        pytest.param(cut_finely, 100, marks=pytest.mark.campaign),
        pytest.param(flipped_finely, 2_000, marks=pytest.mark.campaign),
    ],
)
def test_cuts_and_flipped_bytes_change_no_answer(
    workspace: Workspace,
    index: Path,
    variants: Callable[[bytes], Iterator[bytes]],
    at_least: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)  # hundreds of them would take a while
    expected = workspace.run("show").out
    tried = list(variants(index.read_bytes()))
    assert len(tried) >= at_least
    date = index.stat().st_mtime_ns
    index.rename(file := index.with_name("file"))
    for number, data in enumerate(tried):
        # The file that was written, of its date: nothing but the digest tells of a damage.
        file.write_bytes(data)
        os.utime(file, ns=(date, date))
        index.unlink(missing_ok=True)
        index.hardlink_to(file)
        ran = workspace.run("show")
        assert (number, ran.code, ran.out) == (number, 0, expected)
        assert len(ran.err.splitlines()) == 1  # it was noticed


def test_byte_altered_on_disk_is_not_shown(workspace: Workspace, index: Path) -> None:
    """No date tells of it, and SQLite finds nothing wrong."""
    expected = workspace.run("show").out
    date = index.stat().st_mtime_ns
    index.write_bytes(index.read_bytes().replace(b"first", b"worst"))
    os.utime(index, ns=(date, date))
    ran = workspace.run("show")
    assert (ran.code, ran.out) == (0, expected)
    assert "damaged" in ran.err


@pytest.mark.parametrize("version", ["SCHEMA_VERSION", "PARSER_VERSION"])
def test_index_of_another_version_is_not_used(
    workspace: Workspace, index: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither under its own name nor under today's."""
    expected = workspace.run("show").out
    found = find_workspace(str(workspace.root))
    with monkeypatch.context() as patch:
        patch.setattr(store, version, getattr(store, version) - 1)
        workspace.run("show")
        older = Path(store.index_path(found))
        altered_index(older, "UPDATE record SET note = 'misread'")
        assert "misread" in workspace.run("show").out
    assert workspace.run("show").out == expected
    older.rename(index)
    assert workspace.run("show").out == expected


def test_older_copy_of_the_index_is_noticed(workspace: Workspace, index: Path) -> None:
    older = index.read_bytes()
    workspace.record(A, "after", B, "third")
    expected = workspace.run("show").out
    index.write_bytes(older)
    assert "third" in expected
    assert workspace.run("show").out == expected


def test_file_at_the_cache_path_costs_no_answer(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.record(A, "waiting", None, "first")
    (workspace.root / ".yoi/cache").write_text("a file\n")
    ran = workspace.run("show")
    assert (ran.code, ran.out.count("first")) == (0, 1)
    assert " memory" in ran.err
    assert (workspace.root / ".yoi/cache").read_text() == "a file\n"
    assert workspace.run("rebuild").code == 1


def test_rebuild_replaces_the_index_and_status_reports_it(
    workspace: Workspace, index: Path
) -> None:
    index.write_bytes(b"garbage")
    found = workspace.run("status", "--json").json["index"]["found"]
    assert found not in {"current", "stale"}
    assert index.read_bytes() == b"garbage"  # status looks, and mends nothing
    assert workspace.run("rebuild", "--json").json["index"]["found"] == found
    assert workspace.run("rebuild", "--json").json["index"]["found"] == "unchecked"
    assert workspace.run("status", "--json").json["index"]["found"] == "current"
    workspace.record(A, "after", B)
    assert workspace.run("status", "--json").json["index"]["found"] == "stale"
