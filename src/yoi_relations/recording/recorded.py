"""What recording gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from yoi_relations.errors import RelationsError, UsageError
from yoi_relations.files.faults import SourceError
from yoi_relations.files.markdown import parse_record
from yoi_relations.files.reading import RECORD_LIMIT
from yoi_relations.files.records import Record
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.opened import Index, Notify
from yoi_relations.index.refresh import open_index
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
        RelationsError: there is no answer; if something was written, it says so first.
    """
    try:
        index = open_index(workspace, notify)
    except (RelationsError, OSError) as error:
        if not changed:
            raise
        raise _unanswered(place, error) from error
    try:
        record = statement_at(index.connection, place)
        return Recorded(index, relation_of(index.connection, record), record, changed)
    except BaseException:
        index.close()
        raise


def _unanswered(place: Place, error: RelationsError | OSError) -> RelationsError:
    """The error that all was done but to tell about it."""
    kind, hint = RelationsError, None
    if isinstance(error, RelationsError):
        kind, hint = type(error), error.hint
    done = "it is done: the same command once more changes nothing"
    return kind(
        f"{place}: is written, but could not be read back: {error}",
        f"{done}; {hint}" if hint else done,
    )


def check_readable(data: bytes, name: str, holder: str) -> Record:
    """The record that `data` will be read as: the bounds of reading are those of writing.

    Raises:
        UsageError: it would not be read, or not wholly understood.
    """
    try:
        record, faults = parse_record(data, name, holder)
    except SourceError as error:
        raise UsageError(f"the record {error.message}", "nothing was written") from error
    check_size(data)
    if record.retirement is None and faults:
        raise UsageError(f"the record {faults[0].message}", "nothing was written")
    return record


def check_size(data: bytes) -> None:
    """Refuse a record file that is longer than what is read of one.

    Raises:
        UsageError: it is.
    """
    if len(data) > RECORD_LIMIT:
        raise UsageError(f"the record takes {len(data)} bytes; at most {RECORD_LIMIT} are read")
