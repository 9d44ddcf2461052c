"""The answer of `tree`: what waits for what, one line per edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from yoi_relations.errors import UsageError
from yoi_relations.index.handle import Notify
from yoi_relations.kinds import CLASS_ORDER, SEQUENCE_CLASSES, SHOWN_SEQUENCE, select_shown
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.answer_problems import problems_in_answer
from yoi_relations.queries.check import check_tickets
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.reached import load_reached
from yoi_relations.queries.records import shown_as, touching
from yoi_relations.queries.relations import Relation, load_active_relations, load_relations
from yoi_relations.queries.scope import scope_of
from yoi_relations.queries.show_page import total_of
from yoi_relations.queries.ticket_lookup import resolve_ticket
from yoi_relations.queries.tickets import TicketInfo, all_tickets
from yoi_relations.queries.tree_walk import Branch, Step, find_levels, find_roots, walk


class TreeLine(NamedTuple):
    """One line: a ticket, and the edge to the ticket above it.

    Attributes:
        depth: levels below its root.
        ticket: the ticket.
        parent: id of the ticket above it; None for a root.
        relation: the edge between them; None for a root.
        repeated: whether what is below it is left out because another line has it.
        cycle: whether it is above itself; of a root: whether nothing but a cycle leads to it.
        frees: whether nothing but its own state would speak against the ticket that waits, were
            the other ticket of the edge resolved.
        more_before: the number of further tickets that it waits for, which this line does not
            show. In reverse, they are below it, and are only counted where a depth leaves them out.
    """

    depth: int
    ticket: TicketInfo
    parent: str | None
    relation: Relation | None
    repeated: bool
    cycle: bool
    frees: bool
    more_before: int

    @property
    def is_over(self) -> bool:
        """Whether its edge is not active."""
        return self.relation is not None and not self.relation.is_active


class Tree(NamedTuple):
    """The answer of `tree`.

    Attributes:
        lines: the lines from top to bottom.
        root: the ticket that was asked for; None for all tickets.
        reverse: whether a line is above what it waits for.
        tickets: the number of tickets in the lines.
        edges: the number of edges in the lines.
        tickets_left_out: the number of tickets that the depth leaves out.
        edges_left_out: the number of edges that the depth leaves out.
        other_way: the number of tickets next to the root in the other direction.
        hidden: whether there are edges, of all tickets or next to the root, that are not active.
        problems: all problems of the workspace.
        problems_in_answer: problems that could add or alter a line.
    """

    lines: list[TreeLine]
    root: TicketInfo | None
    reverse: bool
    tickets: int
    edges: int
    tickets_left_out: int
    edges_left_out: int
    other_way: int
    hidden: bool
    problems: list[Problem]
    problems_in_answer: list[Problem]


class _Graph(NamedTuple):
    """The tickets and edges to draw.

    Attributes:
        tickets: by id, the tickets; those that only edges name are among them.
        below: by id, what is below the ticket, in order.
        above: by id, ids of the tickets above it.
        before: by id, ids of the tickets that the ticket waits for by an active edge.
    """

    tickets: dict[str, TicketInfo]
    below: dict[str, list[Branch]]
    above: dict[str, set[str]]
    before: dict[str, set[str]]


def ask_tree(  # noqa: PLR0913  # as many as there are options
    connection: Connection,
    base: PathBase,
    *,
    ticket: str | None = None,
    kinds: Iterable[str] = (),
    reverse: bool = False,
    everything: bool = False,
    depth: int | None = None,
    in_part: Notify | None = None,
) -> Tree:
    """The tree that a person asks for.

    Args:
        connection: the index.
        base: what paths are relative to.
        ticket: name of the ticket to start from; None for all tickets that are not resolved.
        kinds: kinds, classes and aliases of dependencies or orderings; none for both.
        reverse: whether a ticket stands above what it waits for, instead of below it.
        everything: whether resolved tickets and edges that are not active are wanted too.
        depth: the greatest number of levels below a root; None for all.
        in_part: receives a notice if `ticket` is only a part of a name; None to refuse parts.

    Raises:
        UsageError: a kind does not exist, or is of another class.
        NotFoundError: no ticket has that name.
        AmbiguousError: several tickets have that name.
    """
    shown = _select(kinds)
    root = None if ticket is None else resolve_ticket(connection, ticket, base, in_part=in_part)
    graph = _load_graph(connection, shown, root, reverse=reverse, everything=everything)
    roots = find_roots(graph.tickets, graph.below) if root is None else {root.id: False}
    levels = find_levels(roots, graph.below)
    steps = list(walk(roots, graph.below, levels, depth))
    drawn = [step.branch.relation for step in steps if step.branch.relation is not None]
    freed, problems = _freed(connection, drawn)
    cut = {id_ for id_, level in levels.items() if depth is not None and level >= depth}
    tickets = len({step.branch.ticket for step in steps})
    in_answer = problems_in_answer(
        connection,
        problems,
        kinds=shown,
        inactive=everything,
        tickets=levels.keys(),
        meant=() if root is None else levels.keys(),
    )
    return Tree(
        lines=[
            _line(step, graph, freed, roots, shows_before=reverse and step.branch.ticket not in cut)
            for step in steps
        ],
        root=root,
        reverse=reverse,
        tickets=tickets,
        edges=len(drawn),
        tickets_left_out=len(levels) - tickets,
        edges_left_out=sum(len(graph.below.get(id_, ())) for id_ in levels) - len(drawn),
        other_way=0 if root is None else len(graph.above.get(root.id, ())),
        hidden=not everything and _is_hidden(connection, shown, root, reverse=reverse),
        problems=problems,
        problems_in_answer=in_answer,
    )


def _select(words: Iterable[str]) -> frozenset[str]:
    """The shown kinds that `words` select among those of dependencies and orderings."""
    chosen: set[str] = set()
    for word in words:
        shown = select_shown([word])
        if not shown <= SHOWN_SEQUENCE:
            raise UsageError(
                f"'{word}' does not say what waits for what, so it makes no tree",
                f"possible: {' and '.join(SEQUENCE_CLASSES)}, and their kinds",
                parameter="kinds",
            )
        chosen |= shown
    return frozenset(chosen) or SHOWN_SEQUENCE


def _load_graph(
    connection: Connection,
    shown: frozenset[str],
    root: TicketInfo | None,
    *,
    reverse: bool,
    everything: bool,
) -> _Graph:
    found = _load_edges(connection, shown, root, everything=everything)
    edges = sorted(found, key=lambda edge: CLASS_ORDER[edge.cls])
    listed = all_tickets(connection) if root is None else [root]
    tickets = {ticket.id: ticket for ticket in listed if root or everything or not ticket.resolved}
    below: dict[str, list[Branch]] = {}
    above: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    for edge in edges:
        tickets |= {end.id: end for end in edge.ends}
        first, last = _ends(edge)
        upper, lower = (last, first) if reverse else (first, last)
        below.setdefault(upper, []).append(Branch(lower, edge))
        above.setdefault(lower, set()).add(upper)
        if edge.is_active:
            before.setdefault(last, set()).add(first)
    for branches in below.values():
        branches.sort(key=lambda branch: branch.ticket)  # stable: dependencies stay first
    return _Graph(tickets, below, above, before)


def _load_edges(
    connection: Connection, shown: frozenset[str], root: TicketInfo | None, *, everything: bool
) -> list[Relation]:
    """At least the edges that the root leads to; without a root, all."""
    scope = scope_of(connection)
    if scope.shared and root is not None:
        return load_reached(connection, [root.id], shown_as(shown), inactive=everything)
    load = load_relations if everything else load_active_relations
    return load(connection, shown_as(shown), *scope.relations)


def _ends(edge: Relation) -> tuple[str, str]:
    """Ids of the ticket that comes first, and of the one that waits for it."""
    (waiting, first) = edge.ends
    return first.id, waiting.id


def _freed(
    connection: Connection, drawn: Iterable[Relation]
) -> tuple[set[tuple[str, str]], list[Problem]]:
    """The ends, as in `_ends`, of the edges without which a ticket would be free; all problems."""
    # Only a ticket that another one waits for can free one.
    holding = {edge.target.id: edge.target for edge in drawn if edge.target and edge.is_active}
    asked = [holding[id_] for id_ in sorted(holding) if holding[id_].folders]
    checked = check_tickets(connection, asked)
    freed = {
        (check.ticket.id, held.ticket.id)
        for check in checked.checks
        for held in check.holds
        if held.frees
    }
    return freed, checked.problems


def _line(
    step: Step,
    graph: _Graph,
    freed: AbstractSet[tuple[str, str]],
    roots: Mapping[str, bool],
    *,
    shows_before: bool,
) -> TreeLine:
    """The line of a step; with `shows_before`, what its ticket waits for is in other lines."""
    ticket, edge = step.branch
    before = graph.before.get(ticket, set())
    return TreeLine(
        depth=step.depth,
        ticket=graph.tickets[ticket],
        parent=step.parent,
        relation=edge,
        repeated=step.repeated,
        cycle=step.cycle or (edge is None and roots[ticket]),
        frees=edge is not None and edge.is_active and _ends(edge) in freed,
        more_before=0 if shows_before else len(before) - (step.parent in before),
    )


def _is_hidden(
    connection: Connection, shown: frozenset[str], root: TicketInfo | None, *, reverse: bool
) -> bool:
    """Whether there are edges that are not active: of the root, or of all tickets."""
    if root is None:
        total = total_of(connection, shown)
        return total.active < total.relations
    edges = load_relations(connection, shown_as(shown), touching([root.id]))
    return any(not edge.is_active and _ends(edge)[int(reverse)] == root.id for edge in edges)
