"""The answer of `check`: whether a ticket may be accepted now, with every reason.

Nothing is changed, ordered or picked here: the caller decides what to do with a verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet

from yoi_relations.errors import UsageError
from yoi_relations.index.handle import Index
from yoi_relations.lean.types import TYPE_CHECKING, Any, Connection, NamedTuple
from yoi_relations.queries.check_reasons import (
    Reason,
    Verdict,
    closed_blockers,
    other_end,
    reason_from_cycle,
    reasons_for_replaced,
    reasons_from,
)
from yoi_relations.queries.cycles import Cycle, find_cycles
from yoi_relations.queries.holds import HeldTicket, held_by_ticket
from yoi_relations.queries.near_relations import load_near_targets
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.records import StoredRecord, shown_as, touching
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.replacements import Replacements, load_replacements
from yoi_relations.queries.retirements import load_lost_retirements
from yoi_relations.queries.scope import Group, by_workspace, expect
from yoi_relations.queries.ticket_lookup import narrow_to_named, resolve_tickets
from yoi_relations.queries.tickets import TicketInfo, load_tickets, tickets_in
from yoi_relations.queries.unknown_reasons import unknown_reasons
from yoi_relations.queries.unknowns import Unknowns, digest_content, load_unknowns
from yoi_relations.states import UNRESOLVED, select_states

if TYPE_CHECKING:
    from yoi_relations.files.file_tree import AtRevision


class Check(NamedTuple):
    """The answer about one ticket.

    Attributes:
        ticket: the ticket that was asked about.
        verdict: the verdict of the worst reason; clear if there is none.
        reasons: the reasons, the worst first.
        plan: the active accepted plan, or None.
        holds: the tickets whose verdict depends on this ticket, by id.
        assessment: what the digest covers.
        added: what other work trees add to that, as a value of JSON; None if nothing.
    """

    ticket: TicketInfo
    verdict: Verdict
    reasons: list[Reason]
    plan: Relation | None
    holds: list[HeldTicket]
    assessment: Assessment
    added: object = None

    @property
    def digest(self) -> str:
        """Digest of everything that the verdict depends on, in hexadecimal.

        It is the same in every checkout with the same content.
        """
        from yoi_relations.lean.digest import digest_of  # noqa: PLC0415  # a comparison of verdicts needs none

        own = digest_of(_digested(self.assessment))
        return own if self.added is None else digest_of([own, self.added])


class CheckAnswer(NamedTuple):
    """The answer about several tickets.

    Attributes:
        checks: a check of each ticket.
        problems: all problems of the workspace.
        base: the revision in which blockers had to be resolved as well; None if there was none.
    """

    checks: list[Check]
    problems: list[Problem]
    base: AtRevision | None = None


_UNKNOWNS = (find_problems, load_near_targets, load_lost_retirements)
"""What `load_unknowns` asks first."""


class Assessment(NamedTuple):
    """A ticket, the relations that touch it, and the reasons, the worst first.

    `unknowns` are those of its workspace.
    """

    ticket: TicketInfo
    touching: list[Relation]
    reasons: list[Reason]
    unknowns: Unknowns


def ask_checks(
    connection: Connection,
    base: PathBase,
    *,
    tickets: Sequence[str] = (),
    states: Iterable[str] = (),
    base_index: Index | None = None,
) -> CheckAnswer:
    """Check each ticket that is named or in one of the states; otherwise all unresolved tickets.

    A ticket counts as resolved only if it is also resolved in `base_index`, if there is one.

    Raises:
        UsageError: both are given, or a state does not exist.
        NotFoundError: no ticket has that name.
        AmbiguousError: several tickets have that name.
    """
    wanted = select_states(states)
    if tickets and wanted:
        raise UsageError("tickets and states exclude each other", "name tickets, or give states")
    narrow_to_named(connection, tickets)
    expect(connection, *_UNKNOWNS)
    if tickets:
        found = resolve_tickets(connection, tickets, base)
        asked = list({ticket.id: ticket for ticket in found}.values())
    else:
        asked = tickets_in(connection, wanted or UNRESOLVED)
    if base_index is None:
        return check_tickets(connection, asked)
    answer = check_tickets(connection, asked, base_index.connection)
    return answer._replace(base=base_index.workspace.files.at)


def check_tickets(
    connection: Connection, tickets: list[TicketInfo], base_index: Connection | None = None
) -> CheckAnswer:
    """Check each of `tickets`, in their order; no check depends on the other tickets asked for."""
    problems = find_problems(connection)
    checks: dict[str, Check] = {}
    for group in by_workspace(connection, tickets):
        own = problems if group.connection is connection else find_problems(group.connection)
        checks |= {check.ticket.id: check for check in _check_group(group, own, base_index)}
    return CheckAnswer([checks[ticket.id] for ticket in tickets], problems)


def _check_group(
    group: Group, problems: list[Problem], base_index: Connection | None
) -> list[Check]:
    """The checks of a group; their digests cover the names that its workspace itself uses."""
    checks = _checks(group.connection, group.tickets, problems, base_index)
    if group.own is group.connection:
        return checks
    tickets = load_tickets(group.own, group.own_ids)
    asked = [tickets[id_] for id_ in group.own_ids]
    same = _checks(group.own, asked, find_problems(group.own), base_index)
    return [
        check._replace(assessment=own.assessment) for check, own in zip(checks, same, strict=True)
    ]


def _checks(
    connection: Connection,
    tickets: list[TicketInfo],
    problems: list[Problem],
    base_index: Connection | None,
) -> list[Check]:
    """The checks of tickets of one workspace, which has these problems."""
    ids = frozenset(ticket.id for ticket in tickets)
    _expect_assessment(connection, ids)
    expect(connection, lambda to: find_cycles(to, ids))
    unknowns = load_unknowns(connection, problems)
    cycles = find_cycles(connection, ids)
    asked, replacements = _assess(connection, tickets, cycles, unknowns, base_index)
    dependents = _possible_dependents(connection, asked.values(), replacements, unknowns)
    others = load_tickets(
        connection, {id_ for ids in dependents.values() for id_ in ids} - set(asked)
    )
    assessments = asked | _assess_others(connection, list(others.values()), unknowns, base_index)
    checks = []
    for ticket in tickets:
        candidates = [assessments[id_] for id_ in dependents[ticket.id]]
        holds = held_by_ticket(
            ticket.id, [(other.ticket, other.reasons, other.unknowns) for other in candidates]
        )
        checks.append(_check(asked[ticket.id], holds))
    return checks


def _assess_others(
    connection: Connection,
    tickets: list[TicketInfo],
    unknowns: Unknowns,
    base_index: Connection | None,
) -> dict[str, Assessment]:
    """Tickets that may depend on those that are checked, by id; `unknowns` are of the latter."""
    groups = list(by_workspace(connection, tickets))
    for group in groups:
        _expect_assessment(connection, frozenset(ticket.id for ticket in group.tickets))
        if group.connection is not connection:
            expect(group.connection, *_UNKNOWNS)
    found: dict[str, Assessment] = {}
    for group in groups:
        theirs = unknowns
        if group.connection is not connection:
            theirs = load_unknowns(group.connection, find_problems(group.connection))
        # Cycles do not matter for what a ticket frees.
        more, _ = _assess(connection, group.tickets, {}, theirs, base_index)
        found |= more
    return found


def _expect_assessment(connection: Connection, ids: frozenset[str]) -> None:
    """Expect what `_assess` asks first about tickets with these ids."""
    expect(
        connection,
        lambda to: _relations_by_ticket(to, ids),
        lambda to: load_replacements(to, ids, ()),
    )


def _assess(
    connection: Connection,
    tickets: list[TicketInfo],
    cycles: dict[str, Cycle],
    unknowns: Unknowns,
    base_index: Connection | None,
) -> tuple[dict[str, Assessment], Replacements]:
    """Each of `tickets` with its reasons, by id; and the replacements of closed tickets."""
    relations = _relations_by_ticket(connection, frozenset(ticket.id for ticket in tickets))
    near = {id_: [near.relation for near in found] for id_, found in unknowns.near.items()}
    closed = {
        id_
        for ticket in tickets
        for id_ in closed_blockers(ticket, [*relations[ticket.id], *near.get(ticket.id, ())])
    }
    closed |= {hidden.problem.about for hidden in unknowns.history if hidden.is_closed}
    meant = [relation for found in near.values() for relation in found]
    replacements = load_replacements(connection, closed | relations.keys(), meant)
    from_base = _base_reasons(tickets, relations, base_index)
    assessments = {}
    for ticket in tickets:
        own, cycle = relations[ticket.id], cycles.get(ticket.id)
        reasons = [
            *unknown_reasons(ticket, own, unknowns, replacements),
            *([reason_from_cycle(ticket, cycle)] if cycle else ()),
            *reasons_from(ticket, own),
            *from_base.get(ticket.id, ()),
            *reasons_for_replaced(ticket, own, replacements),
        ]
        reasons.sort(key=lambda reason: -reason.verdict)  # stable: otherwise in the order found
        assessments[ticket.id] = Assessment(ticket, own, reasons, unknowns)
    return assessments, replacements


def _base_reasons(
    tickets: list[TicketInfo],
    relations: dict[str, list[Relation]],
    base_index: Connection | None,
) -> dict[str, list[Reason]]:
    """By ticket id, the reasons from the base; none if there is no base."""
    if base_index is None:
        return {}
    from yoi_relations.queries.base_reasons import load_base, reasons_from_base  # noqa: PLC0415  # for --base

    base = load_base(base_index, tickets, relations)
    return {
        ticket.id: list(reasons_from_base(ticket, relations[ticket.id], base)) for ticket in tickets
    }


def _relations_by_ticket(
    connection: Connection, ids: AbstractSet[str]
) -> dict[str, list[Relation]]:
    """By ticket id, the relations that touch the ticket, sorted by rank."""
    found: dict[str, list[Relation]] = {id_: [] for id_ in ids}
    if ids:
        for relation in sorted(load_relations(connection, touching(ids)), key=Relation.rank):
            for id_ in {end.id for end in relation.ends} & ids:
                found[id_].append(relation)
    return found


def _possible_dependents(
    connection: Connection,
    asked: Collection[Assessment],
    replacements: Replacements,
    unknowns: Unknowns,
) -> dict[str, set[str]]:
    """By ticket id, the ids of the tickets whose verdict may depend on the ticket."""
    near: dict[str, list[Relation]] = {}
    for relation in (near.relation for found in unknowns.near.values() for near in found):
        for end in relation.ends:
            near.setdefault(end.id, []).append(relation)
    closed = {each.ticket.id: replacements.closed_before(each.ticket.id) for each in asked}
    dependents = _recorded_dependents(connection, {id_ for ids in closed.values() for id_ in ids})
    found: dict[str, set[str]] = {}
    for ticket, own, _, _ in asked:
        active = [relation for relation in own if relation.is_active]
        ends = (other_end(ticket, relation) for relation in active + near.get(ticket.id, []))
        found[ticket.id] = {end.id for end in ends if end is not None and end.folders}
        for id_ in closed[ticket.id]:
            found[ticket.id] |= dependents[id_]
    return found


def _recorded_dependents(connection: Connection, ids: AbstractSet[str]) -> dict[str, set[str]]:
    """By ticket id, the existing tickets that were recorded as blocked by it, active or not."""
    found: dict[str, set[str]] = {id_: set() for id_ in ids}
    if ids:
        for relation in load_relations(connection, shown_as(["blocked_by"]), touching(ids)):
            target = relation.target
            if target is not None and target.id in ids and relation.ticket.folders:
                found[target.id].add(relation.ticket.id)
    return found


def _check(assessment: Assessment, holds: list[HeldTicket]) -> Check:
    reasons = assessment.reasons
    worst = max((reason.verdict for reason in reasons), default=Verdict.CLEAR)
    plan = next((reason.relation for reason in reasons if reason.code == "plan"), None)
    return Check(assessment.ticket, worst, reasons, plan, holds, assessment)


def _digested(assessment: Assessment) -> list[object]:
    """Everything that a verdict depends on; users keep the digest, so the form is fixed."""
    ticket, own, reasons, unknowns = assessment
    ends = {end.id: end for relation in own for end in relation.ends} | {ticket.id: ticket}
    ends |= {reason.other.id: reason.other for reason in reasons if reason.other is not None}
    # The problems of a ticket that does not exist are the records that name it as their target.
    existing = sorted(id_ for id_, end in ends.items() if end.folders)
    return [
        ticket.id,
        [(end.id, end.title, end.state) for _, end in sorted(ends.items())],
        [_digest_content(record) for relation in own for record in relation.records],
        [digest_content(problem) for id_ in existing for problem in unknowns.states.get(id_, ())],
        unknowns.digest,
        [(reason.code, reason.sentence) for reason in reasons],
    ]


def _digest_content(record: StoredRecord) -> list[Any]:
    """The fields of a record that the digest covers, in a fixed order."""
    return [
        *(record.path, record.line, record.id),
        *(record.kind, record.holder, record.target),
        *(record.note, record.summary, record.branch, record.worktree, record.role_plan),
        *(record.author, record.at),
        *(record.retired_at, record.retired_by, record.retired_reason),
    ]
