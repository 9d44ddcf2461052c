"""The answer of `diff --merge`: what a merge would change, make and end."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.check import Check
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.difference import Difference, find_difference
from yoi_relations.queries.relation_changes import (
    RelationChange,
    RelationChangeType,
    find_relation_changes,
)
from yoi_relations.queries.sides import Clash, Side
from yoi_relations.queries.ticket_changes import touched_tickets


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


def find_outcome(ours: Side, theirs: Side, merged: Side) -> MergeOutcome:
    """What the merge of two sides brings."""
    difference = find_difference(ours, merged)
    known = ours.clashes.keys() | theirs.clashes.keys()
    return MergeOutcome(
        difference,
        list(_only_merged(Verdict.HOLD, ours, theirs, merged)),
        list(_only_merged(Verdict.UNKNOWN, ours, theirs, merged)),
        [clash for meaning, clash in sorted(merged.clashes.items()) if meaning not in known],
        list(_ended(difference, theirs, merged)),
    )


def _only_merged(verdict: Verdict, ours: Side, theirs: Side, merged: Side) -> Iterator[Check]:
    """The checks with a reason of this verdict, of tickets that have none on either side."""
    for id_, check in sorted(merged.checks.items()):
        checks = (check, ours.checks.get(id_), theirs.checks.get(id_))
        has_it, *sides_have_it = (each and first_reason(each, verdict) for each in checks)
        if has_it and not any(sides_have_it):
            yield check


def first_reason(check: Check, verdict: Verdict) -> Reason | None:
    """The first reason of a verdict; None if there is none."""
    return next((reason for reason in check.reasons if reason.verdict is verdict), None)


def _ended(difference: Difference, theirs: Side, merged: Side) -> Iterator[EndedRelation]:
    touched = touched_tickets(theirs.connection, merged.connection)
    changes = {
        "ours": difference.relations,
        "theirs": find_relation_changes(theirs, merged, touched),
    }
    sides: dict[tuple[str, ...], tuple[RelationChange, list[str]]] = {}
    for name, found in changes.items():
        for change in found:
            if change.what is RelationChangeType.ENDED:
                sides.setdefault(_key(change), (change, []))[1].append(name)
    for change, names in sides.values():
        yield EndedRelation(change, tuple(names))


def _key(change: RelationChange) -> tuple[str, ...]:
    """What makes it the same relation after the merge."""
    relation = change.relation
    latest = relation.latest_record
    return relation.kind, latest.holder, latest.id
