"""Retires a record: it stays, marked with when, by whom and why.

A record in a file of its own gets the mark in that file. A record in one of the two read-only
formats is retired by a new file that names its content id.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from ulid import ULID

from yoi_relations.errors import UsageError, WriteError
from yoi_relations.files.faults import SourceError
from yoi_relations.files.formats import Format
from yoi_relations.files.markdown import parse_record
from yoi_relations.files.opening import read_file
from yoi_relations.files.records import check_text
from yoi_relations.files.times import now
from yoi_relations.files.workspace import Workspace
from yoi_relations.files.write import render_record, rewrite, with_fields, write_new
from yoi_relations.index.cache import temporary_folder
from yoi_relations.index.opened import Notify
from yoi_relations.index.refresh import open_index
from yoi_relations.queries.path_names import PathBase
from yoi_relations.queries.record_names import find_record
from yoi_relations.queries.statements import Statement
from yoi_relations.recording.authors import author_of
from yoi_relations.recording.guard import check_durable
from yoi_relations.recording.recorded import Recorded, check_readable, check_size, read_back


@dataclass(frozen=True)
class Ending:
    """Which record is to be retired, in the words of the person who says it.

    Attributes:
        record: a ULID, a content id, either shortened, or PATH:LINE.
        reason: why it no longer holds.
        author: who says so; None for whoever `author_of` finds.
        here: the folder that PATH may be relative to, beside the workspace root.
    """

    record: str
    reason: str
    author: str | None = None
    here: str | None = None


def retire_record(workspace: Workspace, ending: Ending, notify: Notify) -> Recorded:
    """Retire a record, unless it is retired already.

    Raises:
        UsageError: the reason is out of bounds, or holds what does not belong into a record.
        NotFoundError: no record goes by that name, or several do.
        WriteError: the mark could not be written.
    """
    if not ending.reason.strip():
        raise UsageError("the reason is empty", "say why it no longer holds, with --reason")
    by = author_of(workspace, ending.author)
    check_durable({"author": by, "reason": ending.reason})
    # Asked and written under one lock: of two who retire a record at once, one writes.
    with temporary_folder(workspace) as temporary:
        with open_index(workspace, notify, publish=False) as index:
            base = PathBase(workspace, ending.here)
            record = find_record(index.connection, ending.record, base)
        if not record.retired_at:
            mark = _mark(by, ending.reason)
            write = _mark_in_place if record.format == Format.FRONTMATTER else _mark_beside
            write(workspace, record, mark, temporary)
    return read_back(workspace, notify, record.place, changed=not record.retired_at)


def _mark(by: str, reason: str) -> dict[str, str]:
    mark = {"retired_at": now(), "retired_by": by, "retired_reason": reason.strip()}
    try:
        return {name: check_text(name, text) for name, text in mark.items()}
    except SourceError as error:
        raise UsageError(f"the record {error.message}", "nothing was written") from error


def _mark_in_place(
    workspace: Workspace, record: Statement, mark: dict[str, str], temporary: str | None
) -> None:
    try:
        data = read_file(os.path.join(workspace.root, record.path))
    except OSError as error:
        raise WriteError(f"{record.path}: cannot be read: {error.strerror}") from error
    marked, name = with_fields(data, mark), os.path.basename(record.path)
    if not _is_marked(marked, name, record.holder):
        raise WriteError(
            f"{record.path}: its frontmatter is written in a way that cannot be added to",
            "add retired_at, retired_by and retired_reason by hand",
        )
    check_size(marked)
    rewrite(workspace, record.path, marked, temporary)


def _is_marked(data: bytes, name: str, holder: str) -> bool:
    try:
        return parse_record(data, name, holder)[0].retirement is not None
    except SourceError:
        return False


def _mark_beside(
    workspace: Workspace, record: Statement, mark: dict[str, str], temporary: str | None
) -> None:
    fields = {"kind": record.kind, "target": record.target, "retires": record.id, **mark}
    name, data = f"{ULID()}.md", render_record(fields, None)
    check_readable(data, name, record.holder)
    write_new(workspace, record.path.rpartition("/artifacts/")[0], name, data, temporary)
