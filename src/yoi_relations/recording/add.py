"""Adds a record: everything is checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError
from yoi_relations.files.record import Record
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.write import render_record, write_new
from yoi_relations.index.cache_folder import retry_wait, temporary_folder
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Notify
from yoi_relations.kinds import Direction, Kind, RelationClass, is_kind, kind_named
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.command_lines import RecordNames, argument
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.records import RecordPlace, StoredRecord, record_at
from yoi_relations.queries.relations import relation_of
from yoi_relations.queries.ticket_lookup import resolve_ticket
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.recording.author import author_of
from yoi_relations.recording.consequences import consequences
from yoi_relations.recording.existing_records import find_replaced, find_same, why_no_wait
from yoi_relations.recording.guard import check_durable
from yoi_relations.recording.plan_places import check_places
from yoi_relations.recording.read_back import Entry, Recorded, check_readable, read_back
from yoi_relations.recording.record_ids import new_record_id
from yoi_relations.recording.record_time import time_of_record
from yoi_relations.recording.retire import RetirementDraft, draft_retirement


@dataclass(frozen=True)
class Draft:
    """What is to be recorded, in the words of the person who says it.

    Attributes:
        replaces: a waiting note that is to be retired with it, as `retire` names records.
        here: the folder that paths may be relative to, beside the workspace root.
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
    here: str | None = None


def add_record(workspace: Workspace, draft: Draft, notify: Notify) -> Recorded:
    """Record `draft`, unless a record that counts as much says the same word for word.

    Raises:
        UsageError: the draft is not a valid record, or holds what does not belong into one.
        NotFoundError: a ticket or the replaced record does not exist, or its name is ambiguous.
        WriteError: the record could not be written.
    """
    kind = _kind(draft)
    _check_shape(kind, draft)
    draft = replace(draft, author=author_of(workspace, draft.author))
    check_durable(_texts(kind, draft))
    check_places(draft.branch, draft.worktree)
    # Asked and written under one lock: of two who say the same at once, one writes.
    with temporary_folder(workspace) as temporary:
        with open_index(workspace, notify, publish=False) as index:
            plan = _prepared(index.connection, workspace, kind, draft)
        if plan.same is None:
            folder = plan.holder.folder or ""
            write_new(workspace, folder, f"{plan.record.id}.md", plan.data, temporary)
        retired = plan.retirement.write(workspace, temporary) if plan.retirement else None
    written = retired if plan.same else plan.place

    def entries(index: Index) -> tuple[Entry, ...]:
        record = record_at(index.connection, plan.place)
        relation = relation_of(index.connection, record)
        return (
            Entry(
                relation,
                record,
                changed=written is not None,
                is_new=plan.same is None,
                warnings=tuple(plan.warnings),
                retirement=retired,
            ),
        )

    return read_back(workspace, notify, written, entries, wait=retry_wait(temporary))


class _Prepared(NamedTuple):
    """What is about to be written.

    Attributes:
        holder: the ticket that the record is about.
        record: as it will be read.
        data: the bytes of its file.
        same: a record that says the same; then nothing is recorded.
        retirement: of the record that it replaces.
        warnings: what it does beside being recorded.
    """

    holder: TicketInfo
    record: Record
    data: bytes
    same: StoredRecord | None
    retirement: RetirementDraft | None
    warnings: list[str]

    @property
    def place(self) -> RecordPlace:
        """Where the record is afterwards."""
        if self.same is not None:
            return self.same.place
        path = f"{self.holder.folder}/artifacts/relations/{self.record.id}.md"
        return RecordPlace(path, None, self.record.id)


def _prepared(connection: Connection, workspace: Workspace, kind: Kind, draft: Draft) -> _Prepared:
    base, named = PathBase(workspace, draft.here), draft.target
    holder = _existing(connection, draft.ticket, base)
    target = None if named is None else _existing(connection, named, base)
    replaced = find_replaced(connection, base, holder, draft.replaces)
    if replaced is not None and replaced.retired_at:
        replaced = None
    over = why_no_wait(connection, holder)
    # What is replaced is retired only where something that counts takes its place.
    retiring = replaced if over is None else None
    at = time_of_record(connection, kind, holder.id, retiring)
    id_, data = new_record_id(), _render(kind, target, draft, at)
    record = check_readable(data, f"{id_}.md", holder.id, Record)
    same = find_same(connection, record, retiring)
    warnings = consequences(connection, record) if same is None else []
    if replaced is not None and over is not None:
        name = RecordNames.load(connection).of(replaced)
        warnings.append(f"{name} is not retired, because no note counts now: {over}")
    retirement = None
    if retiring is not None:
        reason = f"replaced by {same.id if same else id_}"
        retirement = draft_retirement(retiring, record.author, reason)
    return _Prepared(holder, record, data, same, retirement, warnings)


def _kind(draft: Draft) -> Kind:
    try:
        return kind_named(draft.kind)
    except UsageError as error:
        others = (draft.ticket, draft.target)
        misplaced = next((word for word in others if word and is_kind(word)), None)
        if misplaced is None:
            raise
        second = kind_named(misplaced).name.replace("_", "-")
        hint = f"the kind comes second: relations add TICKET {second} TARGET"
        raise UsageError(error.message, hint) from error


def _check_shape(kind: Kind, draft: Draft) -> None:
    name = kind.name.replace("_", "-")
    if draft.target is None and kind.direction is not Direction.NOTE:
        raise UsageError(
            f"{name} needs a target",
            f"relations add {argument(draft.ticket, 'TICKET')} {name} TARGET",
        )
    if kind.cls is RelationClass.PLAN:
        if draft.target is not None:
            raise UsageError(f"{name} takes no target", "leave the target out")
        if draft.note is None:
            raise UsageError(f"{name} needs a summary", "say what the plan is with --note")
    elif any(text is not None for text in (draft.branch, draft.worktree, draft.role_plan)):
        raise UsageError(
            f"{name} is no plan", "--branch, --worktree and --role-plan belong to accepted-plan"
        )
    if draft.replaces is not None and kind.cls is not RelationClass.CAPACITY:
        raise UsageError(f"{name} replaces nothing", "--replaces belongs to waiting")
    if kind.cls is RelationClass.CAPACITY and draft.note is None:
        raise UsageError(f"{name} needs a note", "say what it waits for with --note")


def _existing(connection: Connection, name: str, base: PathBase) -> TicketInfo:
    ticket = resolve_ticket(connection, name, base)
    if ticket.folder is None:
        raise NotFoundError(
            f"{ticket.id}: its folder holds no item.md",
            "restore its item.md first; relations doctor says how",
        )
    if ticket.folders > 1:
        raise AmbiguousError(
            f"{ticket.id}: {ticket.folders} folders go by this id",
            "relations doctor says how to bring them together",
        )
    return ticket


def _texts(kind: Kind, draft: Draft) -> dict[str, str | None]:
    """What reaches the file as it was said, by the names of its fields."""
    return {
        "summary" if kind.cls is RelationClass.PLAN else "note": draft.note,
        "branch": draft.branch,
        "worktree": draft.worktree,
        "role_plan": draft.role_plan,
        "author": draft.author,
    }


def _render(kind: Kind, target: TicketInfo | None, draft: Draft, at: str) -> bytes:
    fields = {
        "kind": kind.written,
        "target": target.id if target else None,
        "author": draft.author,
        "at": at,
        "branch": draft.branch,
        "worktree": draft.worktree,
        "role_plan": draft.role_plan,
    }
    note = draft.note.replace("\r\n", "\n").strip() if draft.note is not None else None
    if note == "":
        raise UsageError("the note is empty", "leave --note out, or say something")
    return render_record(fields, note)
