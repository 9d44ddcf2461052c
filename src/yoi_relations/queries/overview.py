"""The overview of a workspace: tickets in groups by what can be done with them, and their edges.

A picture, the page and `graph --format json` show an overview. It repeats the verdicts of `check`;
it does not order or pick work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yoi_relations.errors import UsageError
from yoi_relations.index.handle import Notify
from yoi_relations.kinds import ALL_SHOWN, KINDS, SEQUENCE_CLASSES, select_shown
from yoi_relations.lean.types import Connection, NamedTuple, StrEnum
from yoi_relations.queries.answer_problems import problems_in_answer
from yoi_relations.queries.check import Check, check_tickets
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.cycles import Cycle, find_cycle_groups
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.reached import load_reached
from yoi_relations.queries.records import shown_as
from yoi_relations.queries.relations import Relation, load_active_relations, load_relations
from yoi_relations.queries.scope import scope_of
from yoi_relations.queries.ticket_lookup import resolve_tickets
from yoi_relations.queries.tickets import TicketInfo, count_in, load_tickets, tickets_in
from yoi_relations.states import UNRESOLVED, State, select_states


class Group(StrEnum):
    """What can be done with an unresolved ticket."""

    RUNNING = "running"
    """It is inprogress."""
    CAN_START = "can_start"
    """It is queued or ready, and its verdict is clear."""
    LOOK_FIRST = "look_first"
    """It is queued or ready, and its verdict is caution."""
    HELD = "held"
    """Its verdict is hold or unknown, and it is not inprogress."""
    BEING_PLANNED = "being_planned"
    """It is planning, and nothing else is worse than caution."""


class Selection(NamedTuple):
    """What an overview is asked for.

    Attributes:
        tickets: ids; only these tickets and what they reach are wanted; empty for all.
        kinds: kinds as shown.
        states: states; only tickets in one of them and the other ends of their relations are
            wanted; empty for any.
        depth: the greatest number of edges between one of `tickets` and another; None for any.
        inactive: whether relations that are not active are wanted too.
    """

    tickets: tuple[str, ...] = ()
    kinds: frozenset[str] = ALL_SHOWN
    states: frozenset[str] = frozenset()
    depth: int | None = None
    inactive: bool = False


class Overview(NamedTuple):
    """Tickets, and the relations between them.

    Attributes:
        selection: what was asked for.
        tickets: the tickets by id; some exist only as the target of a record.
        checks: by id, the check of each of them that exists and is not resolved.
        edges: the relations between two tickets, in the order of answers.
        notes: the waiting notes and accepted plans, in the same order.
        cycles: a cycle for each strongly connected component of the active edges.
        unresolved: the number of all unresolved tickets of the workspace.
        problems: all problems of the workspace.
        problems_in_answer: problems that could add or alter a ticket or a relation.
    """

    selection: Selection
    tickets: list[TicketInfo]
    checks: dict[str, Check]
    edges: list[Relation]
    notes: list[Relation]
    cycles: list[Cycle]
    unresolved: int
    problems: list[Problem]
    problems_in_answer: list[Problem]

    def groups(self) -> dict[Group, list[Check]]:
        """By group, the checks of its tickets, by id."""
        groups: dict[Group, list[Check]] = {group: [] for group in Group}
        for check in self.checks.values():
            groups[group_of(check)].append(check)
        return groups


def group_of(check: Check) -> Group:
    """The group of the unresolved ticket that was checked."""
    if check.ticket.state == State.INPROGRESS:
        return Group.RUNNING
    if check.verdict >= Verdict.HOLD:
        return Group.HELD
    if check.ticket.state == State.PLANNING:
        return Group.BEING_PLANNED
    return Group.CAN_START if check.verdict is Verdict.CLEAR else Group.LOOK_FIRST


def waits_for(check: Check) -> list[str]:
    """The ids of the tickets that keep the verdict at hold or unknown, each once, in order."""
    serious = (reason for reason in check.reasons if reason.verdict >= Verdict.HOLD)
    return list(dict.fromkeys(reason.other.id for reason in serious if reason.other is not None))


def ask_overview(  # noqa: PLR0913  # as many as there are options
    connection: Connection,
    base: PathBase,
    *,
    tickets: Sequence[str] = (),
    kinds: Iterable[str] = (),
    states: Iterable[str] = (),
    depth: int | None = None,
    everything: bool = False,
    in_part: Notify | None = None,
) -> Overview:
    """The overview that a person asks for.

    Args:
        connection: the index.
        base: what paths are relative to.
        tickets: names of tickets; what they wait for and what waits for them, directly or not,
            belongs to the answer, and so does the other end of each of their other relations.
        kinds: kinds, classes and aliases; none for all.
        states: states; none for any.
        depth: the greatest number of edges from a named ticket; None for any.
        everything: whether relations that are not active are wanted too.
        in_part: receives a notice if a name is only a part of one; None to refuse parts.

    Raises:
        UsageError: a kind or a state does not exist, or there is a depth, but no ticket.
        NotFoundError: no ticket has that name.
        AmbiguousError: several tickets have that name.
    """
    if depth is not None and not tickets:
        raise UsageError("--depth needs a ticket to start from", "name one or more tickets")
    found = resolve_tickets(connection, tickets, base, in_part=in_part) if tickets else []
    selection = Selection(
        tuple(dict.fromkeys(ticket.id for ticket in found)),
        select_shown(kinds) or ALL_SHOWN,
        select_states(states),
        depth,
        everything,
    )
    return find_overview(connection, selection)


def find_overview(connection: Connection, selection: Selection) -> Overview:
    """The overview of a selection."""
    relations = _relations(connection, selection)
    if selection.tickets:
        drawn = load_tickets(connection, selection.tickets)
        reached = _reached(relations, selection)
        relations = [r for r in relations if all(end.id in reached for end in _edge_ends(r))]
    else:
        listed = tickets_in(connection, selection.states or UNRESOLVED)
        drawn = {ticket.id: ticket for ticket in listed}
    if selection.states:
        relations = [r for r in relations if any(e.state in selection.states for e in r.ends)]
    drawn |= {end.id: end for relation in relations for end in _edge_ends(relation)}
    to_check = [t for _, t in sorted(drawn.items()) if t.folders and not t.resolved]
    checked = check_tickets(connection, to_check)
    edges = [relation for relation in relations if not _is_note(relation)]
    # A ticket without a known state could be in one of the states.
    uncertain = {t.id for t in tickets_in(connection, [None])} if selection.states else set()
    ranked = (r for r in edges if r.cls in SEQUENCE_CLASSES and r.is_active)
    return Overview(
        selection=selection,
        tickets=[ticket for _, ticket in sorted(drawn.items())],
        checks={check.ticket.id: check for check in checked.checks},
        edges=edges,
        notes=[relation for relation in relations if _is_note(relation)],
        cycles=find_cycle_groups(ranked),
        unresolved=count_in(connection, UNRESOLVED),
        problems=checked.problems,
        problems_in_answer=problems_in_answer(
            connection,
            checked.problems,
            kinds=selection.kinds,
            inactive=selection.inactive,
            tickets=drawn.keys() | uncertain,
            meant=drawn.keys() if selection.tickets else (),
        ),
    )


def _relations(connection: Connection, selection: Selection) -> list[Relation]:
    """The relations of the wanted kinds, in the order of answers."""
    scope = scope_of(connection)
    kinds = [] if selection.kinds == ALL_SHOWN else [shown_as(selection.kinds)]
    if scope.shared and selection.tickets:
        found = load_reached(connection, selection.tickets, *kinds, inactive=selection.inactive)
    else:
        load = load_relations if selection.inactive else load_active_relations
        found = load(connection, *kinds, *scope.relations)
    return sorted(found, key=Relation.rank)


def _is_note(relation: Relation) -> bool:
    return KINDS[relation.kind].is_note


def _edge_ends(relation: Relation) -> list[TicketInfo]:
    """Both ends; only the ticket of a note, whose target is context."""
    return [relation.ticket] if _is_note(relation) else relation.ends


def _reached(relations: Iterable[Relation], selection: Selection) -> set[str]:
    """The ids of the selected tickets, and of the tickets that they reach.

    A path goes along dependencies and orderings, in one direction. The other edges of a selected
    ticket reach their other end, and no further.
    """
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    reached = set(selection.tickets)
    for relation in relations:
        if relation.target is None or _is_note(relation):
            continue
        ticket, target = relation.ticket.id, relation.target.id
        if relation.cls in SEQUENCE_CLASSES:
            before.setdefault(ticket, set()).add(target)
            after.setdefault(target, set()).add(ticket)
        elif selection.depth != 0 and not {ticket, target}.isdisjoint(selection.tickets):
            reached |= {ticket, target}
    for neighbours in (before, after):
        reached |= _within(neighbours, selection.tickets, selection.depth)
    return reached


def _within(neighbours: dict[str, set[str]], start: Iterable[str], depth: int | None) -> set[str]:
    """The ids that are at most `depth` steps away from `start`."""
    seen = level = set(start)
    steps = 0
    while level and steps != depth:
        level = {id_ for near in level for id_ in neighbours.get(near, ())} - seen
        seen = seen | level
        steps += 1
    return seen
