"""What speaks for or against taking up a ticket now: one reason a fact, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.kinds import KINDS, RelationClass, phrase
from yoi_relations.queries.cycles import NAMED_STEPS, Cycle, in_words
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.statements import Place
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State
from yoi_relations.typed import IntEnum, NamedTuple

_NAMED_SOURCES = 5
"""Files that cannot be used that are named by a reason each; one more counts the others."""
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
"""By state of the other end. One of unknown state is told of by `reasons_for_unknown`."""


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
    records: tuple[Place, ...] = ()


def reasons_from(ticket: TicketInfo, touching: Iterable[Relation]) -> Iterator[Reason]:
    """The reasons that lie in the ticket's state and in the active relations that touch it."""
    if ticket.state in _NOT_WAITING:
        said = f"{ticket.id} is {ticket.state}, not waiting to be accepted"
        yield Reason(Verdict.CAUTION, "state", said)
    for one in touching:
        found = _reason(ticket, one) if one.inactive_reason is None else None
        if found is not None:
            verdict, code = found
            yield _resting_on(ticket, one, verdict, code)


def _reason(ticket: TicketInfo, relation: Relation) -> tuple[Verdict, str] | None:
    """What an active relation comes to for `ticket`, and the reason's code."""
    other = _other(ticket, relation)
    if relation.cls is RelationClass.CONFLICT:
        return _IN_CONFLICT.get(other.state) if other else None
    return _AT_AN_END.get((relation.kind, relation.ticket.id == ticket.id))


def reasons_for_unknown(
    ticket: TicketInfo, touching: Iterable[Relation], problems: Mapping[str, list[Problem]]
) -> Iterator[Reason]:
    """Why the state of the ticket, or of one that it depends on the state of, is not known.

    Args:
        ticket: that is asked about.
        touching: the relations that touch it.
        problems: by ticket, those that could hide its state.
    """
    if ticket.state is None:
        found = problems.get(ticket.id, [])
        said = f"the state of {ticket.id} is not known{_because(found)}"
        yield Reason(Verdict.UNKNOWN, "state_unknown", said, records=_places(found[:1]))
    for one in touching:
        other = _other(ticket, one)
        if one.inactive_reason or other is None or other.state is not None:
            continue
        if _rests_on_other(ticket, one):
            is_missing = other.folders == 0
            said = "does not exist" if is_missing else "has a state that is not known"
            because = "" if is_missing else _because(problems.get(other.id))
            whole = f"{one.sentence}, and {other.id} {said}{because}"
            places = tuple(record.place for record in one.records)
            yield Reason(Verdict.UNKNOWN, "other_unknown", whole, one, other, places)


def reasons_for_gaps(unusable: list[Problem]) -> Iterator[Reason]:
    """Why something that is recorded about any ticket may not have been read."""
    for problem in unusable[:_NAMED_SOURCES]:
        said = f"{problem}; it could hold a blocker"
        yield Reason(Verdict.UNKNOWN, "unusable_source", said, records=_places([problem]))
    if len(unusable) > _NAMED_SOURCES:
        said = f"{len(unusable) - _NAMED_SOURCES} more files or lines cannot be used"
        yield Reason(Verdict.UNKNOWN, "unusable_source", f"{said}; relations doctor lists them")


def reason_from_cycle(ticket: TicketInfo, cycle: Cycle) -> Reason:
    """That work waits for itself."""
    verdict, code = (
        (Verdict.CAUTION, "mixed_cycle") if cycle.mixed else (Verdict.HOLD, "dependency_cycle")
    )
    first = cycle.steps[0]
    places = tuple(one.place for step in cycle.steps[:NAMED_STEPS] for one in step.records)
    said = f"{ticket.id} is on a {in_words(cycle)}"
    return Reason(verdict, code, said, first, first.target, places)


def _resting_on(ticket: TicketInfo, relation: Relation, verdict: Verdict, code: str) -> Reason:
    other = _other(ticket, relation)
    if KINDS[relation.kind].is_note:
        voice = relation.voice
        said = f"{relation.sentence}, as {voice.author} recorded on {voice.at[:10]}"
    else:
        said = _said_of(ticket, relation, other)
    places = tuple(record.place for record in relation.records)
    return Reason(verdict, code, said, relation, other, places)


def _said_of(ticket: TicketInfo, relation: Relation, other: TicketInfo | None) -> str:
    """An edge from the ticket's point of view, with what there is to know of the other end."""
    if other is None:
        return relation.sentence
    named = f"{other.id} ({other.title})" if other.title else other.id
    said = phrase(relation.kind)
    if relation.kind == "supersedes":
        return f"{named}, which {_standing(other)}, {said} {ticket.id}"
    return f"{ticket.id} {said} {named}, which {_standing(other)}"


def _standing(ticket: TicketInfo) -> str:
    if ticket.state is not None:
        return f"is {ticket.state}"
    return "has a state that is not known" if ticket.folders else "does not exist"


def _rests_on_other(ticket: TicketInfo, relation: Relation) -> bool:
    """Whether the state of the other end decides what the relation means for `ticket`."""
    if relation.cls is RelationClass.CONFLICT:
        return True
    own = relation.ticket.id == ticket.id
    return own and relation.cls in (RelationClass.DEPENDENCY, RelationClass.ORDERING)


def _other(ticket: TicketInfo, relation: Relation) -> TicketInfo | None:
    return relation.target if relation.ticket.id == ticket.id else relation.ticket


def _places(problems: list[Problem]) -> tuple[Place, ...]:
    """Where problems show; what cannot be read has no id."""
    return tuple(Place(problem.path, problem.line, "") for problem in problems)


def _because(problems: list[Problem] | None) -> str:
    return f": {problems[0]}" if problems else ""
