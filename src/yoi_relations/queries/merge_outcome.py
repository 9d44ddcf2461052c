"""The answer of `diff --merge`: what a merge would change, make and end."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.check import Check
from yoi_relations.queries.check_reasons import Verdict
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
        holds: the checks of the tickets that are on hold after the merge, and on no side.
        clashes: the cycles and contradictions that no side has.
        ended: the relations that the merge ends.
    """

    difference: Difference
    holds: list[Check]
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
        [
            check
            for id_, check in sorted(merged.checks.items())
            if check.verdict is Verdict.HOLD
            and Verdict.HOLD not in (ours.verdict(id_), theirs.verdict(id_))
        ],
        [clash for meaning, clash in sorted(merged.clashes.items()) if meaning not in known],
        list(_ended(difference, theirs, merged)),
    )


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
