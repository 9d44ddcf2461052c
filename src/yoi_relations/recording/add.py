"""Adding a record: every check comes before the first write."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from yoi_relations.errors import UsageError
from yoi_relations.files.record import Record
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.write import records_folder, render_record, write_new
from yoi_relations.index.cache_folder import retry_wait, temporary_folder
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify
from yoi_relations.kinds import Direction, Kind, RelationClass, is_kind, kind_named
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.command_lines import RecordNames, argument
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.records import RecordPlace, StoredRecord, record_at
from yoi_relations.queries.relations import relation_of
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.recording.author import author_of
from yoi_relations.recording.consequences import consequences_of, kept_by_tool
from yoi_relations.recording.existing_records import (
    find_identical,
    find_replaced_note,
    why_waiting_is_inactive,
)
from yoi_relations.recording.guard import check_durable
from yoi_relations.recording.outcome import Outcome, RecordingResult, read_back
from yoi_relations.recording.plan_fields import check_plan_fields
from yoi_relations.recording.record_file import check_readable, new_record_id
from yoi_relations.recording.record_time import time_of_record
from yoi_relations.recording.retire import RetirementDraft, draft_retirement
from yoi_relations.recording.tickets import NamedTickets, named_tickets


@dataclass(frozen=True)
class RecordRequest:
    """A record to add, in the words of the user.

    Attributes:
        ticket: the name of the ticket that the record is about.
        kind: the name of the kind, with ``-`` or ``_``.
        target: the name of the other ticket, or ``workspace:ID`` for one elsewhere.
        note: the note, or the summary of a plan.
        branch: of a plan.
        worktree: of a plan.
        role_plan: of a plan.
        author: None for the one that `author_of` finds.
        replaces: the name of a waiting note to retire with it, as `retire` takes it.
        base_folder: a folder that paths may be relative to, besides the workspace root.
    """

    ticket: str
    kind: str
    target: str | None = None
    note: str | None = None
    branch: str | None = None
    worktree: str | None = None
    role_plan: str | None = None
    author: str | None = None
    replaces: str | None = None
    base_folder: str | None = None

    @property
    def plan_fields(self) -> dict[str, str | None]:
        """What only a plan has, besides its summary."""
        return {"branch": self.branch, "worktree": self.worktree, "role_plan": self.role_plan}


def add_record(workspace: Workspace, request: RecordRequest, notify: Notify) -> RecordingResult:
    """Add the record, unless an identical one exists that is as active as it would be.

    Raises:
        UsageError: the request is not a valid record, or holds a text that the guard refuses.
        WorkspaceError: the target is elsewhere, and a name of this workspace is not possible.
        NotFoundError: a ticket or the replaced record does not exist, or its name is ambiguous.
        WriteError: the record could not be written.
    """
    kind = _kind(request)
    _check_shape(kind, request)
    request = replace(request, author=author_of(workspace, request.author))
    note_name = "summary" if kind.cls is RelationClass.PLAN else "note"
    check_durable({note_name: request.note, **request.plan_fields, "author": request.author})
    check_plan_fields(request.branch, request.worktree)
    base = PathBase(workspace, request.base_folder)
    tickets = named_tickets(workspace, request.ticket, request.target, base)
    # One lock for the question and the write: of two identical requests, only one writes.
    with temporary_folder(workspace) as temporary:
        with open_index(workspace, notify, publish=False) as index:
            draft = _draft_record(index, kind, request, tickets, notify)
        if draft.identical is None:
            folder, name = os.path.split(draft.place.path)
            write_new(workspace, folder, name, draft.data, temporary)
        retirement = draft.retirement.write(workspace, temporary) if draft.retirement else None

    def outcomes(index: Index) -> tuple[Outcome, ...]:
        record = record_at(index.connection, draft.place)
        relation = relation_of(index.connection, record)
        is_new, warnings = draft.identical is None, tuple(draft.warnings)
        return (Outcome(relation, record, is_new, warnings, retirement),)

    written = retirement if draft.identical else draft.place
    return read_back(workspace, notify, written, outcomes, wait=retry_wait(temporary))


class _RecordDraft(NamedTuple):
    """A record that passed every check and can be written.

    Attributes:
        folder: of the records of its ticket, below the workspace root.
        record: the record as it will be read.
        data: the bytes of its file.
        identical: an existing identical record; then this one is not written.
        retirement: the retirement of the note that it replaces.
        warnings: its consequences, one sentence each.
    """

    folder: str
    record: Record
    data: bytes
    identical: StoredRecord | None
    retirement: RetirementDraft | None
    warnings: list[str]

    @property
    def place(self) -> RecordPlace:
        """Where the new or the identical record is."""
        if self.identical is not None:
            return self.identical.place
        return RecordPlace(f"{self.folder}/{self.record.id}.md", None, self.record.id)


def _draft_record(
    index: Index,
    kind: Kind,
    request: RecordRequest,
    tickets: NamedTickets,
    notify: Notify,
) -> _RecordDraft:
    connection, workspace = index.connection, index.workspace
    holder = tickets.find_holder(connection)
    target = tickets.find_target(connection, notify)
    replaced = find_replaced_note(connection, tickets.base, holder, request.replaces)
    if replaced is not None and replaced.retired_at:
        replaced = None
    inactive_reason = why_waiting_is_inactive(connection, holder)
    # A note is only retired if the new one is active in its place.
    retiring = replaced if inactive_reason is None else None
    at = time_of_record(connection, kind, holder.id, retiring)
    id_, data = new_record_id(), _render(kind, target, request, at)
    record = check_readable(data, f"{id_}.md", holder.id, Record)
    identical = find_identical(connection, record, retiring)
    warnings = consequences_of(connection, record) if identical is None else []
    if workspace.tool and identical is None:
        warnings += kept_by_tool(connection, workspace.tool.provider, record)
    if replaced is not None and inactive_reason is not None:
        name = RecordNames.load(connection).of(replaced)
        warnings.append(f"{name} is not retired, because no note counts now: {inactive_reason}")
    retirement = None
    if retiring is not None:
        reason = f"replaced by {identical.id if identical else id_}"
        retirement = draft_retirement(retiring, request.author or "", reason)
    folder = records_folder(workspace, holder.id, holder.folder)
    return _RecordDraft(folder, record, data, identical, retirement, warnings)


def _kind(request: RecordRequest) -> Kind:
    try:
        return kind_named(request.kind)
    except UsageError as error:
        words = (request.ticket, request.target)
        misplaced = next((word for word in words if word and is_kind(word)), None)
        if misplaced is None:
            raise
        name = kind_named(misplaced).name.replace("_", "-")
        hint = f"the kind comes second: relations add TICKET {name} TARGET"
        raise UsageError(error.message, hint) from error


def _check_shape(kind: Kind, request: RecordRequest) -> None:
    name = kind.name.replace("_", "-")
    if request.target is None and kind.direction is not Direction.NOTE:
        raise UsageError(
            f"{name} needs a target",
            f"relations add {argument(request.ticket, 'TICKET')} {name} TARGET",
        )
    if kind.cls is RelationClass.PLAN:
        if request.target is not None:
            raise UsageError(f"{name} takes no target", "leave out the target")
        if request.note is None:
            raise UsageError(f"{name} needs a summary", "give the summary with --note")
    elif any(text is not None for text in request.plan_fields.values()):
        raise UsageError(
            f"{name} is not a plan",
            "--branch, --worktree and --role-plan are only for accepted-plan",
        )
    if request.replaces is not None and kind.cls is not RelationClass.CAPACITY:
        raise UsageError(f"{name} cannot replace a note", "--replaces is only for waiting")
    if kind.cls is RelationClass.CAPACITY and request.note is None:
        raise UsageError(f"{name} needs a note", "say what it waits for with --note")


def _render(kind: Kind, target: TicketInfo | None, request: RecordRequest, at: str) -> bytes:
    fields = {
        "kind": kind.written,
        "target": target.id if target else None,
        "author": request.author,
        "at": at,
        **request.plan_fields,
    }
    note = request.note.replace("\r\n", "\n").strip() if request.note is not None else None
    if note == "":
        raise UsageError("the note is empty", "leave out --note, or write a note")
    return render_record(fields, note)
