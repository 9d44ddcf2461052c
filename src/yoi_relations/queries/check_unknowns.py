"""What cannot be read, or is not known, and what it means for a ticket that is asked about.

A check never says clear because of a mistake: what could be a reason, read as it was probably
meant, is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from yoi_relations.files.source import Effect
from yoi_relations.kinds import RelationClass
from yoi_relations.lean.digest import digest_of
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.check_reasons import (
    Reason,
    Verdict,
    closed_blockers,
    depends_on_other,
    other_end,
    reasons_for_replaced,
    weight_of,
)
from yoi_relations.queries.inactive_reasons import ENDED_BY_PLAN
from yoi_relations.queries.near_relations import NearRelation, near_relations
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import RecordPlace
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.replacements import Replacements
from yoi_relations.queries.retirements import LostRetirement, lost_retirements
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.states import State

_NAMED_SOURCES = 5
"""Files that cannot be used that are named by a reason each; one more counts the others."""
_SUPERSEDES = "supersedes"


class History(NamedTuple):
    """A problem in the folder of a resolved ticket: what it hides is over, but for replacements.

    Attributes:
        problem: as it was found.
        named: the ids of the tickets that the hidden records name as their targets; None for any.
        may_replace: whether a hidden record could say that one ticket took the place of another.
        is_closed: whether the holder was closed, so that a blocker which it recorded may go on
            elsewhere.
    """

    problem: Problem
    named: frozenset[str] | None
    may_replace: bool
    is_closed: bool

    def names(self, ticket: str) -> bool:
        """Whether a hidden record could have `ticket` as its target."""
        return self.named is None or ticket in self.named

    def concerns(self, ticket: str, closed: AbstractSet[str], replacements: Replacements) -> bool:
        """Whether a hidden record could be a reason for `ticket`.

        Args:
            ticket: id of a ticket that is not resolved.
            closed: the closed tickets in the chains from its blockers.
            replacements: at least those of the holder and of `closed`.
        """
        holder = self.problem.about
        if self.names(ticket) and (
            self.may_replace or (self.is_closed and replacements.unresolved(holder))
        ):
            return True
        linked = {holder, *(self.named or ())}
        return self.is_closed and self.may_replace and not linked.isdisjoint(closed)


class Unknowns(NamedTuple):
    """What is not known in a workspace.

    Attributes:
        unusable: the problems that could hide an active record about any ticket.
        digest: over these.
        history: those in the folders of resolved tickets.
        held: by ticket that is not resolved, those in its folder that would be history once it is.
        states: by ticket, the problems that could hide its state.
        near: by ticket, what records with a misspelled target probably mean about it.
        lost: by ticket, the retirements that may have been meant for one of its records.
    """

    unusable: list[Problem]
    digest: str
    history: list[History]
    held: dict[str, list[History]]
    states: dict[str, list[Problem]]
    near: dict[str, list[NearRelation]]
    lost: dict[str, list[LostRetirement]]


def load_unknowns(connection: Connection, problems: Iterable[Problem]) -> Unknowns:
    """All doubts of a workspace with these problems."""
    hiding = [problem for problem in problems if problem.effect is Effect.RECORD]
    holders = load_tickets(connection, {problem.about for problem in hiding})
    history: list[History] = []
    held: dict[str, list[History]] = {}
    for problem in hiding:
        holder = holders[problem.about]
        named, may_replace = _named(connection, problem), _SUPERSEDES in problem.shown
        one = History(problem, named, may_replace, holder.state == State.CLOSED)
        (history if holder.resolved else held.setdefault(holder.id, [])).append(one)
    states: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.effect is Effect.TICKET:
            states.setdefault(problem.about, []).append(problem)
    near: dict[str, list[NearRelation]] = {}
    for relation in near_relations(connection):
        near.setdefault(relation.meant, []).append(relation)
    lost: dict[str, list[LostRetirement]] = {}
    for retirement in lost_retirements(connection):
        for id_ in (retirement.holder, *retirement.elsewhere):
            lost.setdefault(id_, []).append(retirement)
    unusable = [problem for problem in hiding if not holders[problem.about].resolved]
    digest = digest_of([digest_content(problem) for problem in unusable])
    return Unknowns(unusable, digest, history, held, states, near, lost)


def digest_content(problem: Problem) -> tuple[str, int | None, str]:
    """What of a problem a digest covers."""
    return problem.path, problem.line, problem.message


def unknown_reasons(
    ticket: TicketInfo, touching: list[Relation], doubts: Unknowns, replacements: Replacements
) -> Iterator[Reason]:
    """Why the verdict about `ticket` may be another one than what could be read says.

    Args:
        ticket: that is asked about.
        touching: the relations that touch it.
        doubts: of the workspace.
        replacements: of all closed tickets that it depended on, or may have.
    """
    yield from _unknown_states(ticket, touching, doubts.states)
    yield from _misspelled(ticket, doubts.near.get(ticket.id, ()), replacements)
    yield from _gaps(doubts.unusable)
    if ticket.resolved:
        return
    closed = replacements.closed_from(closed_blockers(ticket, touching))
    concerning = [o for o in doubts.history if o.concerns(ticket.id, closed, replacements)]
    # Of a file with several bad entries, the first says enough.
    by_path = {one.problem.path: one.problem for one in reversed(concerning)}
    yield from _history(ticket, [by_path[path] for path in sorted(by_path)])
    if any(_is_ended_by_plan(ticket, one) for one in touching):
        yield from _lost(ticket, doubts.lost.get(ticket.id, ()))


def _unknown_states(
    ticket: TicketInfo, touching: Iterable[Relation], problems: Mapping[str, list[Problem]]
) -> Iterator[Reason]:
    if ticket.state is None:
        found = problems.get(ticket.id, [])
        said = f"the state of {ticket.name} is not known{_because(found)}"
        yield Reason(Verdict.UNKNOWN, "state_unknown", said, records=_places(found[:1]))
    for one in touching:
        other = other_end(ticket, one)
        if one.inactive_reason or other is None or other.state is not None:
            continue
        if depends_on_other(ticket, one):
            is_missing = other.folders == 0
            said = "does not exist" if is_missing else "has a state that is not known"
            because = "" if is_missing else _because(problems.get(other.id))
            whole = f"{one.sentence}, and the other ticket {said}{because}"
            yield Reason(Verdict.UNKNOWN, "other_unknown", whole, one, other, one.places)


def _misspelled(
    ticket: TicketInfo, near: Iterable[NearRelation], replacements: Replacements
) -> Iterator[Reason]:
    for one in near:
        relation = one.relation
        if not _weighs(ticket, relation, replacements):
            continue
        said = (
            f"{relation.places[0]}: has a target that is not a ticket, and probably means"
            f" {ticket.name} ({one.difference}): {relation.sentence}"
        )
        other = other_end(ticket, relation)
        places = relation.places
        yield Reason(Verdict.UNKNOWN, "misspelled_target", said, relation, other, places)


def _weighs(ticket: TicketInfo, relation: Relation, replacements: Replacements) -> bool:
    """Whether a relation comes to more than clear for `ticket`."""
    if relation.inactive_reason is not None:
        return any(reasons_for_replaced(ticket, [relation], replacements))
    other = other_end(ticket, relation)
    if depends_on_other(ticket, relation) and other is not None and other.state is None:
        return True
    weight = weight_of(ticket, relation)
    return weight is not None and weight[0] > Verdict.CLEAR


def _gaps(unusable: list[Problem]) -> Iterator[Reason]:
    """Why something that is recorded about any ticket may not have been read."""
    kind = (Verdict.UNKNOWN, "unusable_source")
    yield from _each_of(unusable, kind, "could hold a blocker", "files or lines")


def remains_unknown(doubts: Unknowns, holder: str, ticket: str) -> bool:
    """Whether what cannot be read would still be a reason for `ticket` were `holder` resolved."""
    return any(problem.about != holder for problem in doubts.unusable) or any(
        one.may_replace and one.names(ticket) for one in doubts.held.get(holder, ())
    )


def _history(ticket: TicketInfo, found: list[Problem]) -> Iterator[Reason]:
    """Why it may have been recorded that another ticket took the place of this or of a blocker."""
    kind = (Verdict.CAUTION, "possibly_superseded")
    could = f"could say that {ticket.name}, or what it waited for, is superseded"
    yield from _each_of(found, kind, could, "files of resolved tickets")


def _each_of(
    found: list[Problem], kind: tuple[Verdict, str], could: str, what: str
) -> Iterator[Reason]:
    """A reason of this verdict and code for each of the first problems, and one for the others."""
    for problem in found[:_NAMED_SOURCES]:
        yield Reason(*kind, f"{problem}; it {could}", records=_places([problem]))
    if len(found) > _NAMED_SOURCES:
        more = f"{len(found) - _NAMED_SOURCES} more {what} cannot be used"
        yield Reason(*kind, f"{more}; relations doctor lists them")


def _named(connection: Connection, problem: Problem) -> frozenset[str] | None:
    """The tickets that hidden records name as their targets; None for any."""
    if problem.targets is None:
        return None
    known = load_tickets(connection, problem.targets)
    found = {id_ for id_, ticket in known.items() if ticket.folders}
    if len(found) < len(known):
        from yoi_relations.index.near_targets import load_target_names  # noqa: PLC0415  # a rare mistake

        names = load_target_names(connection)
        found |= {one.ticket for id_ in known.keys() - found for one in names.meant_by(id_)}
    return frozenset(found)


def _is_ended_by_plan(ticket: TicketInfo, relation: Relation) -> bool:
    return (
        relation.cls is RelationClass.CAPACITY
        and relation.ticket.id == ticket.id
        and relation.inactive_reason == ENDED_BY_PLAN
    )


def _lost(ticket: TicketInfo, lost: Iterable[LostRetirement]) -> Iterator[Reason]:
    for one in lost:
        said = (
            f"{one.path}: retires {one.retires}, which {ticket.name} does not hold; if the plan was"
            " meant that ends a waiting note, the ticket still waits"
        )
        places = (RecordPlace(one.path, None, one.id),)
        yield Reason(Verdict.CAUTION, "lost_retirement", said, records=places)


def _places(problems: list[Problem]) -> tuple[RecordPlace, ...]:
    """Where problems show; what cannot be read has no id."""
    return tuple(RecordPlace(problem.path, problem.line, "") for problem in problems)


def _because(problems: list[Problem] | None) -> str:
    return f": {problems[0]}" if problems else ""
