"""Retires records: each stays as it is, and a new file beside it says that it no longer holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yoi_relations.errors import NotFoundError, UsageError
from yoi_relations.files.record import Retirement
from yoi_relations.files.times import now
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.write import render_record, write_new
from yoi_relations.index.cache_folder import retry_wait, temporary_folder
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify
from yoi_relations.kinds import SHOWN_NOTES, RelationClass
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.record_lookup import find_record
from yoi_relations.queries.records import (
    RecordPlace,
    StoredRecord,
    either,
    find_records,
    held_by,
    in_files,
    record_at,
    shown_as,
    with_id,
)
from yoi_relations.queries.relations import Relation, load_relations, relation_of
from yoi_relations.queries.retirements import find_retirement
from yoi_relations.recording.author import author_of
from yoi_relations.recording.guard import check_durable
from yoi_relations.recording.read_back import Entry, Recorded, check_readable, read_back
from yoi_relations.recording.record_ids import new_record_id


@dataclass(frozen=True)
class RetirementRequest:
    """Which records are to be retired, in the words of the person who says it.

    Attributes:
        records: each a ULID, a content id, either shortened, or PATH:LINE.
        reason: why they no longer hold.
        author: who says so; None for whoever `author_of` finds.
        here: the folder that PATH may be relative to, beside the workspace root.
    """

    records: tuple[str, ...]
    reason: str
    author: str | None = None
    here: str | None = None


def retire_records(workspace: Workspace, request: RetirementRequest, notify: Notify) -> Recorded:
    """Retire records, but for those that are retired already.

    Nothing is written unless all of them are found.

    Raises:
        UsageError: the reason is out of bounds, or holds what does not belong into a record; or
            one of the records is a retirement.
        NotFoundError: no record goes by one of the names, or several do.
        WriteError: a retirement could not be written; those before it were.
    """
    author = author_of(workspace, request.author)
    check_durable({"author": author, "reason": request.reason})
    # Asked and written under one lock: of two who retire a record at once, one writes.
    with temporary_folder(workspace) as temporary:
        with open_index(workspace, notify, publish=False) as index:
            base = PathBase(workspace, request.here)
            found = [find_to_retire(index.connection, one, base) for one in request.records]
            records = list({(one.holder, one.id): one for one in found}.values())
            before = _counting(index.connection, records)
            alike = {one.place: _alike(index.connection, one) for one in records}
        drafts = [
            draft_retirement(one, author, request.reason) for one in records if not one.retired_at
        ]
        written = {draft.record.place: draft.write(workspace, temporary) for draft in drafts}
    last = next(reversed(written.values()), None)

    def entries(index: Index) -> tuple[Entry, ...]:
        after = _counting(index.connection, records)
        again = [after[key] for key in after.keys() - before.keys()]
        return tuple(
            _entry(index.connection, one, written, again, alike[one.place]) for one in records
        )

    return read_back(workspace, notify, last, entries, wait=retry_wait(temporary))


class RetirementDraft(NamedTuple):
    """A retirement that can be written.

    Attributes:
        record: that it retires.
        name: of its file.
        data: the file's bytes.
    """

    record: StoredRecord
    name: str
    data: bytes

    def write(self, workspace: Workspace, temporary: int | None) -> RecordPlace:
        """Write the file beside the record; where it is.

        Raises:
            WriteError: it could not be written.
        """
        folder = self.record.path.rpartition("/artifacts/")[0]
        path = write_new(workspace, folder, self.name, self.data, temporary)
        return RecordPlace(path, None, self.name.removesuffix(".md"))


def draft_retirement(record: StoredRecord, author: str, reason: str) -> RetirementDraft:
    """A retirement of `record`, from now on.

    Raises:
        UsageError: the reason or the author is out of bounds.
    """
    bare = reason.replace("\r\n", "\n").strip()
    if not bare:
        raise UsageError("the reason is empty", "say why it no longer holds, with --reason")
    fields = {"retires": record.id, "author": author, "at": now()}
    name, data = f"{new_record_id()}.md", render_record(fields, bare)
    check_readable(data, name, record.holder, Retirement)
    return RetirementDraft(record, name, data)


def find_to_retire(connection: Connection, name: str, base: PathBase) -> StoredRecord:
    """The record that `name` stands for.

    Raises:
        UsageError: it stands for a retirement.
        NotFoundError: no record goes by that name, or several do.
    """
    try:
        return find_record(connection, name, base)
    except NotFoundError:
        retirement = find_retirement(connection, name, base.below_root(name))
        if retirement is None:
            raise
        raise UsageError(
            f"{retirement.path}: is a retirement, which cannot be retired",
            f"if {retirement.retires} holds again, record it again with relations add",
        ) from None


def _counting(
    connection: Connection, records: Iterable[StoredRecord]
) -> dict[tuple[RecordPlace, ...], Relation]:
    """The notes that count and that one of `records` could end, by the places of theirs.

    A plan could end any note of its ticket, a waiting note those in its file, an edge nothing.
    """
    notes = [one for one in records if one.shown in SHOWN_NOTES]
    planned = {one.holder for one in notes if one.cls == RelationClass.PLAN}
    found = load_relations(
        connection,
        shown_as(SHOWN_NOTES),
        held_by({one.holder for one in notes}),
        either(held_by(planned), in_files({one.path for one in notes})),
    )
    return {
        tuple(record.place for record in one.records): one
        for one in found
        if one.inactive_reason is None
    }


def _alike(connection: Connection, record: StoredRecord) -> tuple[StoredRecord, ...]:
    """The other records of the same holder that have the record's id and are not retired."""
    found = find_records(connection, held_by([record.holder]), with_id(record.id))
    return tuple(one for one in found if one.row != record.row and not one.retired_at)


def _entry(
    connection: Connection,
    before: StoredRecord,
    written: Mapping[RecordPlace, RecordPlace],
    again: Iterable[Relation],
    alike: tuple[StoredRecord, ...],
) -> Entry:
    record = record_at(connection, before.place)
    counts_again = [one for one in again if one.ticket.id == record.holder]
    return Entry(
        relation_of(connection, record),
        record,
        changed=before.place in written,
        retirement=written.get(before.place),
        also_retired=alike if before.place in written else (),
        counts_again=tuple(sorted(counts_again, key=Relation.rank)),
    )
