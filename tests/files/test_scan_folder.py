from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from workspace_builder import A, B, Workspace, scan, ulid

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.parse import parse_source, unusable
from yoi_relations.files.read_source import read_source
from yoi_relations.files.source import Effect, Fault, Format, Source, SourceError
from yoi_relations.files.workspace import find_workspace

OLD = "20260601-101500-an-older-one"
FILES = (
    "item.md",
    "artifacts/relations.json",
    "artifacts/orchestration-plan.jsonl",
    f"artifacts/relations/{ulid(7)}.md",
)
"""Every file of a ticket that is read."""


@pytest.fixture(autouse=True)
def _ends_soon() -> Iterator[None]:
    """Nothing here may wait for the other end of a pipe."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail("it waits")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def scanned(workspace: Workspace) -> list[Source]:
    return scan(find_workspace(str(workspace.root)))


def below_root(source: Source) -> str:
    return source.path.removeprefix(".yoi/tickets/")


def faults(workspace: Workspace) -> list[tuple[str, Fault]]:
    """All that is wrong, by path below the tickets root."""
    wrong = []
    for source in scanned(workspace):
        try:
            data = read_source(source)
            assert data is not None
            parsed = parse_source(source, data)
        except SourceError as error:
            parsed = unusable(source, error.message)
        wrong += [(below_root(source), fault) for fault in parsed.faults]
    return wrong


def fifo(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


def link_to_a_file(path: Path) -> None:
    (path.parent / ".real").write_text("---\nstate: done\n---\n")
    path.symlink_to(".real")


def broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def link_loop(path: Path) -> None:
    path.symlink_to(path.name)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


ODDITIES = (Path.mkdir, fifo, unix_socket, link_to_a_file, broken_link, link_loop, link_to_a_device)


def test_both_layouts_are_read_together(workspace: Workspace) -> None:
    workspace.ticket(A)
    for bucket in ("open", "pending", "closed"):
        workspace.ticket(f"{OLD}-{bucket}", None, bucket)
    assert [
        (below_root(source), source.holder, source.bucket) for source in scanned(workspace)
    ] == [
        (f"{A}/item.md", A, None),
        (f"closed/{OLD}-closed/item.md", f"{OLD}-closed", "closed"),
        (f"open/{OLD}-open/item.md", f"{OLD}-open", "open"),
        (f"pending/{OLD}-pending/item.md", f"{OLD}-pending", "pending"),
    ]


@pytest.mark.parametrize("holder", [A, f"open/{OLD}"])
def test_ticket_has_these_sources_and_no_others(workspace: Workspace, holder: str) -> None:
    workspace.ticket(holder)
    record = workspace.record(holder, "related", B)
    workspace.relations_json(holder)
    workspace.plan_lines(holder)
    for name in (
        "thread.md",
        "artifacts/notes.md",
        "artifacts/relations.json.bak",
        "relations.json",
    ):
        (workspace.tickets / holder / name).write_text("not read")
    assert [(below_root(source), source.format) for source in scanned(workspace)] == [
        (f"{holder}/artifacts/orchestration-plan.jsonl", Format.PLAN_JSONL),
        (f"{holder}/artifacts/relations.json", Format.RELATIONS_JSON),
        (f"{holder}/artifacts/relations/{record.name}", Format.FRONTMATTER),
        (f"{holder}/item.md", Format.ITEM),
    ]


def test_records_without_an_item_are_sources_too(workspace: Workspace) -> None:
    workspace.record(A, "related", B)
    assert [source.holder for source in scanned(workspace)] == [A]


def test_loose_files_are_not_sources(workspace: Workspace) -> None:
    (workspace.tickets / "README.md").write_text("about tickets")
    (workspace.tickets / "ABOUT.md").symlink_to("README.md")
    (workspace.tickets / "open").mkdir()
    (workspace.tickets / "open" / ".gitkeep").touch()
    assert scanned(workspace) == []


def test_dot_files_among_records_are_ignored(workspace: Workspace) -> None:
    name = workspace.record(A, "related", B).name
    for ignored in (f".{name}.123.tmp", ".hidden.md", ".gitkeep"):
        workspace.record_file(A, ignored, "half a rec")
    assert [below_root(source) for source in scanned(workspace)] == [
        f"{A}/artifacts/relations/{name}"
    ]


@pytest.mark.parametrize("make", ODDITIES)
@pytest.mark.parametrize("name", FILES)
def test_irregular_file_is_reported_without_waiting(
    workspace: Workspace, name: str, make: Callable[[Path], None]
) -> None:
    workspace.ticket(B)
    path = workspace.tickets / A / name
    path.parent.mkdir(parents=True)
    make(path)
    ((where, fault),) = faults(workspace)
    assert where == f"{A}/{name}"
    assert fault.effect is (Effect.TICKET if name == "item.md" else Effect.RECORD)


@pytest.mark.parametrize(
    "name", [A, "open", f"open/{OLD}", f"{B}/artifacts", f"{B}/artifacts/relations"]
)
@pytest.mark.parametrize("to", ["elsewhere", "nowhere", "itself"])
def test_symlink_for_a_folder_is_reported_and_not_followed(
    workspace: Workspace, tmp_path: Path, name: str, to: str
) -> None:
    workspace.ticket(B)
    elsewhere = Workspace(tmp_path / "elsewhere")
    for holder in ("", A, f"open/{A}"):  # the target of the link would have records
        elsewhere.record(holder, "related", B)
    path = workspace.tickets / name
    path.parent.mkdir(parents=True, exist_ok=True)
    targets: dict[str, Path | str] = {"elsewhere": elsewhere.tickets, "itself": path}
    path.symlink_to(targets.get(to, to))
    ((where, fault),) = faults(workspace)
    assert (where, fault.effect) == (name, Effect.RECORD)
    assert fault.message.startswith("is a symbolic link, which is not followed")
    assert {below_root(source) for source in scanned(workspace)} == {name, f"{B}/item.md"}


@pytest.mark.parametrize("make", [Path.touch, fifo])
def test_records_path_that_is_not_a_folder_is_reported(
    workspace: Workspace, make: Callable[[Path], None]
) -> None:
    (workspace.ticket(A) / "artifacts").mkdir()
    make(workspace.tickets / A / "artifacts" / "relations")
    ((path, fault),) = faults(workspace)
    assert path == f"{A}/artifacts/relations"
    assert fault.message.startswith("is not a folder")


def test_name_that_is_not_utf_8_is_reported_and_printable(workspace: Workspace) -> None:
    folder = workspace.ticket(A)
    os.rename(folder, os.fsencode(folder) + b"\xff")
    workspace.ticket(B)
    assert [source.holder for source in scanned(workspace)] == [f"{A}\\xff"] * 2 + [B]
    ((path, fault),) = faults(workspace)
    assert (path, fault.effect) == (f"{A}\\xff", Effect.NONE)
    assert "UTF-8" in fault.message


def test_record_name_that_is_not_utf_8_is_reported_and_used(workspace: Workspace) -> None:
    record = workspace.record(A, "related", B)
    os.rename(record, os.fsencode(record.parent) + b"/\xff.md")
    ((path, fault),) = faults(workspace)
    assert (path, fault.effect) == (f"{A}/artifacts/relations/\\xff.md", Effect.NONE)


def test_names_of_255_bytes_are_read(workspace: Workspace) -> None:
    workspace.ticket("t" * 255)
    record = workspace.record("t" * 255, "related", B)
    record.rename(record.with_name("r" * 252 + ".md"))
    assert len(scanned(workspace)) == 2
    assert [fault.message for _, fault in faults(workspace)] == [
        "has a name that is not a ULID; the record is used"
    ]


def test_missing_root_or_file_as_root_is_an_error_with_its_path(
    workspace: Workspace,
) -> None:
    workspace.tickets.rmdir()
    with pytest.raises(UnreadableFolderError) as missing:
        scanned(workspace)
    workspace.tickets.touch()
    with pytest.raises(UnreadableFolderError) as no_folder:
        scanned(workspace)
    for caught in (missing, no_folder):
        assert str(workspace.tickets) in caught.value.message
