"""Whether a ticket may be accepted now: every fact about it, and what they come to.

Nothing is changed, ordered or picked here; a verdict is an answer, and what to do with it is the
business of whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from yoi_relations.files.faults import Effect
from yoi_relations.queries.cycles import Cycle, find_cycles
from yoi_relations.queries.digest import digest_of
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.reasons import (
    Reason,
    Verdict,
    reason_from_cycle,
    reasons_for_gaps,
    reasons_for_unknown,
    reasons_from,
)
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.statements import touching
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.typed import Connection, NamedTuple


class Check(NamedTuple):
    """The answer about one ticket.

    Attributes:
        ticket: that was asked about.
        verdict: of the worst reason; clear without any.
        reasons: the worst first.
        plan: the accepted plan that stands, or None.
        digest: over all that the verdict rests on; the same content has the same digest anywhere.
    """

    ticket: TicketInfo
    verdict: Verdict
    reasons: list[Reason]
    plan: Relation | None
    digest: str


class _Doubts(NamedTuple):
    """What may not be known.

    Attributes:
        unusable: the problems that could hide an active record about any ticket.
        digest: over these.
        states: by ticket, the problems that could hide its state.
    """

    unusable: list[Problem]
    digest: str
    states: dict[str, list[Problem]]


class Checked(NamedTuple):
    """The answer about several tickets: a check of each, and everything wrong with the files."""

    checks: list[Check]
    problems: list[Problem]


def check_tickets(connection: Connection, tickets: list[TicketInfo]) -> Checked:
    """Check each of `tickets`, in their order; about one, nothing depends on the others."""
    ids = frozenset(ticket.id for ticket in tickets)
    problems = find_problems(connection)
    relations = _by_ticket(connection, ids)
    cycles = find_cycles(connection, ids)
    doubts = _doubts(connection, problems)
    checks = [
        _check(ticket, relations[ticket.id], cycles.get(ticket.id), doubts) for ticket in tickets
    ]
    return Checked(checks, problems)


def _by_ticket(connection: Connection, ids: AbstractSet[str]) -> dict[str, list[Relation]]:
    """By ticket, the relations that touch it, in the order of what they say."""
    found: dict[str, list[Relation]] = {id_: [] for id_ in ids}
    for one in sorted(load_relations(connection, touching(ids)), key=Relation.rank):
        for end in {end.id for end in one.ends} & ids:
            found[end].append(one)
    return found


def _doubts(connection: Connection, problems: Iterable[Problem]) -> _Doubts:
    hiding = [problem for problem in problems if problem.effect is Effect.RECORD]
    holders = load_tickets(connection, {problem.about for problem in hiding})
    unusable = [problem for problem in hiding if not holders[problem.about].resolved]
    states: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.effect is Effect.TICKET:
            states.setdefault(problem.about, []).append(problem)
    return _Doubts(unusable, digest_of([_said(one) for one in unusable]), states)


def _check(
    ticket: TicketInfo, touching: list[Relation], cycle: Cycle | None, doubts: _Doubts
) -> Check:
    reasons = [
        *reasons_for_unknown(ticket, touching, doubts.states),
        *reasons_for_gaps(doubts.unusable),
        *([reason_from_cycle(ticket, cycle)] if cycle else ()),
        *reasons_from(ticket, touching),
    ]
    reasons.sort(key=lambda reason: -reason.verdict)  # stable: else in the order found
    worst = max((reason.verdict for reason in reasons), default=Verdict.CLEAR)
    plan = next((one.relation for one in reasons if one.code == "plan"), None)
    ends = {end.id: end for one in touching for end in one.ends} | {ticket.id: ticket}
    # Of a ticket that does not exist, the problems are the records that others aim at it.
    known = sorted(id_ for id_, end in ends.items() if end.folders)
    digest = digest_of(
        [
            ticket.id,
            [(end.id, end.title, end.state) for _, end in sorted(ends.items())],
            sorted(
                (one.path, one.line or 0, *one[3:]) for each in touching for one in each.records
            ),
            [_said(problem) for id_ in known for problem in doubts.states.get(id_, ())],
            doubts.digest,
            [(reason.code, reason.sentence) for reason in reasons],
        ]
    )
    return Check(ticket, worst, reasons, plan, digest)


def _said(problem: Problem) -> tuple[str, int | None, str]:
    return problem.path, problem.line, problem.message
