"""Retiring records: each stays unchanged, and a new file next to it says that it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yoi_relations.errors import NotFoundError, UsageError
from yoi_relations.files.record import Retirement
from yoi_relations.files.times import now
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.write import records_folder, render_record, write_new
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
from yoi_relations.queries.tool_commands import command_to_take_back, is_kept_by_tool
from yoi_relations.recording.author import author_of
from yoi_relations.recording.guard import check_durable
from yoi_relations.recording.outcome import Outcome, RecordingResult, read_back
from yoi_relations.recording.record_file import check_readable, new_record_id


@dataclass(frozen=True)
class RetirementRequest:
    """The records to retire, in the words of the user.

    Attributes:
        records: the name of each: a ULID or a content id, also shortened, or PATH:LINE.
        reason: why they are over.
        author: None for the one that `author_of` finds.
        base_folder: a folder that PATH may be relative to, besides the workspace root.
    """

    records: tuple[str, ...]
    reason: str
    author: str | None = None
    base_folder: str | None = None


def retire_records(
    workspace: Workspace, request: RetirementRequest, notify: Notify
) -> RecordingResult:
    """Retire the records that are not retired yet; nothing is written unless all are found.

    Raises:
        UsageError: the reason is empty or too long, or holds a text that the guard refuses; or one
            of the records is a retirement, or is kept by another tool.
        NotFoundError: no record has one of the names, or several have.
        WriteError: a retirement could not be written; the ones before it were.
    """
    author = author_of(workspace, request.author)
    check_durable({"author": author, "reason": request.reason})
    # One lock for the question and the write: of two identical requests, only one writes.
    with temporary_folder(workspace) as temporary:
        with open_index(workspace, notify, publish=False) as index:
            base = PathBase(workspace, request.base_folder)
            found = [
                find_record_to_retire(index.connection, name, base) for name in request.records
            ]
            records = list({(record.holder, record.id): record for record in found}.values())
            before = _active_notes(index.connection, records)
            same_id = {
                record.place: _same_id_records(index.connection, record) for record in records
            }
        drafts = [
            draft_retirement(record, author, request.reason)
            for record in records
            if not record.retired_at
        ]
        written = {draft.record.place: draft.write(workspace, temporary) for draft in drafts}
    last = next(reversed(written.values()), None)

    def outcomes(index: Index) -> tuple[Outcome, ...]:
        after = _active_notes(index.connection, records)
        again = [after[key] for key in after.keys() - before.keys()]
        return tuple(
            _outcome(index.connection, record, written, again, same_id[record.place])
            for record in records
        )

    return read_back(workspace, notify, last, outcomes, wait=retry_wait(temporary))


class RetirementDraft(NamedTuple):
    """A retirement that passed every check and can be written.

    Attributes:
        record: the record that it retires.
        name: the name of its file.
        data: the bytes of its file.
    """

    record: StoredRecord
    name: str
    data: bytes

    def write(self, workspace: Workspace, temporary: int | None) -> RecordPlace:
        """Write the file next to the record and return its place.

        Raises:
            WriteError: it could not be written.
        """
        ticket = self.record.path.rpartition("/artifacts/")[0]
        folder = records_folder(workspace, self.record.holder, ticket)
        path = write_new(workspace, folder, self.name, self.data, temporary)
        return RecordPlace(path, None, self.name.removesuffix(".md"))


def draft_retirement(record: StoredRecord, author: str, reason: str) -> RetirementDraft:
    """A retirement of `record`, from now on.

    Raises:
        UsageError: the reason is empty, or the reason or the author is too long.
    """
    bare = reason.replace("\r\n", "\n").strip()
    if not bare:
        raise UsageError("the reason is empty", "say with --reason why the record is over")
    fields = {"retires": record.id, "author": author, "at": now()}
    name, data = f"{new_record_id()}.md", render_record(fields, bare)
    check_readable(data, name, record.holder, Retirement)
    return RetirementDraft(record, name, data)


def find_record_to_retire(connection: Connection, name: str, base: PathBase) -> StoredRecord:
    """The record with that name.

    Raises:
        UsageError: it is a retirement, or another tool keeps it.
        NotFoundError: no record has that name, or several have.
    """
    try:
        record = find_record(connection, name, base)
    except NotFoundError:
        retirement = find_retirement(connection, name, base.below_root(name))
        if retirement is None:
            raise
        raise UsageError(
            f"{retirement.path}: is a retirement, which cannot be retired",
            f"to undo it, record what {retirement.retires} says again with relations add",
        ) from None
    if is_kept_by_tool(record):
        raise UsageError(
            f"{record.place}: is kept by {record.format}, which alone can take it back",
            command_to_take_back(connection, record),
        )
    return record


def _active_notes(
    connection: Connection, records: Iterable[StoredRecord]
) -> dict[tuple[RecordPlace, ...], Relation]:
    """The active notes that one of `records` could end, by the places of their records.

    A plan could end any note of its ticket, a waiting note those in its file, an edge none.
    """
    notes = [record for record in records if record.shown in SHOWN_NOTES]
    with_plan = {note.holder for note in notes if note.cls == RelationClass.PLAN}
    found = load_relations(
        connection,
        shown_as(SHOWN_NOTES),
        held_by({note.holder for note in notes}),
        either(held_by(with_plan), in_files({note.path for note in notes})),
    )
    return {
        tuple(record.place for record in relation.records): relation
        for relation in found
        if relation.is_active
    }


def _same_id_records(connection: Connection, record: StoredRecord) -> tuple[StoredRecord, ...]:
    """The other records of the same ticket with the same id that are not retired."""
    found = find_records(connection, held_by([record.holder]), with_id(record.id))
    return tuple(other for other in found if other.row != record.row and not other.retired_at)


def _outcome(
    connection: Connection,
    before: StoredRecord,
    written: Mapping[RecordPlace, RecordPlace],
    again: Iterable[Relation],
    same_id: tuple[StoredRecord, ...],
) -> Outcome:
    record = record_at(connection, before.place)
    retirement = written.get(before.place)
    counts_again = [relation for relation in again if relation.ticket.id == record.holder]
    return Outcome(
        relation_of(connection, record),
        record,
        retirement=retirement,
        also_retired=same_id if retirement else (),
        counts_again=tuple(sorted(counts_again, key=Relation.rank)),
    )
