"""The views and docs/index.md, tried on the index file itself as sqlite3 and Datasette open it."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, C, Workspace

PROJECT = Path(__file__).parents[2]
DOCS = (PROJECT / "docs" / "index.md").read_text("utf-8")
INDEX = ".yoi/cache/relations/index-v7.12.sqlite3"
"""As docs/index.md says."""

Row = dict[str, Any]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)


def described() -> dict[str, list[str]]:
    """The columns that docs/index.md lists under each table and view."""
    sections = re.split(r"^#{2,3} ", DOCS, flags=re.MULTILINE)
    named = [re.match(r"`(\w+)`\n", section) for section in sections]
    return {
        name[1]: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        for name, section in zip(named, sections, strict=True)
        if name
    }


def query(workspace: Workspace, sql: str, *values: object) -> list[Row]:
    """What the published index answers, opened in place and read-only."""
    uri = f"{(workspace.root / INDEX).as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


def relation(workspace: Workspace) -> Row:
    """The only relation there is, once the index is current."""
    workspace.run("show")
    (row,) = query(workspace, "SELECT * FROM relation")
    return row


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("views") / "work")
    shutil.copytree(
        PROJECT / "examples",
        workspace.root,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("cache"),
    )
    workspace.show()
    return workspace


def test_sqlite_finds_no_damage_in_the_index_file(examples: Workspace) -> None:
    assert query(examples, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def test_the_docs_name_the_index_file(examples: Workspace) -> None:
    assert set(re.findall(r"\.yoi/cache/[\w./-]+", DOCS)) == {INDEX}
    assert examples.run("--json", "status").json["index"]["path"] == INDEX


def test_rebuild_and_show_bring_the_index_up_to_date(workspace: Workspace) -> None:
    count = "SELECT count(*) AS tickets FROM ticket_now"
    for tickets, (id_, command) in enumerate(((A, "rebuild"), (B, "show"), (C, "rebuild")), 1):
        workspace.ticket(id_)
        assert workspace.run(command).code == 0
        assert query(workspace, count) == [{"tickets": tickets}]


def test_the_docs_describe_every_column(examples: Workspace) -> None:
    names = query(examples, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    columns = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
    assert described() == {
        row["name"]: [column["name"] for column in query(examples, columns, row["name"])]
        for row in names
    }


@pytest.mark.parametrize("sql", blocks("sql"))
def test_every_query_of_the_docs_yields_rows(examples: Workspace, sql: str) -> None:
    assert query(examples, sql)


def test_the_docs_query_for_blockers_finds_what_show_finds(examples: Workspace) -> None:
    shown = examples.show("--kind", "blocker")["relations"]
    names = ("ticket", "ticket_title", "ticket_state", "target", "target_title", "target_state")
    wanted = [{name: one[name] for name in names} | {"text": one["note"]} for one in shown]
    assert query(examples, blocks("sql")[0]) == wanted


def test_the_docs_query_for_days_counts_from_the_newest_record(examples: Workspace) -> None:
    rows = query(examples, blocks("sql")[1])
    latest = [row["latest"] for row in rows]
    assert (min(latest), max(latest)) == ("2026-06-09T18:52:30Z", "2026-06-15T08:02:19Z")
    assert sum(row["records"] for row in rows) == 6


def test_the_docs_query_for_days_can_count_from_today(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.record(A, "waiting", note="long ago", at="2020-01-01T00:00:00Z")
    assert workspace.run("add", A, "waiting", "--note", "just now").code == 0
    sql = blocks("sql")[1].replace("(SELECT max(at_key) FROM record_now)", "'now'")
    assert [row["records"] for row in query(workspace, sql)] == [1]


def test_the_docs_query_for_obstacles_counts_what_show_finds(examples: Workspace) -> None:
    shown = examples.show("--kind", "blocker")["relations"]
    rows = query(examples, blocks("sql")[2])
    assert rows[0]["blocks"] == 2
    assert sum(row["blocks"] for row in rows) == len(shown)
    assert {row["target"] for row in rows} == {one["target"] for one in shown}


def test_the_python_of_the_docs_runs(examples: Workspace) -> None:
    (code,) = blocks("python")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=examples.root,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = examples.show("--kind", "blocker", "--all")["relations"]
    lines = [line for line in ran.stdout.splitlines() if "): " in line]
    assert len(lines) == sum(len(one["records"]) for one in shown)
    assert "Scan barcodes with the phone camera (planning): A label names a copy." in ran.stdout


def test_the_view_of_relations_holds_what_show_all_answers(examples: Workspace) -> None:
    shown = examples.show("--all", "--limit", "0")["relations"]
    rows = query(examples, "SELECT * FROM relation")
    assert sorted(map(_facts_of_row, rows)) == sorted(map(_facts_shown, shown))


def _facts_of_row(row: Row) -> tuple[str, ...]:
    return tuple(str(value) for name, value in row.items() if name != "inactive")


def _facts_shown(one: Row) -> tuple[str, ...]:
    standing = [record for record in one["records"] if record["retired_at"] is None]
    values = (
        *(one[name] for name in ("class", "kind", "ticket", "ticket_title", "ticket_state")),
        *(one[name] for name in ("target", "target_title", "target_state")),
        int(one["active"]),
        one["plan"]["summary"] if one["plan"] else one["note"],
        one["author"],
        one["at"],
        len(one["records"]),
        len(standing),
    )
    return tuple(map(str, values))


def test_the_view_of_records_holds_every_record(examples: Workspace) -> None:
    shown = examples.show("--all", "--limit", "0")["relations"]
    names = ("kind", "holder", "target", "author", "at", "path", "line", "format")
    retired = ("retired_at", "retired_by", "retired_reason")
    wanted = [
        tuple(str(record.get(name)) for name in ("id", *names, *retired))
        for one in shown
        for record in one["records"]
    ]
    rows = query(examples, "SELECT * FROM record_now")
    found = [tuple(str(row[name]) for name in ("record_id", *names, *retired)) for row in rows]
    assert sorted(found) == sorted(wanted)


def test_the_view_of_tickets_holds_every_ticket(examples: Workspace) -> None:
    rows = query(examples, "SELECT * FROM ticket_now")
    assert len(rows) == examples.show()["workspace"]["tickets"]
    states = {row["ticket"]: row["state"] for row in rows}
    for one in examples.show("--all", "--limit", "0")["relations"]:
        assert states[one["ticket"]] == one["ticket_state"]
    assert all(row["folders"] == 1 for row in rows)


def test_relation_shows_its_latest_record_that_is_not_retired(workspace: Workspace) -> None:
    workspace.pair("blocked_by", "the latest that stands", at="2026-06-02T10:00:00Z")
    workspace.record(A, "depends_on", B, "older", at="2026-06-01T10:00:00Z")
    taken_back = {"retired_at": "2026-06-04T10:00:00Z", "retired_by": "x", "retired_reason": "y"}
    workspace.record(A, "blocked_by", B, "retired", at="2026-06-03T10:00:00Z", **taken_back)
    row = relation(workspace)
    assert row["text"] == "the latest that stands"
    assert (row["records"], row["records_not_retired"]) == (3, 2)


def test_path_decides_between_records_of_the_same_instant(workspace: Workspace) -> None:
    workspace.pair()
    for holder, kind, target in ((A, "blocked_by", B), (B, "blocks", A), (A, "depends_on", B)):
        workspace.record(holder, kind, target, f"{kind} in {holder}")
    (shown,) = workspace.show("--all")["relations"]
    assert relation(workspace)["text"] == shown["note"] == f"blocks in {B}"


def test_instants_are_compared_as_times_and_not_as_text(workspace: Workspace) -> None:
    workspace.pair("blocked_by", "later", at="2026-06-01T10:00:00.5Z")
    workspace.record(A, "blocked_by", B, "earlier", at="2026-06-01T12:00:00+02:00")
    row = relation(workspace)
    assert (row["text"], row["at"]) == ("later", "2026-06-01T10:00:00.5Z")


def test_an_id_in_two_folders_has_no_state(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    workspace.ticket(A, "done", bucket="closed")
    workspace.ticket(B, "ready")
    workspace.record(B, "blocked_by", A, "whichever it is")
    assert relation(workspace)["target_state"] is None
    found = {row["ticket"]: row for row in query(workspace, "SELECT * FROM ticket_now")}
    assert (found[A]["state"], found[A]["folders"]) == (None, 2)
    assert (found[B]["state"], found[B]["folders"]) == ("ready", 1)
    assert len(query(workspace, blocks("sql")[0])) == 1


def test_records_without_an_item_have_a_ticket_without_a_folder(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.record(B, "blocked_by", A, "held by nobody")
    assert relation(workspace)["ticket_state"] is None
    (row,) = query(workspace, "SELECT * FROM ticket_now WHERE ticket = ?", B)
    assert (row["title"], row["state"], row["folder"], row["folders"]) == (None, None, None, 1)


def test_edge_to_a_missing_target_is_a_relation(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.record(A, "blocked_by", C, "not there yet")
    row = relation(workspace)
    assert (row["target"], row["target_title"], row["target_state"]) == (C, None, None)


def test_every_note_is_its_own_relation(workspace: Workspace) -> None:
    workspace.ticket(A)
    for note in ("for a person", "for a decision"):
        workspace.record(A, "waiting", note=note)
    workspace.record(A, "accepted_plan", note="in two steps", branch="two-steps")
    workspace.run("show")
    rows = query(workspace, "SELECT kind, text FROM relation ORDER BY text")
    assert [row["text"] for row in rows] == ["for a decision", "for a person", "in two steps"]
