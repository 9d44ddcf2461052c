"""The scope of a question to a shared database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Self

from yoi_relations.files.nfc import composed
from yoi_relations.files.source import Effect
from yoi_relations.kinds import ALL_SHOWN
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.record_lookup import MIN_PART
from yoi_relations.queries.records import Condition, active_tickets, either, in_files, with_id
from yoi_relations.queries.scope import Scope, Uncertain
from yoi_relations.queries.ticket_names import casefolded
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.server.names import Names, workspace_in
from yoi_relations.server.workspaces import ListedWorkspace
from yoi_relations.ticket_ids import is_elsewhere

Row = tuple[Any, ...]
_TICKET_COLUMNS = ["ticket", *TicketInfo._fields[1:]]
"""The columns of a statement that loads tickets."""


class PublishedWorkspaces(NamedTuple):
    """The workspaces in the database.

    Attributes:
        by_name: by name, each of them.
        known: by name and alias, the name. An alias of two workspaces names neither of them.
        spellings: by name, the name and the aliases that are known.
        outdated: the names of those that were published too long ago.
        tickets: by name, rows of tickets that were asked for already.
        needed: the names of the workspaces of all tickets that were needed, published or not.
    """

    by_name: Mapping[str, ListedWorkspace]
    known: Mapping[str, str]
    spellings: Mapping[str, Sequence[str]]
    outdated: frozenset[str]
    tickets: dict[str, Row]
    needed: set[str]

    @classmethod
    def of(cls, workspaces: Iterable[ListedWorkspace], max_age: timedelta | None = None) -> Self:
        """What is in the database; `max_age` is the age of the oldest that is not outdated."""
        by_name = {workspace.name: workspace for workspace in workspaces}
        known = _known(by_name)
        spellings: dict[str, list[str]] = {}
        for spelling, name in known.items():
            spellings.setdefault(name, []).append(spelling)
        outdated = frozenset(
            name
            for name, workspace in by_name.items()
            # A publication ahead of the clock was made before the clock was put back.
            if max_age is not None and abs(workspace.age) > max_age
        )
        return cls(by_name, known, spellings, outdated, tickets={}, needed=set())


def _known(by_name: Mapping[str, ListedWorkspace]) -> dict[str, str]:
    claims: dict[str, set[str]] = {}
    for workspace in by_name.values():
        for alias in workspace.aliases:
            claims.setdefault(alias, set()).add(workspace.name)
    aliases = {alias: min(names) for alias, names in claims.items() if len(names) == 1}
    return aliases | {name: name for name in by_name}


class SharedScope(Scope):
    """Some workspaces of a database, or all of them.

    Args:
        published: the workspaces in the database.
        selected: names of those that the question is about; None for all.
        home: name of the one whose names are bare; None for none.
    """

    shared = True

    def __init__(
        self, published: PublishedWorkspaces, selected: frozenset[str] | None, home: str | None
    ) -> None:
        self.published = published
        self.selected = selected
        self.home = home
        self.names = Names(published.known, published.spellings, home)
        asked = published.by_name.keys() if selected is None else selected
        self.asked = [published.by_name[name] for name in sorted(asked)]
        if selected is not None:
            self.rows = (self._rows(),)
            self.relations = (self._relations(),)
            if home is None and len(selected) == 1:
                self.before_names = f"{min(selected)}:"
        self.problems = tuple(
            _outdated_problem(workspace.name)
            for workspace in self.asked
            if workspace.name in published.outdated
        )

    @property
    def named(self) -> list[ListedWorkspace]:
        """The workspaces that are asked, and those of other tickets that were needed, by name."""
        by_name = self.published.by_name
        names = {workspace.name for workspace in self.asked} | self.published.needed
        return [by_name[name] for name in sorted(names & by_name.keys())]

    def narrowed(self, ids: Iterable[str]) -> SharedScope:
        """The scope for the workspaces of these tickets; this one if they are not published."""
        selected = frozenset(map(self.workspace_of, ids)) & self.published.by_name.keys()
        if not selected or selected == self.selected:
            return self
        return SharedScope(self.published, selected, self.home)

    def _rows(self) -> Condition:
        keys = tuple(workspace.workspace_id for workspace in self.asked)
        return Condition(f"workspace_id IN ({_marks(keys)})", keys)

    def _relations(self) -> Condition:
        """Records in these workspaces, and those of others about their tickets."""
        rows = self._rows()
        spellings = self.published.spellings
        names = tuple(name for workspace in self.asked for name in spellings[workspace.name])
        marks = _marks(names)
        ends = (f"split_part({end}, ':', 1) IN ({marks})" for end in ("edge_ticket", "edge_target"))
        return Condition(
            f"({rows.sql} OR crosses AND ({' OR '.join(ends)}))", (*rows.values, *names, *names)
        )

    def workspace_of(self, id_: str) -> str:
        """The name of the workspace of a ticket."""
        return self.names.workspace_of(id_)

    def whole_id(self, name: str) -> str | None:
        """The id that a name is, if it is a whole one, perhaps after an alias of its workspace."""
        whole = composed(name)
        return self.names.spelled(whole) if is_elsewhere(whole) else super().whole_id(name)

    def uncertain(self, id_: str) -> Uncertain | None:
        """Why nothing certain is known about a ticket that was not found."""
        workspace = self.workspace_of(id_)
        if workspace not in self.published.by_name:
            return Uncertain.UNPUBLISHED
        return Uncertain.OUTDATED if workspace in self.published.outdated else None

    def remember(self, columns: list[str], rows: Iterable[Row]) -> None:
        """Remember the tickets among rows of the database, whatever the statement was."""
        if columns == _TICKET_COLUMNS:
            self.published.tickets.update((row[0], row) for row in rows)

    def remembered(self, ids: Iterable[str]) -> dict[str, Row | None]:
        """By id, what is known of tickets without asking: a row, or None if there is none."""
        ids = list(ids)
        self.published.needed.update(map(self.workspace_of, ids))
        found: dict[str, Row | None] = {}
        convert = self.names.converter(_TICKET_COLUMNS) or tuple
        for id_ in ids:
            row = self.published.tickets.get(self.names.qualified(id_))
            if row is not None:
                (marked,) = self.marked(_TICKET_COLUMNS, [row])
                found[id_] = convert(marked)
            elif self.workspace_of(id_) not in self.published.by_name:
                found[id_] = None
        return found

    def marked(self, columns: list[str], rows: list[Row]) -> list[Row]:
        """Rows of tickets, in which those of workspaces that are outdated are uncertain."""
        if not self.published.outdated:
            return rows
        ticket, uncertain = columns.index("ticket"), columns.index("uncertain")

        def mark(row: Row) -> Row:
            if workspace_in(row[ticket]) not in self.published.outdated:
                return row
            return (*row[:uncertain], Uncertain.OUTDATED, *row[uncertain + 1 :])

        return [mark(row) for row in rows]

    def at_active_tickets(self, kinds: frozenset[str]) -> Condition:
        """Records about tickets that have an active relation of one of `kinds`, as shown.

        Of most kinds, few relations are active, which the server cannot know. It expects few values
        in an array, and many rows of a subquery, for which it would read the whole table.
        """
        if kinds == ALL_SHOWN:
            return super().at_active_tickets(kinds)
        found = active_tickets(kinds)
        return Condition(f"edge_ticket = ANY (ARRAY({found.sql}))", found.values)

    def crosses(self, ticket: str, target: str) -> bool:
        """Whether an edge leads from one workspace to another."""
        return self.workspace_of(ticket) != self.workspace_of(target)

    def crossing(self) -> tuple[Condition, ...]:
        """Conditions on records of such edges."""
        return (Condition("crosses", ()), *self.relations)

    def names_like(self, name: str) -> tuple[Condition, ...]:
        """Conditions on names of tickets, which select at least those that may be meant.

        The server compares only ASCII without regard to case, so other names are all selected.
        """
        part = casefolded(name)
        columns = ("ticket", "slug", "title")
        tests = [f"strpos(lower({column}), ?) > 0" for column in columns]
        tests += [f"octet_length({column}) <> char_length({column})" for column in columns]
        return (*self.rows, Condition(f"({' OR '.join(tests)})", (part,) * len(columns)))

    def ids_like(self, name: str, paths: Iterable[str]) -> tuple[Condition, ...]:
        """Conditions on records, which select at least those that may be meant by an id or path."""
        part = name.lower().removeprefix("x-")
        has_part = Condition("strpos(lower(record_id), ?) > 0", (part,))
        by_id = has_part if len(part) >= MIN_PART else with_id(part)
        by_file = Condition("starts_with(reverse(path), ?)", (name[::-1],))
        return (*self.rows, either(in_files(paths), either(by_file, by_id)))


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))


def _outdated_problem(name: str) -> Problem:
    """A publication that is too old could lack any record; the place is the workspace itself."""
    message = "was published longer ago than --max-age"
    return Problem(name, None, message, Effect.RECORD, f"{name}:")
