"""What recording gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from yoi_relations.files.workspace import Workspace
from yoi_relations.index.refresh import Index, Notify, open_index
from yoi_relations.queries.relations import Relation, relation_of
from yoi_relations.queries.statements import Place, Statement, statement_at


@dataclass(frozen=True)
class Recorded:
    """A record after `add` or `retire`, and what it means now; use it in a ``with`` statement.

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.index.close()


def read_back(workspace: Workspace, notify: Notify, place: Place, *, changed: bool) -> Recorded:
    """The record at `place`, out of an index that knows what was just written.

    Raises:
        NotFoundError: something has removed it meanwhile.
    """
    index = open_index(workspace, notify)
    try:
        record = statement_at(index.connection, place)
        return Recorded(index, relation_of(index.connection, record), record, changed)
    except BaseException:
        index.close()
        raise
