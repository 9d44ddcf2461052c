"""The adapter, and the program's own queries on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from publishing import NAME, everything, in_both_layouts, published
from workspace_builder import A, B, C, Workspace

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.kinds import ALL_SHOWN
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.queries.near_relations import load_near_targets
from yoi_relations.queries.problems import find_problems
from yoi_relations.queries.records import (
    find_latest_record,
    find_records,
    not_retired,
    shown_as,
    touching,
    with_texts,
)
from yoi_relations.queries.retirements import load_lost_retirements
from yoi_relations.queries.scope import scope_of
from yoi_relations.queries.show_page import first_page, total_of
from yoi_relations.queries.tickets import all_tickets, load_tickets
from yoi_relations.server.adapter import Adapter
from yoi_relations.server.scope import PublishedWorkspaces, SharedScope
from yoi_relations.server.workspaces import QUERY, listed

Ask = Callable[[Any, str], object]
"""A question to an index, or to a database where each id has a prefix."""

QUESTIONS: list[Ask] = [
    lambda to, _: find_records(to),
    lambda to, at: find_records(to, touching([f"{at}{A}", f"{at}{B}"]), shown_as(["blocked_by"])),
    lambda to, _: find_records(to, scope_of(to).at_active_tickets(ALL_SHOWN)),
    lambda to, _: find_records(to, scope_of(to).at_active_tickets(frozenset({"waiting"}))),
    lambda to, _: find_records(
        to, with_texts(None, "line\nline\ttab \\. back", None, None, None, None)
    ),
    lambda to, _: find_records(to, not_retired(None)),
    lambda to, _: find_records(to, not_retired("01KT0000000000000000000001")),
    lambda to, _: find_latest_record(to, shown_as(["waiting", "related"])),
    lambda to, at: load_tickets(to, [f"{at}{id_}" for id_ in (A, B, C, "no such")]),
    lambda to, _: all_tickets(to),
    lambda to, _: sorted(to.execute("SELECT DISTINCT ticket, folder FROM ticket_name")),
    lambda to, _: sorted(
        to.execute("SELECT ticket, folder, slug, title FROM ticket_name WHERE title IS NOT NULL")
    ),
    lambda to, _: find_problems(to),
    lambda to, _: load_near_targets(to),
    lambda to, _: load_lost_retirements(to),
    lambda to, _: total_of(to, frozenset({"blocked_by", "waiting"})),
    lambda to, _: [
        find_records(to, *part)
        for inactive in (True, False)
        for part in first_page(to, frozenset({"blocked_by", "waiting"}), 5, inactive=inactive)
    ],
]


@pytest.fixture
def shared(workspace: Workspace, database: str) -> Iterator[Adapter]:
    """A database with one workspace."""
    published(everything(workspace), database)
    with psycopg.connect(database) as connection:
        there = PublishedWorkspaces.of(listed(connection.execute(QUERY.encode())))
        yield Adapter(connection, SharedScope(there, None, None))


@in_both_layouts
@pytest.mark.parametrize("ask", QUESTIONS)
def test_both_engines_answer_the_same(workspace: Workspace, shared: Adapter, ask: Ask) -> None:
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        here = ask(index.connection, "")
    assert repr(ask(shared, f"{NAME}:")).replace(f"{NAME}:", "") == repr(here)


@pytest.fixture
def numbers(bare_database: str) -> Iterator[Adapter]:
    with psycopg.connect(bare_database) as connection:
        connection.execute("CREATE TABLE word (word text)")
        connection.execute("INSERT INTO word VALUES ('a'), ('b'), ('50%'), (NULL)")
        yield Adapter(connection, SharedScope(PublishedWorkspaces.of([]), None, None))


@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        ("word = ?", ("a",), ["a"]),
        ("word IS ?", (None,), [None]),
        ("word IS NOT ?", ("a",), ["b", "50%", None]),
        ("word IN (?, ?)", ("a", "b"), ["a", "b"]),
        ("word IN (SELECT value FROM json_each(?))", (json_text(["b"]),), ["b"]),
        ("word LIKE '%\\%' AND word <> ?", ("a",), ["50%"]),
        ("word IN (?) OR word IN (SELECT value FROM json_each(?))", ("a", "[]"), ["a"]),
    ],
)
def test_conditions(
    numbers: Adapter, condition: str, values: tuple[object, ...], found: list[str | None]
) -> None:
    rows = numbers.execute(f"SELECT word FROM word WHERE {condition}", values)  # noqa: S608  # fixed text
    assert [word for (word,) in rows] == found
