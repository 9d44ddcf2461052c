"""Files as editors, agents and exports write them: each has one result, and others keep theirs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from oracle import settle
from workspace_builder import AT, A, B, C, D, Workspace, ulid

ITEM = b"---\ntitle: T\nstate: queued\n---\nText.\n"
RECORD = f"---\nkind: blocked_by\ntarget: {B}\nauthor: x\nat: {AT}\n---\nWhy.\n".encode()
USED: dict[str, tuple[bytes, bytes]] = {
    "CRLF": (b"\n", b"\r\n"),
    "BOM": (b"---\n", b"\xef\xbb\xbf---\n"),
    "tabs after colons": (b": ", b":\t"),
    "no last newline": (b".\n", b"."),
    "binary text below": (b"Text.\n", b"\0 \xe9\n"),
}
"""Replacements in a file (old, new) after which it is as good as before."""
SPOILT: dict[str, tuple[bytes, bytes, str]] = {
    "empty": (b"", b"", "no frontmatter"),
    "only ---": (b"", b"---\n", "---"),
    "only fences": (b"", b"---\n---\n", ""),
    "NUL": (b": ", b": \0", "NUL"),
    "latin-1": (b": ", b": \xe9", "UTF-8"),
    "tab before a key": (b"---\n", b"---\n\t", "YAML"),
    "a key twice": (
        b"---\n",
        b"---\nkind: after\nkind: after\nstate: done\nstate: done\n",
        "twice",
    ),
    "a list": (b"", b"---\nstate: [done]\nkind: [after]\n---\n", ""),
    "null": (b"", b"---\nstate: null\nkind: ~\n---\n", ""),
    "no, a word of YAML 1.1": (b"", b"---\nstate: no\nkind: no\n---\n", "'no'"),
    "a number": (b"", b"---\nstate: 1.0\nkind: 1.0\n---\n", "'1.0'"),
    "a date": (b"", b"---\nstate: 2026-06-01\nkind: 2026-06-01\n---\n", "'2026-06-01'"),
}
"""Replacements after which a file is unusable, and a part of the message; no old: all of it."""


@pytest.fixture
def others(workspace: Workspace) -> Workspace:
    """Two tickets with a relation that does not depend on A."""
    workspace.ticket(B)
    workspace.ticket(C)
    workspace.record(C, "after", B, "not touched")
    return workspace


def altered(data: bytes, old: bytes, new: bytes) -> bytes:
    return data.replace(old, new, -1 if old == b"\n" else 1) if old else new


def write(workspace: Workspace, item: bytes, record: bytes) -> list[str]:
    """Write the item and a record of A, and return their paths."""
    workspace.item(A, item)
    path = workspace.record_file(A, f"{ulid(9)}.md", record)
    return [f".yoi/tickets/{A}/item.md", str(path.relative_to(workspace.root))]


def asked(workspace: Workspace) -> tuple[int, list[Any], list[Any]]:
    ran = workspace.run("show", "--all", "--json")
    rows = ran.json["relations"]
    assert [one["note"] for one in rows if one["ticket"] == C] == ["not touched"]
    return ran.code, [one for one in rows if one["ticket"] != C], ran.json["problems"]


@pytest.mark.parametrize("name", USED)
def test_equivalent_files_are_read_alike(others: Workspace, name: str) -> None:
    write(others, altered(ITEM, *USED[name]), altered(RECORD, *USED[name]))
    code, (row,), problems = asked(others)
    assert (code, problems) == (0, [])
    said = [
        row[key] for key in ("kind", "ticket", "target", "ticket_state", "ticket_title", "note")
    ]
    assert said == ["blocked_by", A, B, "queued", "T", "Why."]


@pytest.mark.parametrize("name", SPOILT)
def test_unusable_file_is_reported_with_its_path(others: Workspace, name: str) -> None:
    old, new, said = SPOILT[name]
    item, record = write(others, altered(ITEM, old, new), RECORD)
    code, (row,), (problem,) = asked(others)
    assert (code, row["ticket_state"], problem["path"]) == (4, None, item)
    assert said in problem["message"]
    write(others, ITEM, altered(RECORD, old, new))
    code, rows, (problem,) = asked(others)
    assert (code, rows, problem["path"]) == (4, [], record)
    assert said in problem["message"]
    write(others, ITEM, RECORD)
    assert asked(others)[0] == 0


@pytest.mark.parametrize(
    "word", ["00001234", "1e5", "no", "12:30:45", "2026-06-01", "0x1F", "~tilde"]
)
def test_ids_are_kept_as_written(others: Workspace, word: str) -> None:
    others.ticket(word)
    others.record(B, "blocked_by", word)
    assert others.run("add", word, "related", C).code == 0
    for format_ in (others.relations_json, others.plan_lines):
        target = "target" if format_ == others.relations_json else "related_ticket"
        format_(B, {"kind": "blocks", target: word})
    rows = others.show("--all")["relations"]
    assert {tuple(sorted((one["ticket"], one["target"]))) for one in rows} == {
        tuple(sorted(ends)) for ends in ((C, B), (B, word), (word, C))
    }
    assert others.run("check", word, "--json").json["checks"][0]["ticket"] == word


def test_missing_item_is_a_problem_and_its_records_are_read(others: Workspace) -> None:
    _, record = write(others, ITEM, RECORD)
    (others.tickets / A / "item.md").unlink()
    code, (row,), (problem,) = asked(others)
    assert (code, row["target"], row["ticket_state"]) == (4, B, None)
    assert problem["path"] == f".yoi/tickets/{A}"
    assert record in row["records"][0]["path"]


def test_targets_that_no_ticket_has(others: Workspace) -> None:
    others.ticket(A)
    for target in (D, B.lower()):
        others.record(A, "blocked_by", target)
    itself = others.record(A, "blocked_by", A)
    code, rows, problems = asked(others)
    assert (code, [(one["target"], one["active"]) for one in rows]) == (
        4,
        [(D, True), (B.lower(), True)],
    )
    assert [one["message"] for one in problems if str(itself.name) in one["path"]]
    for target in (D, B.lower()):
        assert any(target in one["message"] for one in problems)


@pytest.mark.usefixtures("soon_settled")
@pytest.mark.parametrize("gone", ["deleted", "renamed"])
def test_record_about_a_removed_ticket_dangles(others: Workspace, gone: str) -> None:
    others.ticket(A)
    path = others.record(A, "blocked_by", B, "dangling soon")
    others.record(B, "after", A, "gone soon")
    settle(others)
    assert asked(others)[0] == 0
    if gone == "deleted":
        shutil.rmtree(others.tickets / B)
    else:
        (others.tickets / B).rename(others.tickets / D)
    code, rows, problems = asked(others)
    assert code == 4
    expected = {(A, B, "dangling soon")} | ({(D, A, "gone soon")} if gone == "renamed" else set())
    assert {(one["ticket"], one["target"], one["note"]) for one in rows} == expected
    assert str(path.relative_to(others.root)) in {one["path"] for one in problems}
    assert all(B in one["message"] for one in problems)


FILES = ("item.md", "relations.json", "orchestration-plan.jsonl", f"{ulid(2)}.md")


@pytest.mark.usefixtures("soon_settled")
@pytest.mark.parametrize("name", FILES)
def test_half_written_file_is_a_problem_until_complete(others: Workspace, name: str) -> None:
    others.ticket(A)
    others.record(A, "blocked_by", B, "a file")
    others.relations_json(A, {"kind": "related", "target": B, "note": "a list"})
    others.plan_lines(A, {"kind": "after", "related_ticket": B, "note": "a line"})
    expected = others.show("--all")["relations"]
    (path,) = (others.tickets / A).rglob(name)
    whole = path.read_bytes()
    settle(others)
    for half in (whole[: len(whole) // 2], whole[:20]):
        path.write_bytes(half)
        ran = others.run("show", "--json")
        assert (ran.code, [one["path"] for one in ran.json["problems"]]) == (
            4,
            [relative(others, path)],
        )
        settle(others)
    with path.open("ab") as file:
        file.write(whole[20:])
    assert others.show("--all")["relations"] == expected


def relative(workspace: Workspace, path: Path) -> str:
    return str(path.relative_to(workspace.root))
