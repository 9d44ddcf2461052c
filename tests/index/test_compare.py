"""Every difference between two indexes is found, and named by path and row."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing

import pytest
from index_comparison import made
from workspace_builder import A, B, C, Workspace

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import build
from yoi_relations.index.compare import COMPARED, DERIVED, compare_indexes, source_digests
from yoi_relations.index.freshness import open_index

BUILD_TABLES = {"generation", "snapshot"}
"""Tables that say how and when an index was built."""
RECORD = f".yoi/tickets/{A}/artifacts/relations/01KT0000000000000000000001.md"
NAMED = "the record '01KT0000000000000000000001'"
LINES = f".yoi/tickets/{B}/artifacts/orchestration-plan.jsonl"


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    workspace.pair("blocked_by", "why", states=("planning", "nonsense"))
    workspace.plan_lines(B, *({"kind": "before", "related_ticket": one} for one in (A, C)))
    return workspace


def test_two_readings_of_the_same_files_do_not_differ(filled: Workspace) -> None:
    assert compare_indexes(made(filled), made(filled)) == []


def test_every_table_is_compared_or_describes_the_build() -> None:
    with closing(build.new_connection()) as connection:
        rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()

    assert {name for (name,) in rows} == {*COMPARED, *DERIVED} | BUILD_TABLES


@pytest.mark.parametrize(
    ("damage", "path", "message"),
    [
        (
            "UPDATE record SET note = 'other' WHERE note = 'why'",
            RECORD,
            f"{NAMED}: note is 'other' in the index, and should be 'why'",
        ),
        (
            "UPDATE record SET note = NULL, author = 'me' WHERE note = 'why'",
            RECORD,
            "note is nothing in the index, and should be 'why'; author is 'me' in the index",
        ),
        (
            "UPDATE ticket SET state = 'done' WHERE state = 'planning'",
            f".yoi/tickets/{A}/item.md",
            "the ticket: state is 'done' in the index, and should be 'planning'",
        ),
        (
            "DELETE FROM problem",
            f".yoi/tickets/{B}/item.md",
            "the index lacks the problem 'has an unknown state 'nonsense'",
        ),
        (
            "INSERT INTO problem (source_id, message, effect)"  # noqa: ISC004  # one statement
            " SELECT id, 'smells', 'none' FROM source WHERE format = 'frontmatter'",
            RECORD,
            "the index holds the problem 'smells', which does not exist",
        ),
        (
            "UPDATE record SET line = line + 7 WHERE kind = 'before' AND line = 1",
            LINES,
            "line is '8' in the index, and should be '1'",
        ),
        (
            "UPDATE source SET folder = 'x' WHERE format = 'frontmatter'",
            RECORD,
            "the source: folder is 'x' in the index",
        ),
        (
            "UPDATE record SET record_id = 'x-other' WHERE kind = 'before' AND line = 1",
            LINES,
            "the index holds the record 'x-other', which does not exist",
        ),
        (
            "UPDATE source SET digest = x'00ff' WHERE format = 'frontmatter'",
            RECORD,
            "the source: digest is '00ff' in the index, and should be '",
        ),
        (
            "DELETE FROM spanning_problem",
            LINES,
            "the index lacks the spanning_problem: line '2', code 'dangling_target'",
        ),
        (
            "UPDATE tally SET count = 7 WHERE name = 'after'",
            ".",
            "the index holds the tally: name 'after', count '7'",
        ),
    ],
)
def test_names_each_different_row(filled: Workspace, damage: str, path: str, message: str) -> None:
    stored = made(filled)
    stored.execute(damage)

    found = compare_indexes(stored, made(filled))

    assert {difference.path for difference in found} == {path}
    assert message in found[0].message


def test_rows_in_another_order_differ(filled: Workspace) -> None:
    stored = made(filled)
    stored.execute("UPDATE record SET id = 1000 - id")

    assert compare_indexes(stored, made(filled)) == [
        (LINES, "the index holds every record, but in another order")
    ]


def test_extra_and_missing_sources_are_named_with_their_rows(filled: Workspace) -> None:
    stored = made(filled)
    (filled.root / RECORD).unlink()
    filled.ticket(C)

    found = compare_indexes(stored, made(filled))

    assert [(one.path.rpartition("/")[2], one.message.split(" '")[0]) for one in found] == [
        ("01KT0000000000000000000001.md", "the index holds the record"),
        ("01KT0000000000000000000001.md", "the index holds the source, which does not exist"),
        ("item.md", "the index lacks the source"),
        ("item.md", "the index lacks the ticket"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.ticket(A, "done"),
        lambda w: w.ticket(C),
        lambda w: w.record(C, "after", A),
        lambda w: (w.root / RECORD).unlink(),
        lambda w: shutil.rmtree(w.tickets / A),
        lambda w: (w.tickets / A).rename(w.tickets / C),
        lambda w: w.plan_lines(B, {"kind": "before", "related_ticket": A}),
        lambda w: w.ticket(A, bucket="closed"),
    ],
)
def test_updated_index_equals_a_new_one(
    filled: Workspace, change: Callable[[Workspace], object]
) -> None:
    found = find_workspace(str(filled.root))
    open_index(found, lambda _: None).close()

    change(filled)

    with open_index(found, lambda _: None) as index:
        assert compare_indexes(index.connection, made(filled)) == []


def test_names_that_look_equal_stay_separate(workspace: Workspace) -> None:
    for name in (b"\xff", rb"\xff"):
        shutil.copytree(workspace.ticket(A), workspace.tickets / os.fsdecode(name))
    stored = made(workspace)

    assert compare_indexes(stored, made(workspace)) == []
    (count,) = source_digests(stored)[r".yoi/tickets/\xff/item.md"].values()
    assert count == 2
