"""Adds a record: everything is checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError
from yoi_relations.files.records import Record
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.write import render_record, write_new
from yoi_relations.index.cache import second_wait, temporary_folder
from yoi_relations.index.opened import Index, Notify
from yoi_relations.index.refresh import open_index
from yoi_relations.kinds import KINDS, Direction, Kind, RelationClass, is_kind, kind_named
from yoi_relations.queries.asking import resolve_ticket
from yoi_relations.queries.doctor.commands import argument
from yoi_relations.queries.path_names import PathBase
from yoi_relations.queries.relations import relation_of
from yoi_relations.queries.statements import (
    Place,
    Statement,
    find_statements,
    held_by,
    shown_as,
    statement_at,
)
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.recording.authors import author_of
from yoi_relations.recording.consequences import consequences
from yoi_relations.recording.guard import check_durable
from yoi_relations.recording.instants import time_of_record
from yoi_relations.recording.plan_places import check_places
from yoi_relations.recording.record_ids import new_record_id
from yoi_relations.recording.recorded import Entry, Recorded, check_readable, read_back
from yoi_relations.recording.retire import RetirementDraft, draft_retirement, find_to_retire
from yoi_relations.typed import Connection, NamedTuple

_NO_PLAN = (None, None, None, None)


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
    """Record `draft`, unless a record that is not retired says the same word for word.

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
        if plan.retirement is not None:
            plan.retirement.write(workspace, temporary)
    written = plan.place if plan.same is None else None

    def entries(index: Index) -> tuple[Entry, ...]:
        record = statement_at(index.connection, plan.place)
        relation = relation_of(index.connection, record)
        return (Entry(relation, record, written is not None, tuple(plan.warnings)),)

    return read_back(workspace, notify, written, entries, wait=second_wait(temporary))


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
    same: Statement | None
    retirement: RetirementDraft | None
    warnings: list[str]

    @property
    def place(self) -> Place:
        """Where the record is afterwards."""
        if self.same is not None:
            return self.same.place
        path = f"{self.holder.folder}/artifacts/relations/{self.record.id}.md"
        return Place(path, None, self.record.id)


def _prepared(connection: Connection, workspace: Workspace, kind: Kind, draft: Draft) -> _Prepared:
    base, named = PathBase(workspace, draft.here), draft.target
    holder = _existing(connection, draft.ticket, base)
    target = None if named is None else _existing(connection, named, base)
    replaced = _replaced(connection, base, holder, draft.replaces)
    at = time_of_record(connection, kind, holder.id, replaced)
    id_, data = new_record_id(), _render(kind, target, draft, at)
    record = check_readable(data, f"{id_}.md", holder.id, Record)
    same = _same(connection, record, replaced)
    if replaced is None or replaced.retired_at:
        retirement = None
    else:
        retirement = draft_retirement(replaced, record.author, f"replaced by {id_}")
    warnings = consequences(connection, record) if same is None else []
    return _Prepared(holder, record, data, same, retirement, warnings)


def _replaced(
    connection: Connection, base: PathBase, holder: TicketInfo, name: str | None
) -> Statement | None:
    """The waiting note that is to be replaced; None where nothing is.

    Raises:
        UsageError: it is not a waiting note of `holder`.
        NotFoundError: no record goes by that name, or several do.
    """
    if name is None:
        return None
    record = find_to_retire(connection, name, base)
    if record.cls != RelationClass.CAPACITY or record.holder != holder.id:
        raise UsageError(
            f"{record.place}: is not a waiting note of {holder.id}",
            "--replaces takes a waiting note of the same ticket",
        )
    return record


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


def _same(connection: Connection, record: Record, replaced: Statement | None) -> Statement | None:
    """A record that is not retired, and not to be, and says what `record` says, word for word."""
    plan = record.plan
    said = (record.kind.written, record.target, record.note, *(plan or _NO_PLAN))
    for one in find_statements(connection, held_by([record.holder]), shown_as([record.kind.shown])):
        plan_said = (one.summary, one.branch, one.worktree, one.role_plan)
        if (
            not one.retired_at
            and (replaced is None or one.id != replaced.id)
            and (KINDS[one.kind].written, one.target, one.note, *plan_said) == said
        ):
            return one
    return None
