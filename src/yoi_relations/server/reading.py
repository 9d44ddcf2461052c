"""Asks the database: one transaction, which sees one state of it, for one question.

Readers try once. What they see is as old as the publications, so each answer says how old these
are, by the clock of the server.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, cast

import psycopg

from yoi_relations.errors import NotFoundError, UsageError
from yoi_relations.index.handle import Notify
from yoi_relations.lean.types import Connection
from yoi_relations.server.adapter import Adapter
from yoi_relations.server.connection import connect, database_named, failures_reported
from yoi_relations.server.schema import begin_in_schema
from yoi_relations.server.scope import PublishedWorkspaces, SharedScope
from yoi_relations.server.workspaces import QUERY, ListedWorkspace, listed

_MODE = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
_AGE = re.compile(r"(\d{1,9})([smhdw]?)", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class Database:
    """A database in place of an index.

    Attributes:
        workspace: None; there are no files, so no path is relative to a folder.
        connection: what the queries ask.
    """

    workspace = None

    def __init__(self, adapter: Adapter) -> None:
        # The queries call nothing but `execute`.
        self.connection = cast("Connection", adapter)
        self._adapter = adapter

    @property
    def _scope(self) -> SharedScope:
        return self._adapter.scope

    @property
    def asked(self) -> list[ListedWorkspace]:
        """The workspaces that the question is about, by name."""
        return self._scope.asked

    @property
    def named(self) -> list[ListedWorkspace]:
        """The same, and those of the other tickets that were needed until now."""
        return self._scope.named

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to ask about."""
        return not self.asked

    @property
    def tickets(self) -> int:
        """The number of tickets of these workspaces."""
        return sum(workspace.tickets for workspace in self.asked)

    @property
    def title(self) -> str:
        """The name of the workspace, or how many there are."""
        if len(self.asked) == 1:
            return self.asked[0].name
        return f"{len(self.asked)} workspaces"

    @property
    def digest(self) -> str:
        """Changes with publications, with aliases, and when a workspace becomes outdated."""
        outdated = self._scope.published.outdated
        return "\n".join(
            f"{each.name} {each.publication} {each.name in outdated} {' '.join(each.aliases)}"
            for each in self._scope.published.by_name.values()
        )

    def origin(self) -> dict[str, Any]:
        """The fields of a JSON document that say where the answer comes from."""
        return {"workspaces": [workspace.value() for workspace in self.named]}

    def placed(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows of a JSON document, with the workspace of the `ticket` of each."""
        workspace_of = self._scope.workspace_of
        return [{"workspace": workspace_of(row["ticket"])} | row for row in rows]


@contextlib.contextmanager
def open_database(
    database: str,
    workspaces: Sequence[str],
    max_age: str | None,
    notify: Notify,
    *,
    with_ages: bool,
) -> Iterator[Database]:
    """A database to be asked, in one transaction; it is closed at the end of the block.

    Args:
        database: a URL without a password, or what else libpq takes.
        workspaces: names or aliases of those that the question is about; none for all. The names
            of the tickets of a single one are shown without its name.
        max_age: the age beyond which a publication is outdated: seconds, or 90m, 12h, 7d, 2w.
        notify: receives a line if no workspace was published.
        with_ages: whether it also receives a line that says how old the publications are that the
            answer needed.

    Raises:
        UsageError: the database or the age cannot be understood.
        NotFoundError: a workspace was never published.
        DatabaseError: the database cannot be reached, refuses, or has tables of another version.
    """
    limit = None if max_age is None else _seconds(max_age)
    if not database:
        raise UsageError("--from names no database", "give a URL, or service=NAME")
    named = database_named(database)
    with failures_reported(), connect(named) as connection:
        there = listed(begin_in_schema(connection, _MODE, QUERY))
        found = Database(_adapter(connection, there, workspaces, limit))
        yield found
        if with_ages or found.is_empty:
            notify(_ages(found.named))
        connection.close()  # nothing is to be committed


def _ages(workspaces: Sequence[ListedWorkspace]) -> str:
    """How old the publications of some workspaces are."""
    if not workspaces:
        return "the database has no workspace; relations publish puts one there"
    newest, *_, oldest = sorted([*workspaces, *workspaces], key=lambda each: each.age)
    if len(workspaces) == 1:
        return f"{newest.name} was published {newest.age_words} ago"
    return (
        f"{len(workspaces)} workspaces were published, the latest {newest.age_words} ago, the"
        f" earliest {oldest.age_words} ago"
    )


def _seconds(age: str) -> timedelta:
    found = _AGE.fullmatch(age)
    if found is None:
        raise UsageError(
            f"'{age}' is not an age",
            "give seconds, minutes, hours, days or weeks: 90, 90m, 12h, 7d",
            parameter="max_age",
        )
    seconds = int(found[1]) * _SECONDS[found[2]]
    return timedelta(seconds=min(seconds, timedelta.max // timedelta(seconds=1)))


def _adapter(
    connection: psycopg.Connection,
    there: Sequence[ListedWorkspace],
    workspaces: Sequence[str],
    limit: timedelta | None,
) -> Adapter:
    published = PublishedWorkspaces.of(there, limit)
    for name in workspaces:
        if name not in published.known:
            raise NotFoundError(
                f"no workspace is called '{name}' in the database",
                "relations server list shows those that were published",
            )
    selected = frozenset(published.known[name] for name in workspaces)
    home = min(selected) if len(selected) == 1 else None
    return Adapter(connection, SharedScope(published, selected or None, home))
