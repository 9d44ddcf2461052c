"""The reasons for a verdict that follow from relations: one reason per fact, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import KINDS, SEQUENCE_CLASSES, RelationClass, phrase, quoted
from yoi_relations.lean.types import IntEnum, NamedTuple
from yoi_relations.queries.cycles import Cycle, CycleKind
from yoi_relations.queries.records import RecordPlace
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.replacements import Replacements
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State

_NOT_WAITING = frozenset({State.PLANNING, State.INPROGRESS, State.DONE, State.CLOSED})


class Verdict(IntEnum):
    """The verdict of a reason or a check; the greater, the worse."""

    CLEAR = 0
    CAUTION = 1
    HOLD = 2
    UNKNOWN = 3

    @property
    def word(self) -> str:
        """The verdict as text."""
        return self.name.lower()


_BY_KIND = {
    ("blocked_by", True): (Verdict.HOLD, "blocked"),
    ("after", True): (Verdict.CAUTION, "ordered_after"),
    ("waiting", True): (Verdict.CAUTION, "waiting"),
    ("accepted_plan", True): (Verdict.CLEAR, "plan"),
    ("supersedes", False): (Verdict.CAUTION, "superseded"),
    ("duplicate_of", True): (Verdict.CAUTION, "duplicate"),
}
"""By kind as shown, and whether the ticket is the ticket of the relation: verdict and code."""
_BY_STATE_IN_CONFLICT: dict[str | None, tuple[Verdict, str]] = {
    State.INPROGRESS: (Verdict.HOLD, "conflict_inprogress"),
    State.QUEUED: (Verdict.CAUTION, "conflict_waiting"),
    State.READY: (Verdict.CAUTION, "conflict_waiting"),
    State.PLANNING: (Verdict.CLEAR, "conflict_planning"),
}
"""By state of the other end: verdict and code; `unknown_reasons` covers an unknown state."""
_BY_CYCLE = {
    CycleKind.DEPENDENCY: (Verdict.HOLD, "dependency_cycle"),
    CycleKind.MIXED: (Verdict.CAUTION, "mixed_cycle"),
}


class Reason(NamedTuple):
    """One fact about a ticket that matters for accepting it.

    Attributes:
        verdict: the verdict from this reason alone.
        code: its stable name.
        sentence: the fact in words.
        relation: the relation that it follows from, or None.
        other: the ticket at the other end of the relation, or None.
        records: where it is recorded; of an unknown, the files that hide it.
        hint: what would tell more, or why nothing does; it is not part of the fact.
        worktree: path of the other work tree that it is from; empty for this one.
    """

    verdict: Verdict
    code: str
    sentence: str
    relation: Relation | None = None
    other: TicketInfo | None = None
    records: tuple[RecordPlace, ...] = ()
    hint: str = ""
    worktree: str = ""

    @property
    def text(self) -> str:
        """The fact and the hint in words."""
        return f"{self.sentence}; {self.hint}" if self.hint else self.sentence


def reasons_from(ticket: TicketInfo, touching: Iterable[Relation]) -> Iterator[Reason]:
    """The reasons from the state of the ticket and from the active relations that touch it."""
    if ticket.state in _NOT_WAITING:
        text = f"{ticket.name} is {ticket.state_words}, not waiting to be accepted"
        yield Reason(Verdict.CAUTION, "state", text)
    for relation in touching:
        reason = reason_from_relation(ticket, relation) if relation.is_active else None
        if reason is not None:
            yield reason


def weight_of(ticket: TicketInfo, relation: Relation) -> tuple[Verdict, str] | None:
    """Verdict and code of an active relation for `ticket`; None if it is not a reason.

    If the verdict depends on a state that is not known, `unknown_reasons` has the reason.
    """
    other = other_end(ticket, relation)
    if depends_on_other(ticket, relation) and other is not None and other.certain_state is None:
        return None
    if relation.cls is RelationClass.CONFLICT:
        return _BY_STATE_IN_CONFLICT.get(other.state) if other else None
    return _BY_KIND.get((relation.kind, relation.ticket.id == ticket.id))


def reason_from_relation(ticket: TicketInfo, relation: Relation) -> Reason | None:
    """The reason from an active relation that touches `ticket`; None as for `weight_of`."""
    weight = weight_of(ticket, relation)
    return None if weight is None else _relation_reason(ticket, relation, *weight)


def reason_from_cycle(ticket: TicketInfo, cycle: Cycle) -> Reason:
    """The reason that a ticket waits for itself."""
    first = cycle.steps[0]
    places = tuple(place for step in cycle.named_steps for place in step.places)
    text = f"{ticket.name} is on a {cycle}"
    return Reason(*_BY_CYCLE[cycle.kind], text, first, first.target, places)


def reasons_for_replaced(
    ticket: TicketInfo, touching: Iterable[Relation], replacements: Replacements
) -> Iterator[Reason]:
    """Reasons from blockers that were closed, not done, and that another ticket replaced.

    `replacements` are at least those of all closed tickets among the targets of `touching`.
    """
    for relation in touching:
        blocker = _closed_blocker(ticket, relation)
        for other in replacements.unresolved(blocker.id) if blocker else ():
            # One that is resolved is here only because its publication is outdated.
            doubt = " in a publication older than --max-age" if other.resolved else ""
            text = (
                f"{relation.sentence}, which is closed, and {_with_title(other)}, which"
                f" {_state_of(other)}{doubt}, took its place"
            )
            yield Reason(
                Verdict.CAUTION, "blocker_replaced", text, relation, other, relation.places
            )


def closed_blockers(ticket: TicketInfo, touching: Iterable[Relation]) -> set[str]:
    """The ids of the tickets that `ticket` depended on and that were closed, not done."""
    blockers = (_closed_blocker(ticket, relation) for relation in touching)
    return {blocker.id for blocker in blockers if blocker}


def _closed_blocker(ticket: TicketInfo, relation: Relation) -> TicketInfo | None:
    """The closed ticket that `ticket`, which is not resolved, depended on by this relation."""
    target = relation.target
    if relation.cls is not RelationClass.DEPENDENCY or relation.ticket.id != ticket.id:
        return None
    if target is None or target.state != State.CLOSED:
        return None
    return None if ticket.resolved or relation.is_retired else target


def _relation_reason(ticket: TicketInfo, relation: Relation, verdict: Verdict, code: str) -> Reason:
    other = other_end(ticket, relation)
    if other is None or KINDS[relation.kind].is_note:
        latest = relation.latest_record
        text = f"{relation.sentence}, as {quoted(latest.recorded_by)} recorded on {latest.day}"
    else:
        text = edge_sentence(ticket, relation, other)
    return Reason(verdict, code, text, relation, other, relation.places)


def edge_sentence(ticket: TicketInfo, relation: Relation, other: TicketInfo) -> str:
    """An edge from the point of view of the ticket, with title and state of the other end."""
    verb = phrase(relation.kind)
    if relation.kind == "supersedes":
        return f"{_with_title(other)}, which {_state_of(other)}, {verb} {ticket.name}"
    return f"{ticket.name} {verb} {_with_title(other)}, which {_state_of(other)}"


def _with_title(ticket: TicketInfo) -> str:
    return f"{ticket.name} ({quoted(ticket.title)})" if ticket.title else ticket.name


def _state_of(ticket: TicketInfo) -> str:
    if ticket.state is not None:
        return f"is {ticket.state_words}"
    if ticket.elsewhere:
        return "is elsewhere"
    return "has a state that is not known" if ticket.folders else "does not exist"


def depends_on_other(ticket: TicketInfo, relation: Relation) -> bool:
    """Whether the verdict of the relation for `ticket` depends on the state of the other end."""
    if relation.cls is RelationClass.CONFLICT:
        return True
    own = relation.ticket.id == ticket.id
    return own and relation.cls in SEQUENCE_CLASSES


def other_end(ticket: TicketInfo, relation: Relation) -> TicketInfo | None:
    """The other end of a relation that touches `ticket`; None for a note without a target."""
    return relation.target if relation.ticket.id == ticket.id else relation.ticket
