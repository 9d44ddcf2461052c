"""What a Python program gets back when it has recorded something."""

from __future__ import annotations

from typing import NamedTuple, Self

from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.recording.outcome import RecordingResult


class Receipt(NamedTuple):
    """What `add` and `retire` did.

    Attributes:
        relation: that the record belongs to, as it is now.
        record: the record.
        changed: False where it was so already, and nothing was written.
        warnings: of `add`: what the record does beside being recorded, a sentence each.
        counts_again: of `retire`: the relations that count again because of it.
    """

    relation: Relation
    record: StoredRecord
    changed: bool
    warnings: tuple[str, ...]
    counts_again: tuple[Relation, ...]

    @classmethod
    def of(cls, done: RecordingResult) -> Self:
        """What remains of `done` once its index is closed."""
        (outcome,) = done.outcomes
        more = (outcome.warnings, outcome.counts_again)
        return cls(outcome.relation, outcome.record, outcome.changed, *more)
