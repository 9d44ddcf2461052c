"""What a Python program gets back when it has recorded something."""

from __future__ import annotations

from typing import NamedTuple, Self

from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.recording.read_back import Recorded


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
    def of(cls, done: Recorded) -> Self:
        """What remains of `done` once its index is closed."""
        (entry,) = done.entries
        more = (entry.warnings, entry.counts_again)
        return cls(entry.relation, entry.record, entry.changed, *more)
