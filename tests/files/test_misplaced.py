"""Misplaced files and folders, as doctor lists them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from workspace_builder import AT, A, B, C, Workspace, scan, ulid

from yoi_relations.files.misplaced.misplacement import MisplacedFile
from yoi_relations.files.misplaced.search import find_misplaced
from yoi_relations.files.workspace import find_workspace

RECORD = f"---\nkind: blocked_by\ntarget: {B}\nauthor: x\nat: {AT}\n---\nWhy.\n"
ITEM = "---\ntitle: x\nstate: ready\n---\n"
ONE, TWO = f"{ulid(1)}.md", f"{ulid(2)}.md"
RELATIONS = f"{A}/artifacts/relations"
OLD = "20260601-101500-an-older-one"


ENTRY: dict[str, object] = {"ticket_id": A, "kind": "blocks", "author": "x", "at": AT}
ENTRIES = json.dumps(
    {"version": 1, "relations": [ENTRY | {"target": B}, ENTRY | {"target": C}]}, indent=2
)
LINE = json.dumps(
    ENTRY | {"kind": "accepted_plan", "accepted_plan": {"summary": "x"}, "related_ticket": None}
)


def misplaced(workspace: Workspace) -> list[MisplacedFile]:
    """All of it; nothing that is a source is among it."""
    place = find_workspace(str(workspace.root))
    found = find_misplaced(place)
    assert {one.path for one in found}.isdisjoint(
        source.path for source in scan(place) if source.fault
    )
    return found


def findings(workspace: Workspace) -> list[tuple[str, str]]:
    """Code, and path below the tickets root."""
    return [(one.code, one.path.removeprefix(".yoi/tickets/")) for one in misplaced(workspace)]


def put(workspace: Workspace, path: str, text: str = RECORD) -> Path:
    place = workspace.tickets / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


@pytest.fixture
def tickets(workspace: Workspace) -> Workspace:
    """Two tickets, one with a record, and another in a bucket; all in order."""
    workspace.ticket(A)
    workspace.record(A, "blocked_by", B)  # its file is ONE
    workspace.relations_json(A)
    workspace.ticket(B)
    workspace.ticket(OLD, None, "closed")
    put(workspace, f"{A}/thread.md", "---\nkind: x\nauthor: y\nat: z\n---\n")
    for name in (
        "report.md",
        "plan.txt",
        "item.md",
        ".gitkeep",
        "relations/.gitkeep",
        "deep/a/b.png",
    ):
        put(workspace, f"{A}/artifacts/{name}", ITEM)
    put(workspace, "README.md", "# Tickets")
    put(workspace, ".trash/x/item.md")
    return workspace


def test_reports_nothing_in_a_regular_workspace(tickets: Workspace) -> None:
    assert findings(tickets) == []


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        (f"{RELATIONS}/{ONE}~", RECORD, "leftover"),
        (f"{RELATIONS}/{ONE}.orig", RECORD, "leftover"),
        (f"{RELATIONS}/.{ONE}.swp", RECORD, "leftover"),
        (f"{RELATIONS}/Thumbs.db", "", "leftover"),
        (f"{RELATIONS}/notes.txt", "", "misplaced_file"),
        (f"{A}/item.md.orig", ITEM, "leftover"),
        (f"{A}/artifacts/relations.json~", "{}", "leftover"),
        (f"{A}/artifacts/relations (1).json", "{}", "misplaced_file"),
        (f"{A}/artifacts/Relations.json", "{}", "misplaced_file"),
        (f"{A}/artifacts/{ONE}", RECORD, "misplaced_record"),
        (f"{A}/artifacts/relations 2/{ONE}", RECORD, "misplaced_record"),
        (f"{A}/relations/{TWO}", RECORD, "misplaced_record"),
        (f"{A}/{TWO}", "", "misplaced_record"),
        (f"{A}/artifacts/blocked.md", RECORD, "misplaced_record"),
        (f"{A}/artifacts/notes/deep/blocked.MD", RECORD, "misplaced_record"),
        (f"closed/{OLD}/relations/{TWO}", RECORD, "misplaced_record"),
        (f"{A}/relations.json", "{}", "misplaced_record"),
        (f"{A}/orchestration-plan.jsonl", "", "misplaced_record"),
        (f"{A}/Artifacts/relations.json", "", "misplaced_record"),
        (f"{A}/Artifacts/orchestration-plan.jsonl", "", "misplaced_record"),
        (f"{A}/Artifacts/relations/{TWO}", "", "misplaced_record"),
        (f"{A}/Artifacts/relations/{TWO[:-3]}", RECORD, "misplaced_record"),
        (f"{A}/{TWO[:-3]}.txt", RECORD, "misplaced_record"),
        (f"{A}/artifacts/relationships.json", ENTRIES, "misplaced_record"),
        (f"{A}/artifacts/plan.jsonl", LINE, "misplaced_record"),
        (f"{A}/artifacts/orchestration.jsonl", LINE, "misplaced_record"),
        (f"{A}/artifacts/orchestrator-plan.jsonl", f"# cut\n{LINE}", "misplaced_record"),
        (f"{A}/artifacts/plan/orchestration-plan.jsonl", LINE, "misplaced_record"),
        (f"{A}/artifacts/plan.json.txt", LINE, "misplaced_record"),
        (f"{A}/artifacts/a/b/relations", ENTRIES, "misplaced_record"),
        (f"{A}/artifacts/links.json", ENTRIES[:-40], "misplaced_record"),
        (f"{C}/Item.md", ITEM, "misnamed_item"),
        (f"{C}/item.markdown", ITEM, "misnamed_item"),
        (f"{C}/item.md.txt", ITEM, "misnamed_item"),
        (f"{C}/ITEM.MD", ITEM, "misnamed_item"),
        (f"{C}/item (1).md", ITEM, "misnamed_item"),
        (f"{C}/item", ITEM, "misnamed_item"),
        ("ticket.md", ITEM, "misplaced_file"),
        ("closed/ticket.md", ITEM, "misplaced_file"),
    ],
)
def test_misplaced_file_is_reported(tickets: Workspace, path: str, text: str, code: str) -> None:
    put(tickets, path, text)
    assert findings(tickets) == [(code, path)]
    (one,) = misplaced(tickets)
    folder = Path(path).parts[1 if path.startswith("closed/") else 0]
    assert one.ticket == (folder if folder in (A, C, OLD) else "")


def test_misnamed_item_next_to_records_is_reported(tickets: Workspace) -> None:
    (tickets.tickets / A / "item.md").rename(tickets.tickets / A / "Item.md")
    assert findings(tickets) == [("misnamed_item", f"{A}/Item.md")]


@pytest.mark.parametrize(
    ("path", "code", "where"),
    [
        (f"{C}/notes.txt", "odd_folder", C),
        (f"{C}/artifacts/.gitkeep", "odd_folder", C),
        ("closed/rest/x.png", "odd_folder", "closed/rest"),
        ("my-ticket/item.md", "odd_folder", "my-ticket"),
        (f"{A}/{C}/item.md", "odd_folder", f"{A}/{C}"),
        (f"{A}/{C}/artifacts/relations/{TWO}", "odd_folder", f"{A}/{C}"),
        (f"{A}/notes/{C}/artifacts/relations.json", "odd_folder", f"{A}/notes/{C}"),
        (f"{RELATIONS}/empty/", "leftover", f"{RELATIONS}/empty"),
        (f"{A}/artifacts/old/item.md", "odd_folder", f"{A}/artifacts/old"),
    ],
)
def test_folder_that_is_not_a_ticket_is_reported(
    tickets: Workspace, path: str, code: str, where: str
) -> None:
    if path.endswith("/"):
        (tickets.tickets / path).mkdir()
    else:
        put(tickets, path, ITEM)
    assert findings(tickets) == [(code, where)]


OTHER_JSON = (
    "",
    "[]",
    '{"kind": "blocks"}',
    json.dumps(ENTRY | {"kind": "bug"}),
    json.dumps(ENTRY | {"kind": ["blocks"]}),
    json.dumps([{"ticket_id": A}, {"kind": "blocks"}], indent=1),
    json.dumps({"sentence": LINE}),
    "[" * 5000 + '"ticket_id"',
)


@pytest.mark.parametrize("text", OTHER_JSON)
@pytest.mark.parametrize("name", ["artifacts/plan.jsonl", "notes/relations.json", "data.json"])
def test_other_json_is_ignored(tickets: Workspace, name: str, text: str) -> None:
    put(tickets, f"{A}/{name}", text)
    assert findings(tickets) == []


@pytest.mark.parametrize("folder", [C, f"artifacts/{C}", f"a/b/{C}"])
def test_nested_ticket_is_one_finding(tickets: Workspace, folder: str) -> None:
    for path in ("item.md", f"artifacts/relations/{TWO}", "artifacts/relations.json", TWO):
        put(tickets, f"{A}/{folder}/{path}", ITEM if path == "item.md" else RECORD)
    (one,) = misplaced(tickets)
    assert (one.code, one.path) == ("odd_folder", f".yoi/tickets/{A}/{folder}")
    assert one.goes_to == f".yoi/tickets/{C}"
    (tickets.tickets / A / folder).rename(tickets.tickets / A / "old")
    assert [one.goes_to for one in misplaced(tickets)] == [None]


@pytest.mark.parametrize("id_", [A, B, OLD])
def test_finding_names_the_ticket_that_has_the_id(tickets: Workspace, id_: str) -> None:
    put(tickets, f"{A}/{id_}/item.md", ITEM)
    (one,) = misplaced(tickets)
    assert one.goes_to == f".yoi/tickets/{f'closed/{id_}' if id_ == OLD else id_}"


COPIES = (
    "{} 2",
    "{} copy",
    "{} copy 2",
    "{} (1)",
    "{} - Copy",
    "{} - Copy (2)",
    "Copy of {}",
    "{}~",
    "{}-old",
    "{}_bak",
    "{}copy",
    "{}-x",
    "{}.old",
    "{}-backup",
    "{}.orig",
    "{} tmp",
    "{}-new-2 copy",
    "{}_old (2)",
)


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("original", [A, f"closed/{OLD}"])
def test_copied_folder_is_reported_with_its_original(
    tickets: Workspace, name: str, original: str
) -> None:
    bucket, slash, last = original.rpartition("/")
    copy = bucket + slash + name.format(last)
    shutil.copytree(tickets.tickets / original, tickets.tickets / copy)
    assert findings(tickets) == [("copied_folder", copy)]
    (one,) = misplaced(tickets)
    assert one.ticket == name.format(last)
    assert last in one.message
    if original == A:  # once the original is gone, its name still tells
        shutil.rmtree(tickets.tickets / original)
        assert findings(tickets) == [("copied_folder", copy)]


def test_suffix_after_an_id_is_a_copy_if_names_are_ids(tickets: Workspace) -> None:
    copies = [f"{A}-{end}" for end in ("mine", "2026", "x", "a-b")] + [f"{A}.save"]
    for copy in copies:
        shutil.copytree(tickets.tickets / A, tickets.tickets / copy)
    assert findings(tickets) == sorted(
        (("copied_folder", copy) for copy in copies), key=lambda one: one[1]
    )
    shutil.copytree(tickets.tickets / A, tickets.tickets / f"{A}1234")
    assert ("odd_folder", f"{A}1234") in findings(tickets)


@pytest.mark.parametrize("end", ["-old", "_bak", "copy", "-x", ".old", " (2)", "-backup"])
def test_copies_of_short_ids_are_reported(workspace: Workspace, end: str) -> None:
    for name in ("A0001", "B0001"):
        workspace.ticket(name)
    put(workspace, f"A0001{end}/notes.txt", "x")
    workspace.ticket(f"B0001{end}")
    assert findings(workspace) == [("copied_folder", f"{id_}0001{end}") for id_ in "AB"]


def test_ids_that_end_like_copies_are_not_copies(workspace: Workspace) -> None:
    for name in ("20260601-101500-fix-2", "20260601-101500-fix", "20260601-101501-make-copy"):
        workspace.ticket(name)
    workspace.ticket("00001KT000002")
    assert findings(workspace) == []


def test_names_are_accepted_if_none_is_an_id(workspace: Workspace) -> None:
    for name in ("A", "B", "TASK-12", "TASK-1"):
        workspace.ticket(name)
    assert findings(workspace) == []


@pytest.mark.parametrize(
    "path",
    [
        f"{RELATIONS}/{TWO}.txt",
        f"{RELATIONS}/more/{TWO}",
        f"{RELATIONS}/{TWO}.bak",
        f"{A}/artifacts/{TWO}",
        f"{A}/artifacts/Relations/{TWO}",
        f"{B}/Artifacts/relations/{TWO}",
        f"group/{C}/artifacts/relations/{TWO}",
        TWO,
    ],
)
def test_unusable_source_is_not_reported_twice(tickets: Workspace, path: str) -> None:
    put(tickets, path)
    assert findings(tickets) == []


def test_links_pipes_and_closed_folders_are_skipped(tickets: Workspace) -> None:
    folder = tickets.tickets / A
    (folder / TWO).symlink_to("nowhere")
    os.mkfifo(folder / "artifacts" / TWO.replace("2", "3"))
    (folder / "loop").symlink_to("..")
    (folder / "closed").mkdir(mode=0)
    assert ("misplaced_record", f"{A}/{TWO}") not in findings(tickets)


def test_names_that_are_not_utf_8_are_printable(tickets: Workspace) -> None:
    os.rename(put(tickets, f"{A}/x.md"), os.fsencode(tickets.tickets / A) + b"/\xff.md")
    assert findings(tickets) == [("misplaced_record", f"{A}/\\xff.md")]


def test_very_large_folder_is_not_searched(tickets: Workspace) -> None:
    for number in range(6000):
        put(tickets, f"{A}/artifacts/many/{number}", "")
    put(tickets, f"{A}/zzz/{TWO}")
    assert findings(tickets) == []
