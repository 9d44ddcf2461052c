"""Which workspaces a question is about, and what is known of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from yoi_relations.lean.types import TYPE_CHECKING, Any, Connection, NamedTuple, StrEnum
from yoi_relations.queries.records import Condition, active_tickets

if TYPE_CHECKING:
    from yoi_relations.queries.problems import Problem
    from yoi_relations.queries.tickets import TicketInfo


class Uncertain(StrEnum):
    """Why nothing certain is known about a ticket."""

    ELSEWHERE = "elsewhere"
    """It is of another workspace, and an index knows only its own."""
    UNPUBLISHED = "unpublished"
    """It is of a workspace that the database does not have."""
    OUTDATED = "outdated"
    """Its workspace was published too long ago."""


class Scope:
    """The scope of a question to an index: its one workspace.

    What the queries get for a shared database has an attribute ``scope``, which overrides all this,
    and the methods ``by_workspace``, ``expect`` and ``narrow``.

    Attributes:
        shared: whether there are several workspaces, so that edges can lead from one to another.
        rows: conditions on rows of a table, which select those of the workspaces asked about.
        relations: conditions on records of relations, which select those with an end there.
        problems: problems of the workspaces as a whole.
        before_names: what stands before the names of its tickets, if it is about one workspace.
    """

    shared = False
    rows: tuple[Condition, ...] = ()
    relations: tuple[Condition, ...] = ()
    problems: tuple[Problem, ...] = ()
    before_names = ""

    def workspace_of(self, _id: str) -> str:
        """The name of the workspace of a ticket; empty for the only one."""
        return ""

    def whole_id(self, name: str) -> str | None:
        """The id that a name is, if it is a whole id; None if only a search can tell."""
        # Other names have several Unicode forms, and a shell may pass what is not text.
        return name if name.isascii() else None

    def uncertain(self, id_: str) -> Uncertain | None:
        """Why nothing certain is known about a ticket that was not found."""
        from yoi_relations.ticket_ids import is_elsewhere  # noqa: PLC0415  # few ids have a colon

        return Uncertain.ELSEWHERE if is_elsewhere(id_) else None

    def remembered(self, _ids: Iterable[str]) -> Mapping[str, Sequence[Any] | None]:
        """By id, what is known of tickets without asking: a row, or None if there is none."""
        return {}

    def at_active_tickets(self, kinds: frozenset[str]) -> Condition:
        """Records about tickets that have an active relation of one of `kinds`, as shown."""
        found = active_tickets(kinds)
        return Condition(f"edge_ticket IN ({found.sql})", found.values)

    def crosses(self, _ticket: str, _target: str) -> bool:
        """Whether an edge leads from one workspace to another, so that no index knows both ends."""
        return False

    def crossing(self) -> tuple[Condition, ...]:
        """Conditions on records of such edges."""
        return ()

    def names_like(self, _name: str) -> tuple[Condition, ...]:
        """Conditions on names of tickets, which select at least those that may be meant."""
        return ()

    def ids_like(self, _name: str, _paths: Iterable[str]) -> tuple[Condition, ...]:
        """Conditions on records, which select at least those that may be meant by an id or path."""
        return ()


class Group(NamedTuple):
    """Tickets of one workspace.

    Attributes:
        connection: asks about that workspace; names are those of the whole answer.
        own: the same, with the names that the workspace itself uses; it may be the same object.
        tickets: the tickets.
        own_ids: their ids as the workspace itself has them; empty if `own` is the same object.
    """

    connection: Connection
    own: Connection
    tickets: list[TicketInfo]
    own_ids: list[str]


_INDEX = Scope()


def scope_of(connection: Connection) -> Scope:
    """The scope of a question to an index or a database."""
    scope: Scope = getattr(connection, "scope", _INDEX)
    return scope


def expect(connection: Connection, *questions: Callable[[Connection], object]) -> None:
    """Say which questions follow; a database answers the first statement of each together."""
    expecting = getattr(connection, "expect", None)
    if expecting is not None:
        expecting(questions)


def narrow(connection: Connection, ids: Iterable[str]) -> None:
    """Say that the question is about these tickets; a database then leaves out other workspaces.

    Each id of a ticket in a database begins with the name or an alias of its workspace.
    """
    narrowing = getattr(connection, "narrow", None)
    if narrowing is not None:
        narrowing(ids)


def by_workspace(connection: Connection, tickets: list[TicketInfo]) -> Iterable[Group]:
    """Tickets in groups, each with what answers for its workspace."""
    groups = getattr(connection, "by_workspace", None)
    return [Group(connection, connection, tickets, [])] if groups is None else groups(tickets)
