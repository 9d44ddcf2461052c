"""What a diagram draws of an overview: edges, their tickets, and labels."""

from __future__ import annotations

from unicodedata import east_asian_width

from yoi_relations.kinds import ALL_SHOWN, SEQUENCE_CLASSES, RelationClass, shown_name
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.overview import Overview
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.output import visible

_ELLIPSIS = "…"
CYCLE_COLOUR = "#d1242f"
"""Colour of the edges of a cycle, as CSS has it; it can be seen on white and on black."""
_ALWAYS_DRAWN = {*SEQUENCE_CLASSES, RelationClass.CONFLICT}
"""Classes that are drawn even if no kind was asked for."""


class DrawnEdge(NamedTuple):
    """An edge of a diagram.

    Attributes:
        start: key of the node at its start: the ticket that comes first, of a dependency or an
            ordering.
        end: key of the node at its end.
        relation: the relation that it shows.
        on_cycle: whether it is a step of a cycle.
    """

    start: str
    end: str
    relation: Relation
    on_cycle: bool


class Drawing(NamedTuple):
    """The nodes and edges of a diagram.

    Attributes:
        nodes: by key (``t0``, ``t1``, ...), the tickets by id.
        named: keys of the tickets that were asked for by name.
        edges: the edges, in the order of answers.
        left_out: number of tickets of the overview that are not drawn, because they have no edge.
    """

    nodes: dict[str, TicketInfo]
    named: frozenset[str]
    edges: list[DrawnEdge]
    left_out: int


def draw(overview: Overview) -> Drawing:
    """The drawing of an overview.

    It has the dependencies, orderings and conflicts; references only if kinds were asked for. A
    ticket without an edge is drawn only if it was named.
    """
    chosen = overview.selection.kinds != ALL_SHOWN
    edges = [edge for edge in overview.edges if chosen or edge.cls in _ALWAYS_DRAWN]
    drawn = {end.id for edge in edges for end in edge.ends} | set(overview.selection.tickets)
    tickets = [ticket for ticket in overview.tickets if ticket.id in drawn]
    key_of = {ticket.id: f"t{number}" for number, ticket in enumerate(tickets)}
    steps = {_identity(step) for cycle in overview.cycles for step in cycle.steps}
    return Drawing(
        nodes={key_of[ticket.id]: ticket for ticket in tickets},
        named=frozenset(key_of[id_] for id_ in overview.selection.tickets),
        edges=[_drawn_edge(edge, key_of, on_cycle=_identity(edge) in steps) for edge in edges],
        left_out=len(overview.tickets) - len(tickets),
    )


def _identity(relation: Relation) -> tuple[str, str, str | None]:
    return relation.kind, relation.ticket.id, relation.target and relation.target.id


def _drawn_edge(relation: Relation, key_of: dict[str, str], *, on_cycle: bool) -> DrawnEdge:
    first, second = (key_of[end.id] for end in relation.ends)
    if relation.cls in SEQUENCE_CLASSES:
        first, second = second, first
    return DrawnEdge(first, second, relation, on_cycle)


def edge_label(relation: Relation) -> str:
    """What an edge says beside its line; empty for an active dependency."""
    words = {
        RelationClass.DEPENDENCY: "",
        RelationClass.ORDERING: "then",
        RelationClass.CONFLICT: "not together",
        RelationClass.REFERENCE: relation.kind.replace("_", " "),
    }[relation.cls]
    ended = "" if relation.is_active else "ended"
    return ", ".join(part for part in (words, ended) if part)


def name_line(ticket: TicketInfo) -> str:
    """The line of a node below its title: the id and the state."""
    return f"{shown_name(ticket.id)} · {ticket.state_words}"


def title_lines(ticket: TicketInfo, columns: int, lines: int) -> list[str]:
    """The title, without control characters, in at most `lines` lines of `columns` each.

    A wide character takes two columns. A line breaks at a space or a wide character, if it can.
    """
    rest = visible(" ".join((ticket.title or "").split()))
    broken: list[str] = []
    while rest and len(broken) < lines:
        length = _length_within(rest, columns)
        if length < len(rest) and len(broken) == lines - 1:
            broken.append(f"{rest[: _length_within(rest, columns - 1)].rstrip()}{_ELLIPSIS}")
            break
        if length < len(rest):
            length = _break_before(rest, length)
        broken.append(rest[:length].rstrip())
        rest = rest[length:].lstrip()
    return broken


def _length_within(text: str, columns: int) -> int:
    """The number of characters at the start of `text` that fit into `columns`; at least 1."""
    width = 0
    for index, character in enumerate(text):
        width += 2 if _is_wide(character) else 1
        if width > columns:
            return max(index, 1)
    return len(text)


def _break_before(text: str, length: int) -> int:
    """The last place, up to `length`, where a line may end; `length` if a word is longer."""
    for index in range(length, 0, -1):
        before, after = text[index - 1], text[index]
        if before.isspace() or after.isspace() or _is_wide(before) or _is_wide(after):
            return index
    return length


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"
