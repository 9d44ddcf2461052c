"""`relations verify` finds what the index holds and the files do not say, and names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, C, Workspace, altered_index

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import store
from yoi_relations.index.reconcile import rebuild_index
from yoi_relations.index.verify import verify_index
from yoi_relations.render.output import Mode
from yoi_relations.render.verify import DIFFERENCE_LIMIT, verify_document, write_verification

RECORD = f".yoi/tickets/{A}/artifacts/relations/01KT0000000000000000000001.md"
INDEX = f".yoi/cache/relations/index-v{store.SCHEMA_VERSION}.{store.PARSER_VERSION}.sqlite3"


def rebuild(workspace: Workspace) -> None:
    rebuild_index(find_workspace(str(workspace.root)), lambda _done, _total: None).close()


@pytest.fixture
def built(workspace: Workspace) -> Workspace:
    """A workspace with a published index."""
    workspace.pair("blocked_by", "why")
    rebuild(workspace)
    return workspace


def forge(workspace: Workspace, sql: str) -> None:
    """Change the published index, as nothing that is told by its digest."""
    altered_index(workspace.root / INDEX, sql)


def cached(workspace: Workspace) -> dict[str, tuple[int, bytes]]:
    files = (workspace.root / INDEX).parent.iterdir()
    return {path.name: (path.stat().st_ino, path.read_bytes()) for path in files}


def verified(workspace: Workspace) -> dict[str, Any]:
    """The JSON answer of `verify`, which leaves everything as it is."""
    before = cached(workspace)
    done = verify_index(find_workspace(str(workspace.root)), lambda _done, _total: None)
    with done.fresh:
        document = verify_document(done)
    assert cached(workspace) == before
    return document


def differences(workspace: Workspace) -> list[tuple[str, str]]:
    document = verified(workspace)
    found = [(one["path"], one["message"]) for one in document["differences"]]
    assert document["differences_total"] == len(found)
    assert document["current"] == (not found)
    return found


def test_index_that_matches_the_files_is_current(built: Workspace) -> None:
    document = verified(built)

    assert document["document"] == "verify"
    assert document["freshness"]["trust"] == "content"
    assert (document["current"], document["found"]) == (True, "current")
    assert (document["differences"], document["differences_total"]) == ([], 0)


def test_changed_files_are_listed(built: Workspace) -> None:
    (built.root / RECORD).unlink()
    built.ticket(B, "done")
    built.ticket(C)

    found = differences(built)
    assert [path for path, _ in found] == [
        RECORD,
        f".yoi/tickets/{B}/item.md",
        f".yoi/tickets/{C}/item.md",
    ]
    for word, (_, message) in zip((" gone ", " changed ", " new "), found, strict=True):
        assert word in message


def test_wrong_rows_are_distinguished_from_changed_files(built: Workspace) -> None:
    forge(built, "UPDATE record SET note = 'forged'")
    ((path, message),) = differences(built)
    assert path == RECORD
    for value in ("'01KT0000000000000000000001'", "note ", "'forged'", "'why'"):
        assert value in message

    built.ticket(C)
    assert [path for path, _ in differences(built)] == [RECORD, f".yoi/tickets/{C}/item.md"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DROP INDEX record_edge", "has other tables, indexes or views"),
        ("DROP VIEW relation", "has other tables, indexes or views"),
        ("UPDATE generation SET digest = 'x'", "was not built from the files that it names"),
        ("UPDATE generation SET parser_version = 0", "or by another version"),
        ("DELETE FROM generation", "is damaged"),
    ],
)
def test_unusable_index_is_listed_itself(built: Workspace, sql: str, said: str) -> None:
    forge(built, sql)

    ((path, message),) = differences(built)

    assert path == INDEX
    assert said in message


def test_flipped_byte_is_found_in_an_index_that_was_proven_before(built: Workspace) -> None:
    path = built.root / INDEX
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(data)

    ((named, message),) = differences(built)
    assert named == INDEX
    assert "damaged" in message


def test_inconsistent_index_page_is_found(built: Workspace) -> None:
    forge(
        built,
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage ="
        " (SELECT rootpage FROM sqlite_schema WHERE name = 'record_edge_ticket')"
        " WHERE name = 'record_edge_target'",
    )

    assert {path for path, _ in differences(built)} == {INDEX}


@pytest.fixture
def wide(tmp_path: Path) -> Workspace:
    """A workspace with more differences than an answer lists."""
    workspace = Workspace(tmp_path / "wide")
    rebuild(workspace)
    for number in range(DIFFERENCE_LIMIT + 10):
        workspace.ticket(f"00001KT{number:06d}")
    return workspace


def test_further_differences_are_counted(
    wide: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    document = verified(wide)
    assert (len(document["differences"]), document["differences_total"]) == (
        DIFFERENCE_LIMIT,
        DIFFERENCE_LIMIT + 10,
    )

    assert written(wide, Mode.PLAIN) == 5
    out, err = capsys.readouterr()
    assert out.count("\n") == DIFFERENCE_LIMIT
    assert out.splitlines()[0].split("\t") == [
        ".yoi/tickets/00001KT000000/item.md",
        "the file is new since the index was built",
    ]
    assert (err[:3], "relations rebuild" in err) == ("10 ", True)


def written(workspace: Workspace, mode: Mode) -> int:
    done = verify_index(find_workspace(str(workspace.root)), lambda _done, _total: None)
    with done.fresh:
        return write_verification(mode, done)


@pytest.mark.parametrize(
    ("mode", "out", "err"),
    [
        (Mode.TABLE, "the index matches all 3 files\n", ""),
        (Mode.PLAIN, "", "the index matches all 3 files\n"),
    ],
)
def test_current_index_is_reported(
    built: Workspace, capsys: pytest.CaptureFixture[str], mode: Mode, out: str, err: str
) -> None:
    assert written(built, mode) == 0
    assert capsys.readouterr() == (out, err)


def test_missing_index_is_reported(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.ticket(A)

    assert written(workspace, Mode.TABLE) == 0
    out, err = capsys.readouterr()
    assert (out, "relations rebuild" in err) == ("", True)
    assert written(workspace, Mode.JSON) == 0
    out, _ = capsys.readouterr()
    assert '"current":false,"found":"missing","differences":[]' in out
    assert not (workspace.root / ".yoi/cache").exists()
