"""What speaks for or against taking up a ticket now: one reason a fact, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import KINDS, RelationClass, phrase, quoted
from yoi_relations.lean.types import IntEnum, NamedTuple
from yoi_relations.queries.cycles import NAMED_STEPS, Cycle, describe_cycle
from yoi_relations.queries.records import RecordPlace
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.replacements import Replacements
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State

_NOT_WAITING = frozenset({State.PLANNING, State.INPROGRESS, State.DONE, State.CLOSED})


class Verdict(IntEnum):
    """What the reasons come to; the greater, the worse."""

    CLEAR = 0
    CAUTION = 1
    HOLD = 2
    UNKNOWN = 3

    @property
    def word(self) -> str:
        """As it is written."""
        return self.name.lower()


_AT_AN_END = {
    ("blocked_by", True): (Verdict.HOLD, "blocked"),
    ("after", True): (Verdict.CAUTION, "ordered_after"),
    ("waiting", True): (Verdict.CAUTION, "waiting"),
    ("accepted_plan", True): (Verdict.CLEAR, "plan"),
    ("supersedes", False): (Verdict.CAUTION, "superseded"),
    ("duplicate_of", True): (Verdict.CAUTION, "duplicate"),
}
"""By kind as shown, and whether the ticket is the relation's own: what it comes to."""
_IN_CONFLICT: dict[str | None, tuple[Verdict, str]] = {
    State.INPROGRESS: (Verdict.HOLD, "conflict_inprogress"),
    State.QUEUED: (Verdict.CAUTION, "conflict_waiting"),
    State.READY: (Verdict.CAUTION, "conflict_waiting"),
    State.PLANNING: (Verdict.CLEAR, "conflict_planning"),
}
"""By state of the other end. One of unknown state is a reason of `doubts`."""


class Reason(NamedTuple):
    """One fact about a ticket that matters to whoever would take it up.

    Attributes:
        verdict: what it alone would come to.
        code: its stable name.
        sentence: for people.
        relation: that it rests on, or None.
        other: the ticket at the relation's other end, or None.
        records: where it is recorded, or where what is not known should be.
    """

    verdict: Verdict
    code: str
    sentence: str
    relation: Relation | None = None
    other: TicketInfo | None = None
    records: tuple[RecordPlace, ...] = ()


def reasons_from(ticket: TicketInfo, touching: Iterable[Relation]) -> Iterator[Reason]:
    """The reasons that lie in the ticket's state and in the active relations that touch it."""
    if ticket.state in _NOT_WAITING:
        said = f"{ticket.name} is {ticket.state}, not waiting to be accepted"
        yield Reason(Verdict.CAUTION, "state", said)
    for one in touching:
        found = weight_of(ticket, one) if one.inactive_reason is None else None
        if found is not None:
            verdict, code = found
            yield _resting_on(ticket, one, verdict, code)


def weight_of(ticket: TicketInfo, relation: Relation) -> tuple[Verdict, str] | None:
    """What an active relation comes to for `ticket`, and the reason's code; None for nothing.

    Where the state of the other end decides and is not known, `doubts` has the reason.
    """
    other = other_end(ticket, relation)
    if depends_on_other(ticket, relation) and other is not None and other.state is None:
        return None
    if relation.cls is RelationClass.CONFLICT:
        return _IN_CONFLICT.get(other.state) if other else None
    return _AT_AN_END.get((relation.kind, relation.ticket.id == ticket.id))


def reason_from_cycle(ticket: TicketInfo, cycle: Cycle) -> Reason:
    """That work waits for itself."""
    verdict, code = (
        (Verdict.CAUTION, "mixed_cycle") if cycle.mixed else (Verdict.HOLD, "dependency_cycle")
    )
    first = cycle.steps[0]
    places = tuple(place for step in cycle.steps[:NAMED_STEPS] for place in step.places)
    said = f"{ticket.name} is on a {describe_cycle(cycle)}"
    return Reason(verdict, code, said, first, first.target, places)


def reasons_for_replaced(
    ticket: TicketInfo, touching: Iterable[Relation], replacements: Replacements
) -> Iterator[Reason]:
    """Blockers that were closed, not done, and whose work another ticket took over.

    Args:
        ticket: that is asked about.
        touching: the relations that touch it.
        replacements: of all tickets that are closed among their targets.
    """
    for one in () if ticket.resolved else touching:
        if not _ended_by_closing(ticket, one) or one.target is None:
            continue
        for other in replacements.unresolved(one.target.id):
            said = (
                f"{one.sentence}, which is closed, and {_named(other)}, which {_standing(other)},"
                " took its place"
            )
            yield Reason(Verdict.CAUTION, "blocker_replaced", said, one, other, one.places)


def closed_blockers(ticket: TicketInfo, touching: Iterable[Relation]) -> set[str]:
    """The ids of the tickets that `ticket` depended on and that were closed, not done."""
    if ticket.resolved:
        return set()
    return {one.target.id for one in touching if one.target and _ended_by_closing(ticket, one)}


def _ended_by_closing(ticket: TicketInfo, relation: Relation) -> bool:
    return (
        relation.cls is RelationClass.DEPENDENCY
        and relation.ticket.id == ticket.id
        and relation.target is not None
        and relation.target.state == State.CLOSED
        and not relation.is_retired
    )


def _resting_on(ticket: TicketInfo, relation: Relation, verdict: Verdict, code: str) -> Reason:
    other = other_end(ticket, relation)
    if KINDS[relation.kind].is_note:
        latest = relation.latest_record
        said = f"{relation.sentence}, as {quoted(latest.author)} recorded on {latest.at[:10]}"
    else:
        said = _said_of(ticket, relation, other)
    return Reason(verdict, code, said, relation, other, relation.places)


def _said_of(ticket: TicketInfo, relation: Relation, other: TicketInfo | None) -> str:
    """An edge from the ticket's point of view, with what there is to know of the other end."""
    if other is None:
        return relation.sentence
    said = phrase(relation.kind)
    if relation.kind == "supersedes":
        return f"{_named(other)}, which {_standing(other)}, {said} {ticket.name}"
    return f"{ticket.name} {said} {_named(other)}, which {_standing(other)}"


def _named(ticket: TicketInfo) -> str:
    return f"{ticket.name} ({quoted(ticket.title)})" if ticket.title else ticket.name


def _standing(ticket: TicketInfo) -> str:
    if ticket.state is not None:
        return f"is {ticket.state}"
    return "has a state that is not known" if ticket.folders else "does not exist"


def depends_on_other(ticket: TicketInfo, relation: Relation) -> bool:
    """Whether the state of the other end decides what the relation means for `ticket`."""
    if relation.cls is RelationClass.CONFLICT:
        return True
    own = relation.ticket.id == ticket.id
    return own and relation.cls in (RelationClass.DEPENDENCY, RelationClass.ORDERING)


def other_end(ticket: TicketInfo, relation: Relation) -> TicketInfo | None:
    """The ticket at the other end of a relation that touches `ticket`; None for a bare note."""
    return relation.target if relation.ticket.id == ticket.id else relation.ticket
