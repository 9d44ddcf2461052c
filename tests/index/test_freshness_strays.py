"""Strays appear, vanish and change; each question notices."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import pytest
from clocked_disk import assert_fresh, disk_with, step
from index_comparison import assert_rebuilt, by_own_clock
from oracle import settle, without_rescans
from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.files import safe_read
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index

pytestmark = pytest.mark.usefixtures("soon_settled")
RECORD = f"---\nkind: blocked_by\ntarget: {B}\nauthor: x\nat: 2026-06-01T10:00:00Z\n---\nWhy.\n"
ARTIFACTS = f"{A}/artifacts"
ONE, TWO = f"{ulid(1)}.md", f"{ulid(2)}.md"
ODD = "SELECT count(*) FROM source WHERE format = 'stray'"


def put(tickets: Path, name: str, text: str = RECORD) -> None:
    path = tickets / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def same_size(tickets: Path, name: str) -> None:
    """A record becomes something else, in place."""
    path = tickets / name
    path.write_text(path.read_text().replace("kind:", "kinds").replace("---", "+++"))


def strays_now(workspace: Workspace) -> list[str]:
    """The sources that cannot be used, in an index that equals a rebuilt one."""
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        assert_rebuilt(index)
        rows = index.connection.execute("SELECT path FROM source WHERE format = 'stray'")
        found = sorted(path.removeprefix(".yoi/tickets/") for (path,) in rows)
    assert workspace.run("check", A, "--json").json["checks"][0]["verdict"] == (
        "unknown" if found else "clear"
    )
    return found


SPOILING: dict[str, tuple[str, str]] = {
    "an ending": (f"{ARTIFACTS}/relations/{ONE}.txt", f"{ARTIFACTS}/relations/{ONE}.txt"),
    "a name": (f"{ARTIFACTS}/relations/blocked", f"{ARTIFACTS}/relations/blocked"),
    "a folder": (f"{ARTIFACTS}/relations/more/{ONE}", f"{ARTIFACTS}/relations/more"),
    "a leftover": (f"{ARTIFACTS}/relations/{ONE}.bak", f"{ARTIFACTS}/relations/{ONE}.bak"),
    "too high": (f"{ARTIFACTS}/{ONE}", f"{ARTIFACTS}/{ONE}"),
    "another folder": (f"{ARTIFACTS}/Relations/{ONE}", f"{ARTIFACTS}/Relations"),
    "another folder's name": (f"{ARTIFACTS}/relations 2/x.md", f"{ARTIFACTS}/relations 2"),
    "within another folder": (f"{ARTIFACTS}/Relations/a/b/{ONE}", f"{ARTIFACTS}/Relations"),
    "in an empty folder": (f"{ARTIFACTS}/relations/empty/x", f"{ARTIFACTS}/relations/empty"),
    "too deep": (f"{ARTIFACTS}/relations/relations.json", f"{ARTIFACTS}/relations/relations.json"),
    "another leftover": (f"{ARTIFACTS}/relations/why.bak", f"{ARTIFACTS}/relations/why.bak"),
    "another file": (f"{ARTIFACTS}/relations.jsonl", f"{ARTIFACTS}/relations.jsonl"),
    "another artifacts": (f"{B}/Artifacts/relations/{ONE}", f"{B}/Artifacts"),
    "loose": ("note.md", "note.md"),
    "loose in a bucket": (f"closed/{ONE}", f"closed/{ONE}"),
    "loose without an ending": (ONE[:-3], ONE[:-3]),
    "a group": (f"group/{C}/item.md", "group"),
    "a group of groups": (f"group/2026/{C}/item.md", "group"),
    "in a bucket": (f"open/group/{C}/artifacts/x", "open/group"),
}

AS_FOLDERS = ("another artifacts", "in a bucket")
"""Strays of any content."""


@pytest.fixture
def ready(workspace: Workspace) -> Workspace:
    """Two tickets, and all folders that strays are put into."""
    workspace.pair(states=("queued", "ready"))
    for name in ("relations/empty", "Relations/a/b", "relations 2"):
        (workspace.tickets / ARTIFACTS / name).mkdir(parents=True)
    for name in ("closed", f"open/group/{C}", f"group/{C}", f"group/2026/{C}"):
        (workspace.tickets / name).mkdir(parents=True)
    (workspace.tickets / f"{B}/Artifacts/relations/").mkdir(parents=True)
    shutil.rmtree(workspace.tickets / f"{B}/Artifacts")
    settle(workspace)
    return workspace


@pytest.mark.parametrize("kind", SPOILING)
def test_notices_unread_files_that_appear_and_vanish(ready: Workspace, kind: str) -> None:
    name, stray = SPOILING[kind]
    assert strays_now(ready) == []
    put(ready.tickets, name)
    assert strays_now(ready) == [stray]
    settle(ready)
    assert strays_now(ready) == [stray]
    with without_rescans():
        assert ready.run("show").code == 4  # from the published index, which lists the stray
    path = ready.tickets / stray
    path.rename(path.with_name(".hidden"))
    assert strays_now(ready) == []
    path.with_name(".hidden").rename(path)
    settle(ready)
    (ready.tickets / name).unlink()
    assert strays_now(ready) == ([stray] if kind in AS_FOLDERS else [])


@pytest.mark.parametrize("kind", ["a name", "another folder's name", "loose", "loose in a bucket"])
def test_notices_content_changes_of_unread_files(ready: Workspace, kind: str) -> None:
    name, stray = SPOILING[kind]
    put(ready.tickets, name)
    settle(ready)
    same_size(ready.tickets, name)
    assert strays_now(ready) == []
    settle(ready)
    put(ready.tickets, name)
    assert strays_now(ready) == [stray]


@pytest.mark.parametrize(
    ("original", "other", "stray"),
    [
        (f"{ARTIFACTS}/relations/{ONE}", f"{ARTIFACTS}/relations/{ONE}~", None),
        (f"{ARTIFACTS}/relations/{ONE}", f"{ARTIFACTS}/{ONE}", None),
        (f"{ARTIFACTS}/relations/{ONE}", f"{ARTIFACTS}/Relations/{ONE}", f"{ARTIFACTS}/Relations"),
        (f"{ARTIFACTS}/relations.json", f"{ARTIFACTS}/relations.json.orig", None),
    ],
)
def test_notices_an_original_that_vanishes_or_returns(
    ready: Workspace, original: str, other: str, stray: str | None
) -> None:
    text = '{"version":1,"relations":[]}'
    if original.endswith(".md"):
        text = f"---\nkind: related\ntarget: {B}\nauthor: x\nat: 2026-06-01T10:00:00Z\n---\n"
    put(ready.tickets, original, text)
    put(ready.tickets, other, text)
    settle(ready)
    assert strays_now(ready) == []
    (ready.tickets / original).unlink()
    assert strays_now(ready) == [stray or other]
    settle(ready)
    put(ready.tickets, original, text)
    assert strays_now(ready) == []


def test_snapshot_of_a_clean_workspace_has_few_paths(workspace: Workspace) -> None:
    """One each for root, item, artifacts, records folder and record; one for what is missing."""
    workspace.ticket(A)
    workspace.record(A, "related", B)
    workspace.ticket(B)
    workspace.ticket("20260601-101500-x", None, "open")
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        (paths,) = index.connection.execute("SELECT paths FROM snapshot").fetchone()
    assert sorted(paths.split(b"\0")) == sorted(
        [
            *(b".", b"open"),
            *(path.encode() for path in (f"{A}/item.md", f"{A}/artifacts")),
            f"{A}/artifacts/relations".encode(),
            f"{A}/artifacts/relations/{ONE}".encode(),
            *(f"{B}/item.md".encode(), B.encode()),
            b"open",  # as a folder that may become a ticket
            *(b"open/20260601-101500-x/item.md", b"open/20260601-101500-x"),
        ]
    )


@pytest.mark.parametrize("name", ["note.md", f"{ARTIFACTS}/relations/note"])
def test_rescans_unreadable_files_with_equal_stamps(name: str) -> None:
    with disk_with(by_own_clock) as disk:
        disk.put(disk.workspace.tickets / name, "no record", in_place=True)
        step(disk, ("wait", "80"))
        error = OSError(5, "Input/output error")
        failing = mock.patch.object(safe_read.Disk, "read", side_effect=error)
        with failing, disk.ask() as index:
            assert index.connection.execute(ODD).fetchone() == (1,)
        assert_fresh(disk)
        with disk.ask() as index:
            assert index.connection.execute(ODD).fetchone() == (0,)
