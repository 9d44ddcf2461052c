"""The outcome of `add` and `retire`: each record, and its relation, as the index has them now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from yoi_relations.errors import RelationsError
from yoi_relations.files.workspace import Workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify
from yoi_relations.queries.records import RecordPlace, StoredRecord
from yoi_relations.queries.relations import Relation


@dataclass(frozen=True)
class Outcome:
    """One record after `add` or `retire`.

    Attributes:
        relation: the relation that the record belongs to.
        record: the record.
        is_new: whether `add` wrote the record.
        warnings: the consequences of `add`, one sentence each.
        retirement: the new retirement: of the record, or for `add`, of the note that it replaces;
            None if none was written.
        also_retired: the other records that this retirement retires, because they have its id.
        counts_again: the relations that are active again because of the retirement.
    """

    relation: Relation
    record: StoredRecord
    is_new: bool = False
    warnings: tuple[str, ...] = ()
    retirement: RecordPlace | None = None
    also_retired: tuple[StoredRecord, ...] = ()
    counts_again: tuple[Relation, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether a file was written."""
        return self.is_new or self.retirement is not None


@dataclass(frozen=True)
class RecordingResult:
    """What `add` or `retire` did; use it in a ``with`` statement, which closes the index.

    Attributes:
        index: the index after the change.
        outcomes: one per record, in the order of the request.
    """

    index: Index
    outcomes: tuple[Outcome, ...]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.index.close()


def read_back(
    workspace: Workspace,
    notify: Notify,
    written: RecordPlace | None,
    outcomes_of: Callable[[Index], tuple[Outcome, ...]],
    *,
    wait: float | None,
) -> RecordingResult:
    """Read the outcomes from an index that includes what was just written.

    `written` is a file that was written, or None; `notify` and `wait` are as in `open_index`.

    Raises:
        NotFoundError: another process has removed a record since.
        RelationsError: the index cannot be opened; the message names the file that was written.
    """
    try:
        index = open_index(workspace, notify, wait=wait)
    except (RelationsError, OSError) as error:
        if written is None:
            raise
        raise _not_read_back(written, error) from error
    try:
        return RecordingResult(index, outcomes_of(index))
    except BaseException:
        index.close()
        raise


def _not_read_back(place: RecordPlace, error: RelationsError | OSError) -> RelationsError:
    """The error if the record was written and only the answer failed; it keeps the hint."""
    kind, hint = RelationsError, "the change is complete; running the command again changes nothing"
    if isinstance(error, RelationsError):
        kind, hint = type(error), f"{hint}; {error.hint}" if error.hint else hint
    return kind(f"{place}: was written, but could not be read back: {error}", hint)
