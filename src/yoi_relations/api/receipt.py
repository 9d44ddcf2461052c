"""The answer of `Relations.add` and `Relations.retire`."""

from __future__ import annotations

from typing import NamedTuple, Self

from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.recording.outcome import RecordingResult


class Receipt(NamedTuple):
    """What became of one record; it needs no open index.

    Attributes:
        relation: the relation that the record belongs to, as it is now.
        record: the record.
        changed: whether a file was written; False if it was so already.
        warnings: of `add`: its consequences, one sentence each.
        counts_again: of `retire`: the relations that are active again because of it.
    """

    relation: Relation
    record: StoredRecord
    changed: bool
    warnings: tuple[str, ...]
    counts_again: tuple[Relation, ...]

    @classmethod
    def of(cls, result: RecordingResult) -> Self:
        """The receipt for a result with one outcome."""
        (done,) = result.outcomes
        return cls(done.relation, done.record, done.changed, done.warnings, done.counts_again)
