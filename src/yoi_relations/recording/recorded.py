"""What recording gives back."""

from __future__ import annotations

from dataclasses import dataclass

from yoi_relations.index.refresh import Index
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.statements import Statement


@dataclass(frozen=True)
class Recorded:
    """A record after `add` or `retire`, and what it means now.

    Attributes:
        index: the index as it is afterwards.
        relation: the relation that the record belongs to.
        record: the record.
        changed: False where it was so already, and nothing was written.
    """

    index: Index
    relation: Relation
    record: Statement
    changed: bool
