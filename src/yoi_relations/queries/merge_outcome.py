"""The answer of `diff --merge`: what a merge would change, make and end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.lean.types import TYPE_CHECKING, Connection, NamedTuple
from yoi_relations.queries.check import Check
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.difference import Difference, find_difference
from yoi_relations.queries.relation_changes import (
    RelationChange,
    RelationChangeType,
    find_ended_relations,
)
from yoi_relations.queries.relations import Relation, load_active_relations
from yoi_relations.queries.sides import Clash, Side, check_open, find_clashes

if TYPE_CHECKING:
    from yoi_relations.index.merge_preview import MergePreview


class EndedRelation(NamedTuple):
    """A relation that is active on a side, and not after the merge, which states it still.

    Attributes:
        change: the change from the first of these sides.
        active_in: the sides: ``ours``, ``theirs``.
    """

    change: RelationChange
    active_in: tuple[str, ...]


class MergeOutcome(NamedTuple):
    """What a merge would bring.

    Attributes:
        difference: from our side to the merged files.
        holds: the checks of the tickets with a reason to hold after the merge, and on no side. The
            verdict can be unknown, which is worse and would hide the hold.
        unknown: the checks of the tickets that are unknown after the merge, and on no side.
        clashes: the cycles and contradictions that no side has.
        ended: the relations that the merge ends.
    """

    difference: Difference
    holds: list[Check]
    unknown: list[Check]
    clashes: list[Clash]
    ended: list[EndedRelation]

    @property
    def breaks(self) -> bool:
        """Whether the merge makes what no side has: a hold, a cycle or a contradiction."""
        return bool(self.holds or self.clashes)


def find_outcome(preview: MergePreview, ours: Side) -> MergeOutcome:
    """What a merge brings; `ours` is the side that the index of HEAD makes.

    Of the branch, only what the answer needs is loaded.
    """
    same = preview.merged.generation.digest == preview.ours.generation.digest
    merged = ours if same else Side.load(preview.merged.connection)
    theirs = preview.theirs.connection
    difference = find_difference(ours, merged)
    active = load_active_relations(theirs)
    return MergeOutcome(
        difference,
        _only_merged(Verdict.HOLD, ours, theirs, merged),
        _only_merged(Verdict.UNKNOWN, ours, theirs, merged),
        _new_clashes(ours, theirs, active, merged),
        list(_ended(difference, theirs, active, merged)),
    )


def _only_merged(verdict: Verdict, ours: Side, theirs: Connection, merged: Side) -> list[Check]:
    """The checks with a reason of this verdict, of tickets that have none on either side."""
    found = _with_reason(verdict, merged.checks.values())
    for id_ in _with_reason(verdict, ours.checks.values()):
        found.pop(id_, None)
    if found:
        for id_ in _with_reason(verdict, check_open(theirs, found).checks):
            del found[id_]
    return [found[id_] for id_ in sorted(found)]


def _with_reason(verdict: Verdict, checks: Iterable[Check]) -> dict[str, Check]:
    """By id of the ticket, the checks with a reason of this verdict."""
    return {check.ticket.id: check for check in checks if first_reason(check, verdict)}


def first_reason(check: Check, verdict: Verdict) -> Reason | None:
    """The first reason of a verdict; None if there is none."""
    return next((reason for reason in check.reasons if reason.verdict is verdict), None)


def _new_clashes(
    ours: Side, theirs: Connection, active: list[Relation], merged: Side
) -> list[Clash]:
    """The clashes that no side has; `active` are the active relations of `theirs`."""
    new = merged.clashes.keys() - ours.clashes.keys()
    if new:
        new -= {clash.meaning for clash in find_clashes(theirs, active)}
    return [merged.clashes[meaning] for meaning in sorted(new)]


def _ended(
    difference: Difference, theirs: Connection, active: list[Relation], merged: Side
) -> Iterator[EndedRelation]:
    changes = {
        "ours": [
            change for change in difference.relations if change.what is RelationChangeType.ENDED
        ],
        "theirs": find_ended_relations(theirs, active, merged),
    }
    sides: dict[tuple[str, ...], tuple[RelationChange, list[str]]] = {}
    for name, found in changes.items():
        for change in found:
            sides.setdefault(_key(change), (change, []))[1].append(name)
    for change, names in sides.values():
        yield EndedRelation(change, tuple(names))


def _key(change: RelationChange) -> tuple[str, ...]:
    """What makes it the same relation after the merge."""
    relation = change.relation
    latest = relation.latest_record
    return relation.kind, latest.holder, latest.id
