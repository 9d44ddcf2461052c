"""Retires a record: it stays, marked with when, by whom and why.

A record in a file of its own gets the mark in that file. A record in one of the two read-only
formats is retired by a new file that names its content id.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from ulid import ULID

from yoi_relations.errors import AmbiguousError, NotFoundError, UsageError, WriteError
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
from yoi_relations.queries.statements import Statement, find_statements
from yoi_relations.recording.authors import author_of
from yoi_relations.recording.guard import check_durable
from yoi_relations.recording.recorded import Recorded, check_readable, check_size, read_back

_LINE = re.compile(r"[0-9]{1,9}")
MIN_PART = 4
"""Characters that a shortened record id must have."""


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
            record = _find(index.connection, workspace, ending)
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


def _find(connection: sqlite3.Connection, workspace: Workspace, ending: Ending) -> Statement:
    name = ending.record
    statements = find_statements(connection)
    for matches in (_at_place(workspace, ending), _called(name), _called_in_part(name)):
        found = [one for one in statements if matches(one)]
        # Entries alike to the letter in one folder share their content id: one mark is for all.
        if len({(one.holder, one.id) for one in found}) == 1:
            return found[0]
        if found:
            listed = [str(one.place) for one in found]
            hint = "give more of the id, or PATH:LINE"
            raise AmbiguousError.among(name, "records", listed, hint)
    raise NotFoundError(
        f"no record is called '{name}'",
        "name it by its id (relations show TICKET --json), or by PATH:LINE",
    )


def _at_place(workspace: Workspace, ending: Ending) -> Callable[[Statement], bool]:
    name = ending.record
    path, _, digits = name.rpartition(":")
    line = int(digits) if path and _LINE.fullmatch(digits) else None
    given = path if line is not None else name
    paths = {os.path.normpath(given)}
    if ending.here is not None:
        with contextlib.suppress(ValueError):  # with a NUL, or no text, it is no path
            absolute = os.path.realpath(os.path.join(ending.here, given))
            # The tickets root may be a link, which the paths of records go through.
            below = os.path.relpath(absolute, os.path.realpath(workspace.tickets_path))
            paths.add(os.path.normpath(os.path.join(workspace.tickets_root, below)))
    return lambda one: (
        one.path in paths and (line is None or one.line == line or (one.line is None and line == 1))
    )


def _called(name: str) -> Callable[[Statement], bool]:
    return lambda one: one.id == name or os.path.basename(one.path) == name


def _called_in_part(name: str) -> Callable[[Statement], bool]:
    small = name.lower().removeprefix("x-")
    if len(small) < MIN_PART:
        return lambda _: False
    return lambda one: (
        one.id.lower().removeprefix("x-").startswith(small) or (one.id.lower().endswith(small))
    )
