"""Strays are reported; files that are certainly not records are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_builder import AT, A, B, Workspace, scan, ulid

from yoi_relations.files.source import Effect, Fault, Format, Source
from yoi_relations.files.stray.names import PLAN_JSONL, RELATIONS, nearly_place
from yoi_relations.files.workspace import find_workspace

RECORD = f"---\nkind: blocked_by\ntarget: {B}\nauthor: x\nat: {AT}\n---\nWhy.\n"
RELATIONS_FOLDER = f"{A}/artifacts/relations"
ONE = ulid(1)


def strays(workspace: Workspace) -> list[Source]:
    """The sources that cannot be used for what their name is."""
    found = scan(find_workspace(str(workspace.root)))
    return [source for source in found if source.format is Format.STRAY]


def where(workspace: Workspace) -> list[str]:
    """Where they lie, below the tickets root; none of them is without effect."""
    found = strays(workspace)
    assert all(isinstance(one.fault, Fault) for one in found)
    assert {one.fault.effect for one in found if one.fault} <= {Effect.RECORD}
    return [source.path.removeprefix(".yoi/tickets/") for source in found]


def put(workspace: Workspace, path: str, text: str = RECORD) -> Path:
    place = workspace.tickets / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


def verdict(workspace: Workspace) -> str:
    ran = workspace.run("check", A, "--json")
    word: str = ran.json["checks"][0]["verdict"]
    return word


@pytest.fixture
def tickets(workspace: Workspace) -> Workspace:
    return workspace.pair(states=("queued", "ready"))


ENDINGS = ("", ".txt", ".MD", ".markdown", ".md.txt", ".md (1)", ".yaml", ",md", " .md ")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("text", [RECORD, "", "<<<<<<< HEAD"])
def test_record_name_without_md_is_a_stray(tickets: Workspace, ending: str, text: str) -> None:
    put(tickets, f"{RELATIONS_FOLDER}/{ONE}{ending}", text)
    assert where(tickets) == [f"{RELATIONS_FOLDER}/{ONE}{ending}"]
    assert verdict(tickets) == "unknown"


@pytest.mark.parametrize("name", ["blocked", "blocked.txt", "b.Md", "README"])
@pytest.mark.parametrize("text", [RECORD, "---", "\ufeff---\n", "\n\n---\nkind"])
def test_file_among_records_that_starts_like_one_is_a_stray(
    tickets: Workspace, name: str, text: str
) -> None:
    put(tickets, f"{RELATIONS_FOLDER}/{name}", text)
    assert where(tickets) == [f"{RELATIONS_FOLDER}/{name}"]


@pytest.mark.parametrize("name", ["folder", f"{ONE}.md.d", ONE, "notes.txt", "old.bak"])
def test_folder_among_records_is_a_stray_unless_empty(tickets: Workspace, name: str) -> None:
    (tickets.tickets / RELATIONS_FOLDER / name).mkdir(parents=True)
    assert where(tickets) == []  # nothing is in it
    put(tickets, f"{RELATIONS_FOLDER}/{name}/.keep", "")
    assert where(tickets) == [f"{RELATIONS_FOLDER}/{name}"]
    assert verdict(tickets) == "unknown"


LISTS_INSIDE = (
    *("relations.json", "orchestration-plan.jsonl", "Relations.JSON", "orchestration_plan.json"),
    *("relations (1).json", "orchestration-plan.jsonl.bak"),
)


@pytest.mark.parametrize("name", LISTS_INSIDE)
def test_list_among_records_is_a_stray(tickets: Workspace, name: str) -> None:
    put(tickets, f"{RELATIONS_FOLDER}/{name}", "")
    assert where(tickets) == [f"{RELATIONS_FOLDER}/{name}"]
    assert verdict(tickets) == "unknown"


LEFTOVERS = (
    *(f"{ONE}.md{end}" for end in ("~", ".orig", ".rej", ".bak", ".swp", ".swo", ".tmp", ".BAK")),
    f"#{ONE}.md#",
    f"{ONE}.md.orig~",
    f"{ONE}.md.~1~",
)


@pytest.mark.parametrize("name", LEFTOVERS)
def test_leftover_is_a_stray_if_its_original_is_gone(tickets: Workspace, name: str) -> None:
    original = put(tickets, f"{RELATIONS_FOLDER}/{ONE}.md")
    put(tickets, f"{RELATIONS_FOLDER}/{name}")
    assert where(tickets) == []
    assert verdict(tickets) == "hold"
    original.unlink()
    assert where(tickets) == [f"{RELATIONS_FOLDER}/{name}"]
    assert verdict(tickets) == "unknown"


def test_leftover_without_a_ulid_is_a_stray_if_its_original_is_gone(tickets: Workspace) -> None:
    put(tickets, f"{RELATIONS_FOLDER}/blocked.md").rename(
        put(tickets, f"{RELATIONS_FOLDER}/blocked.md.bak")
    )
    assert where(tickets) == [f"{RELATIONS_FOLDER}/blocked.md.bak"]
    put(tickets, f"{RELATIONS_FOLDER}/blocked.md.bak", "what else")
    assert where(tickets) == []


@pytest.mark.parametrize("ending", [".bak", ".tmp", ".orig", "~", ".rej", ".swp", ".bak~"])
@pytest.mark.parametrize("original", ["blocked", "blocked.md"])
def test_leftover_that_starts_like_a_record_is_a_stray(
    tickets: Workspace, original: str, ending: str
) -> None:
    put(tickets, f"{RELATIONS_FOLDER}/{original}{ending}")
    assert where(tickets) == [f"{RELATIONS_FOLDER}/{original}{ending}"]
    put(tickets, f"{RELATIONS_FOLDER}/blocked.md")
    assert where(tickets) == []


@pytest.mark.parametrize(
    "name",
    ["Thumbs.db", "thumbs.db", "desktop.ini", "notes.txt", "a~", "b.bak", "#c#", f".{ONE}.md.swp"],
)
def test_file_that_cannot_be_a_record_is_not_a_source(tickets: Workspace, name: str) -> None:
    put(tickets, f"{RELATIONS_FOLDER}/{name}", "by hand")
    assert where(tickets) == []
    ran = tickets.run("show", "--json")
    assert (ran.code, ran.json["problems"], ran.json["freshness"]["sources"]) == (0, [], 2)


def test_links_and_pipes_among_records_are_strays(tickets: Workspace) -> None:
    folder = tickets.tickets / RELATIONS_FOLDER
    folder.mkdir(parents=True)
    (folder / "linked").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / ONE)
    assert where(tickets) == [f"{RELATIONS_FOLDER}/{ONE}", f"{RELATIONS_FOLDER}/linked"]


OUTSIDE = (
    *(f"{ONE}{end}" for end in (".md", " copy.md", ".MD", "", ".txt", ".md.txt", ".md.bak", "~")),
    *(f"{ONE.lower()}{end}" for end in ("", ".md", ".markdown", " 2.md", "-why.md")),
)


@pytest.mark.parametrize("name", OUTSIDE)
def test_record_in_artifacts_is_a_stray(tickets: Workspace, name: str) -> None:
    put(tickets, f"{A}/artifacts/{name}")
    assert where(tickets) == [f"{A}/artifacts/{name}"]
    assert verdict(tickets) == "unknown"
    put(tickets, f"{RELATIONS_FOLDER}/{ONE}.md")
    assert where(tickets) == []


NEARLY = (
    *("Relations", "RELATIONS", "relation", "relations 2", "relations copy", "relations.bak"),
    *("relations (1)", "Copy of relations", "relations - Copy (2)", "realtions", "relations~"),
    *("relations_old", "relations\u200b", "relations ", "relations.orig"),
)


@pytest.mark.parametrize("inner", [f"sub/{ONE}.md", f"a/b/c/d/{ONE}", "sub/blocked.md"])
def test_records_in_nested_similar_folders_are_strays(tickets: Workspace, inner: str) -> None:
    put(tickets, f"{A}/artifacts/Relations/{inner}")
    assert where(tickets) == [f"{A}/artifacts/Relations"]
    assert verdict(tickets) == "unknown"


@pytest.mark.parametrize("folder", NEARLY)
def test_folder_with_a_name_like_relations_is_a_stray(tickets: Workspace, folder: str) -> None:
    inner = put(tickets, f"{A}/artifacts/{folder}/{ONE}.md")
    assert where(tickets) == [f"{A}/artifacts/{folder}"]
    assert verdict(tickets) == "unknown"
    put(tickets, f"{RELATIONS_FOLDER}/{ONE}.md")
    assert where(tickets) == []  # what is read as well is a copy
    inner.rename(inner.with_name(f"{ulid(2)}.md"))
    assert where(tickets) == [f"{A}/artifacts/{folder}"]


@pytest.mark.parametrize("folder", ["Relations", "relation", "relations 2"])
def test_similar_folder_without_records_is_ignored(tickets: Workspace, folder: str) -> None:
    for name, text in (
        ("a.md", "---\ntitle: x\n---\n"),
        ("b.md", "# B"),
        ("c.png", "\x00"),
        (".d.md", RECORD),
        ("e/f.md", "x"),
    ):
        put(tickets, f"{A}/artifacts/{folder}/{name}", text)
    assert where(tickets) == []
    put(tickets, f"{A}/artifacts/{folder}/g", RECORD)
    assert where(tickets) == [f"{A}/artifacts/{folder}"]


FILES = (
    *("Relations.json", "relations.JSON", "relations.jsonl", "relation.json", "relations.json.txt"),
    *("relations.json~", "relations.json.bak", "relations (1).json", "relations copy.json"),
    *("relations", "relations.bak", "relations.old.json", "relatoins.json"),
)
PLANS = (
    *("orchestration_plan.jsonl", "Orchestration-Plan.jsonl", "orchestration-plan.json"),
    *("orchestration-plan", "orchestration-plan.jsonl.orig", "orchestrationplan.jsonl"),
    *("orchestration-plan.ndjson", "orchestration-plan.jsonl.rej", "orchestration-plans.jsonl"),
    "orchestration-plan (conflicted copy 2026-06-01).jsonl",
    "orchestration-plan.sync-conflict-20260601-101500-ABCDEFG.jsonl",
)


@pytest.mark.parametrize(
    ("name", "original"),
    [(name, "relations.json") for name in FILES]
    + [(name, "orchestration-plan.jsonl") for name in PLANS],
)
def test_file_with_a_name_like_a_list_is_a_stray(
    tickets: Workspace, name: str, original: str
) -> None:
    put(tickets, f"{A}/artifacts/{name}", "{}")
    assert where(tickets) == [f"{A}/artifacts/{name}"]
    assert verdict(tickets) == "unknown"
    if name != "relations":  # which prevents the folder of that name
        tickets.artifact(A, original, '{"version":1,"relations":[]}' if "j" in original else "")
        assert where(tickets) == []


OTHERS = (
    *("report.md", "notes.md", "review-2.md", "relations.md", "relations.svg", "relations.html"),
    *("relations-graph.json", "relations-show.json", "orchestration-plan.md", "plan.jsonl", "~"),
    *("implementation-plan.md", ".relations.json", ".gitkeep", "relationships.json", "r" * 250),
    *(
        "4f2ac0de4f2ac0de4f2ac0de4f2ac0de.md",
        "4F2AC0DE4F2AC0DE4F2AC0DE4F2AC0DE.png",
        "01.md",
        "copy.json",
        "translations.json",
    ),
)


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_in_artifacts_are_ignored(tickets: Workspace, name: str) -> None:
    put(tickets, f"{A}/artifacts/{name}", RECORD)
    assert where(tickets) == []


@given(
    place=st.sampled_from([(b"relations", RELATIONS), (b"orchestration-plan", PLAN_JSONL)]),
    at=st.integers(0, 8),
    letter=st.sampled_from("abcxyz"),
    how=st.sampled_from(["drop", "add", "replace", "swap", "upper"]),
    end=st.sampled_from(["", ".bak", "~", " 2", " (3)", " copy", ".json", ".jsonl", ".JSON.orig"]),
)
def test_name_may_differ_by_one_letter_and_copy_marks(
    place: tuple[bytes, bytes], at: int, letter: str, how: str, end: str
) -> None:
    word, meant = place[0].decode(), place[1]
    changed = {
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "replace": word[:at] + letter + word[at + 1 :],
        "swap": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        "upper": word[:at].upper() + word[at:],
    }[how]
    assert nearly_place((changed + end).encode()) == meant


@pytest.mark.parametrize("folder", ["Artifacts", "artifact", "artifacts 2", "artefacts"])
@pytest.mark.parametrize(
    "inner", [f"relations/{ONE}.md", "relations.json", "Relations/x", f"{ONE}.md", ONE.lower()]
)
def test_folder_with_a_name_like_artifacts_is_a_stray(
    tickets: Workspace, folder: str, inner: str
) -> None:
    put(tickets, f"{A}/{folder}/{inner}")
    assert where(tickets) == [f"{A}/{folder}"]
    (tickets.tickets / A / "artifacts").mkdir()
    assert where(tickets) == []


def test_other_folder_beside_an_item_is_ignored(tickets: Workspace) -> None:
    put(tickets, f"{A}/artefacts/picture.png")
    put(tickets, f"{A}/notes/relations.json")
    assert where(tickets) == []


LOOSE = (
    *("note.md", "NOTE.MD", "x.markdown", f"{ONE}.md", f"open/{ONE}.md", "closed/a.md"),
    *(ONE, f"{ONE}.txt", f"open/{ONE}", f"closed/{ONE.lower()}.md.bak"),
)


@pytest.mark.parametrize("name", LOOSE)
@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (RECORD, True),
        ("---\nKind: blocked_by\n---\n", True),
        ("---\nretires: x\n---\n", True),
        ("---\nkind blocked_by\n---\n", True),
        ("---\n<<<<<<< HEAD\nkind: after\n---\n", True),
        ("---\nkind: after\n", True),
        ("\n---\nkind: after\n---\n", True),
        ("---  \r\nkind: Blocked-By\r\n---\r\n", True),
        (f"---\nkind: guide\ntarget: {B}\n---\n", True),
        ("---\nkind: guide\n---\nHow to write a ticket.\n", False),
        ("---\nkind: [after]\n---\n", False),
        ("---\ntitle: a: b\n---\nSomething.\n", False),
        ("---\n\nKind regards\n", False),
        ("----------\nTickets\n----------\n", False),
        ("--- kind: after\n---\n", False),
        ("---\ntitle: A\nstate: ready\n---\n", False),
        ("# Tickets\n", False),
        ("", False),
    ],
)
def test_loose_markdown_file_is_a_stray(
    tickets: Workspace, name: str, text: str, *, counts: bool
) -> None:
    put(tickets, name, text)
    assert where(tickets) == ([name] if counts else [])
    assert {source.holder for source in strays(tickets)} <= {""}
    assert verdict(tickets) == ("unknown" if counts else "clear")
    assert tickets.run("show", A, "--json").code == (4 if counts else 0)


def test_hidden_folder_is_not_a_ticket(tickets: Workspace) -> None:
    before = scan(find_workspace(str(tickets.root)))
    for folder in (".trash", "open/.old"):
        put(tickets, f"{folder}/item.md", "---\nstate: done\n---\n")
        put(tickets, f"{folder}/artifacts/relations/{ONE}.md")
    put(tickets, ".note.md")
    (tickets.tickets / ".#note.md").symlink_to("somebody@here.1")
    put(tickets, f"group/.hidden/{A}/item.md")
    assert scan(find_workspace(str(tickets.root))) == before


@pytest.mark.parametrize("outer", ["archive", "Open", "done", f"open/{ulid(3)}", "archive/2026"])
@pytest.mark.parametrize("inner", ["item.md", "artifacts/relations.json"])
def test_folder_that_contains_tickets_is_a_stray(
    tickets: Workspace, outer: str, inner: str
) -> None:
    put(tickets, f"{outer}/20260601-101500-x/{inner}")
    first = outer if outer.startswith("open") else outer.partition("/")[0]
    assert where(tickets) == [first]
    assert [source.holder for source in strays(tickets)] == [first.rpartition("/")[2]]
    assert verdict(tickets) == "unknown"


def test_buckets_and_other_folders_are_not_strays(tickets: Workspace) -> None:
    for bucket in ("open", "pending", "closed"):
        tickets.ticket("20260601-101500-x-" + bucket, None, bucket)
    put(tickets, "templates/short/text.md", "---\ntitle: x\n---\n")
    put(tickets, f"{B}/notes/item.md", "---\ntitle: x\n---\n")  # of a ticket, doctor tells
    put(tickets, f"{ulid(4)}/artifacts/old/item.md", "---\ntitle: x\n---\n")
    assert where(tickets) == []


def test_folder_with_too_many_folders_is_a_stray(tickets: Workspace) -> None:
    for number in range(1001):
        (tickets.tickets / "many" / f"{number:04}").mkdir(parents=True)
    assert where(tickets) == ["many"]
