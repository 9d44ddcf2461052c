"""What recording gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeVar

from yoi_relations.errors import RelationsError, UsageError
from yoi_relations.files.read_source import RECORD_LIMIT
from yoi_relations.files.record import Record, Retirement
from yoi_relations.files.record_md import parse_record
from yoi_relations.files.source import SourceError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify
from yoi_relations.queries.records import RecordPlace, StoredRecord
from yoi_relations.queries.relations import Relation


@dataclass(frozen=True)
class Entry:
    """A record after `add` or `retire`, and what it means now.

    Attributes:
        relation: the relation that the record belongs to.
        record: the record.
        changed: False where it was so already, and nothing was written.
        is_new: whether the record itself was written.
        warnings: what it does beside being recorded, a sentence each.
        retirement: where it was retired, or of `add`, where the note was that it replaces; None
            where this command did not write that.
        also_retired: the other records that this retirement retires, because they have its id.
        counts_again: the relations that count again because it was retired.
    """

    relation: Relation
    record: StoredRecord
    changed: bool
    is_new: bool = False
    warnings: tuple[str, ...] = ()
    retirement: RecordPlace | None = None
    also_retired: tuple[StoredRecord, ...] = ()
    counts_again: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """The records after `add` or `retire`; use it in a ``with`` statement.

    Attributes:
        index: the index as it is afterwards.
        entries: one per record, in the order in which they were named.
    """

    index: Index
    entries: tuple[Entry, ...]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.index.close()


def read_back(
    workspace: Workspace,
    notify: Notify,
    written: RecordPlace | None,
    entries_of: Callable[[Index], tuple[Entry, ...]],
    *,
    wait: float | None,
) -> Recorded:
    """What was recorded, out of an index that knows what was just written.

    Args:
        workspace: whose files.
        notify: as in `open_index`.
        written: a file that was written; None where it was so already.
        entries_of: finds the records in the index.
        wait: as in `open_index`.

    Raises:
        NotFoundError: something has removed a record meanwhile.
        RelationsError: there is no answer; if something was written, it says so first.
    """
    try:
        index = open_index(workspace, notify, wait=wait)
    except (RelationsError, OSError) as error:
        if written is None:
            raise
        raise _unanswered(written, error) from error
    try:
        return Recorded(index, entries_of(index))
    except BaseException:
        index.close()
        raise


def _unanswered(place: RecordPlace, error: RelationsError | OSError) -> RelationsError:
    """The error that all was done but to tell about it."""
    kind, hint = RelationsError, None
    if isinstance(error, RelationsError):
        kind, hint = type(error), error.hint
    done = "it is done: the same command once more changes nothing"
    return kind(
        f"{place}: is written, but could not be read back: {error}",
        f"{done}; {hint}" if hint else done,
    )


_Read = TypeVar("_Read", Record, Retirement)


def check_readable(data: bytes, name: str, holder: str, expected: type[_Read]) -> _Read:
    """What `data` will be read as: the bounds of reading are those of writing.

    Raises:
        UsageError: it would not be read, or not wholly understood, or not as what is `expected`.
    """
    try:
        found, faults = parse_record(data, name, holder)
    except SourceError as error:
        raise UsageError(f"the record {error.message}", "nothing was written") from error
    if len(data) > RECORD_LIMIT:
        raise UsageError(f"the record takes {len(data)} bytes; at most {RECORD_LIMIT} are read")
    if faults:
        raise UsageError(f"the record {faults[0].message}", "nothing was written")
    if not isinstance(found, expected):
        raise UsageError("the record would be read as something else", "nothing was written")
    return found
