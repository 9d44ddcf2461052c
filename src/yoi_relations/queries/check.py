"""Whether a ticket may be accepted now: every fact about it, and what they come to.

Nothing is changed, ordered or picked here; a verdict is an answer, and what to do with it is the
business of whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from yoi_relations.errors import UsageError
from yoi_relations.lean.digest import digest_of
from yoi_relations.lean.types import Any, Connection, NamedTuple
from yoi_relations.queries.check_reasons import (
    Reason,
    Verdict,
    closed_blockers,
    other_end,
    reason_from_cycle,
    reasons_for_replaced,
    reasons_from,
)
from yoi_relations.queries.check_unknowns import (
    Unknowns,
    digest_content,
    load_unknowns,
    unknown_reasons,
)
from yoi_relations.queries.cycles import Cycle, find_cycles
from yoi_relations.queries.holds import HeldTicket, held_by_ticket
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.records import StoredRecord, shown_as, touching
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.replacements import Replacements, load_replacements
from yoi_relations.queries.ticket_lookup import resolve_tickets
from yoi_relations.queries.tickets import TicketInfo, load_tickets, tickets_in
from yoi_relations.states import UNRESOLVED, select_states


class Check(NamedTuple):
    """The answer about one ticket.

    Attributes:
        ticket: that was asked about.
        verdict: of the worst reason; clear without any.
        reasons: the worst first.
        plan: the accepted plan that stands, or None.
        holds: the tickets whose verdict rests on this one, by id.
        digest: over all that the verdict rests on; the same content has the same digest anywhere.
    """

    ticket: TicketInfo
    verdict: Verdict
    reasons: list[Reason]
    plan: Relation | None
    holds: list[HeldTicket]
    digest: str


class CheckAnswer(NamedTuple):
    """The answer about several tickets: a check of each, and everything wrong with the files."""

    checks: list[Check]
    problems: list[Problem]


class _Judged(NamedTuple):
    """A ticket, the relations that touch it, and the reasons, the worst first."""

    ticket: TicketInfo
    touching: list[Relation]
    reasons: list[Reason]


def ask_checks(
    connection: Connection,
    base: PathBase,
    *,
    tickets: Sequence[str] = (),
    states: Iterable[str] = (),
) -> CheckAnswer:
    """A check of each ticket that is named or in one of the states; otherwise of all unresolved.

    Raises:
        UsageError: both are given, or there is no such state.
        NotFoundError: no ticket is called that; `AmbiguousError` where several are.
    """
    wanted = select_states(states)
    if tickets and wanted:
        raise UsageError("tickets and states exclude each other", "name tickets, or give states")
    if tickets:
        found = resolve_tickets(connection, tickets, base)
        asked = list({ticket.id: ticket for ticket in found}.values())
    else:
        asked = tickets_in(connection, wanted or UNRESOLVED)
    return check_tickets(connection, asked)


def check_tickets(connection: Connection, tickets: list[TicketInfo]) -> CheckAnswer:
    """Check each of `tickets`, in their order; about one, nothing depends on the others."""
    problems = find_problems(connection)
    doubts = load_unknowns(connection, problems)
    cycles = find_cycles(connection, frozenset(ticket.id for ticket in tickets))
    judged, replacements = _judge(connection, tickets, cycles, doubts)
    waiting = _waiting(connection, judged.values(), replacements, doubts)
    others = load_tickets(
        connection, {id_ for ids in waiting.values() for id_ in ids} - set(judged)
    )
    # Cycles say nothing about whom a ticket frees.
    more, _ = _judge(connection, list(others.values()), {}, doubts)
    known = more | judged
    checks = []
    for ticket in tickets:
        candidates = [known[id_] for id_ in waiting[ticket.id]]
        holds = held_by_ticket(ticket.id, [(one.ticket, one.reasons) for one in candidates], doubts)
        checks.append(_check(judged[ticket.id], holds, doubts))
    return CheckAnswer(checks, problems)


def _judge(
    connection: Connection, tickets: list[TicketInfo], cycles: dict[str, Cycle], doubts: Unknowns
) -> tuple[dict[str, _Judged], Replacements]:
    """Each of `tickets` with its reasons, by id; and which closed tickets were replaced."""
    relations = _by_ticket(connection, frozenset(ticket.id for ticket in tickets))
    near = {id_: [one.relation for one in found] for id_, found in doubts.near.items()}
    closed = {
        id_
        for ticket in tickets
        for id_ in closed_blockers(ticket, [*relations[ticket.id], *near.get(ticket.id, ())])
    }
    closed |= {one.problem.about for one in doubts.history if one.is_closed}
    meant = [one for several in near.values() for one in several]
    replacements = load_replacements(connection, closed | relations.keys(), meant)
    judged = {}
    for ticket in tickets:
        own, cycle = relations[ticket.id], cycles.get(ticket.id)
        reasons = [
            *unknown_reasons(ticket, own, doubts, replacements),
            *([reason_from_cycle(ticket, cycle)] if cycle else ()),
            *reasons_from(ticket, own),
            *reasons_for_replaced(ticket, own, replacements),
        ]
        reasons.sort(key=lambda reason: -reason.verdict)  # stable: otherwise in the order found
        judged[ticket.id] = _Judged(ticket, own, reasons)
    return judged, replacements


def _by_ticket(connection: Connection, ids: AbstractSet[str]) -> dict[str, list[Relation]]:
    """By ticket, the relations that touch it, in the order of what they say."""
    found: dict[str, list[Relation]] = {id_: [] for id_ in ids}
    if ids:
        for one in sorted(load_relations(connection, touching(ids)), key=Relation.rank):
            for end in {end.id for end in one.ends} & ids:
                found[end].append(one)
    return found


def _waiting(
    connection: Connection,
    judged: Iterable[_Judged],
    replacements: Replacements,
    doubts: Unknowns,
) -> dict[str, set[str]]:
    """By ticket, the ids of those whose verdict may rest on it."""
    judged = list(judged)
    found: dict[str, set[str]] = {}
    near: dict[str, list[Relation]] = {}
    for meant in (one.relation for several in doubts.near.values() for one in several):
        for end in meant.ends:
            near.setdefault(end.id, []).append(meant)
    closed = {one.ticket.id: replacements.closed_before(one.ticket.id) for one in judged}
    dependents = _dependents(connection, {id_ for ids in closed.values() for id_ in ids})
    for ticket, own, _ in judged:
        active = [one for one in own if one.inactive_reason is None]
        ends = (other_end(ticket, one) for one in active + near.get(ticket.id, []))
        found[ticket.id] = {end.id for end in ends if end is not None and end.folders}
        for id_ in closed[ticket.id]:
            found[ticket.id] |= dependents[id_]
    return found


def _dependents(connection: Connection, ids: AbstractSet[str]) -> dict[str, set[str]]:
    """By ticket, those that were recorded to depend on it, and exist."""
    found: dict[str, set[str]] = {id_: set() for id_ in ids}
    if ids:
        for one in load_relations(connection, shown_as(["blocked_by"]), touching(ids)):
            if one.target is not None and one.target.id in ids and one.ticket.folders:
                found[one.target.id].add(one.ticket.id)
    return found


def _check(judged: _Judged, holds: list[HeldTicket], doubts: Unknowns) -> Check:
    ticket, own, reasons = judged
    worst = max((reason.verdict for reason in reasons), default=Verdict.CLEAR)
    plan = next((one.relation for one in reasons if one.code == "plan"), None)
    ends = {end.id: end for one in own for end in one.ends} | {ticket.id: ticket}
    ends |= {reason.other.id: reason.other for reason in reasons if reason.other is not None}
    # Of a ticket that does not exist, the problems are the records that others aim at it.
    known = sorted(id_ for id_, end in ends.items() if end.folders)
    digest = digest_of(
        [
            ticket.id,
            [(end.id, end.title, end.state) for _, end in sorted(ends.items())],
            [_content(record) for one in own for record in one.records],
            [digest_content(problem) for id_ in known for problem in doubts.states.get(id_, ())],
            doubts.digest,
            [(reason.code, reason.sentence) for reason in reasons],
        ]
    )
    return Check(ticket, worst, reasons, plan, holds, digest)


def _content(record: StoredRecord) -> list[Any]:
    """What of a record a digest covers."""
    plan = (record.summary, record.branch, record.worktree, record.role_plan)
    retired = (record.retired_at, record.retired_by, record.retired_reason)
    edge = (record.kind, record.holder, record.target)
    said = (record.note, *plan, record.author, record.at)
    return [record.path, record.line, record.id, *edge, *said, *retired]
