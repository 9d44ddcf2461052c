"""Commands of other tools: how their own records are made and taken back.

The files of these tools are only read here, so their commands are named and never run.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable

from yoi_relations.files.source import TASK_FILES, Format
from yoi_relations.kinds import Edge, RelationClass
from yoi_relations.lean.types import Connection
from yoi_relations.queries.records import StoredRecord, find_records, held_by
from yoi_relations.queries.tickets import load_tickets
from yoi_relations.ticket_ids import is_elsewhere

_ADD = {"blocked_by": "dep", "related": "link"}
_TAKE_BACK = {"blocked_by": "undep", "related": "unlink"}


def is_kept_by_tool(record: StoredRecord) -> bool:
    """Whether another tool keeps the record, which is only read here."""
    return record.format in TASK_FILES


def command_to_take_back(connection: Connection, record: StoredRecord) -> str:
    """The command with which the tool that keeps `record` takes it back; or what to edit instead.

    Both tools refuse a command that names a ticket which does not exist.
    """
    if record.format == Format.TK:
        named = {record.target}
        command = f"tk {_TAKE_BACK[record.shown]} {_word(record.holder)} {_word(record.target)}"
    else:
        named = _dependencies(connection, record.holder, record.format) - {record.target}
        command = _backlog_edit(record.holder, named)
    if _all_exist(connection, named):
        return command
    return f"edit {record.place}, because {record.format} refuses an id that does not exist"


def command_to_add(connection: Connection, form: Format, edge: Edge) -> str | None:
    """The command with which the tool with such files states `edge`; None if it cannot."""
    # A tool knows its own tickets alone.
    if edge.target is None or is_elsewhere(edge.ticket) or is_elsewhere(edge.target):
        return None
    if form is Format.TK and edge.shown in _ADD:
        return f"tk {_ADD[edge.shown]} {_word(edge.ticket)} {_word(edge.target)}"
    if form is Format.BACKLOG and edge.shown == "blocked_by":
        # The command replaces all dependencies of a task.
        rest = _dependencies(connection, edge.ticket, form)
        if _all_exist(connection, rest):
            return _backlog_edit(edge.ticket, rest | {edge.target})
    return None


def _backlog_edit(ticket: str, dependencies: Collection[str | None]) -> str:
    names = ",".join(sorted(filter(None, dependencies)))
    option = f"--dep {_word(names)}" if names else "--clear-deps"
    return f"backlog task edit {_word(ticket)} {option}"


def _word(name: str | None) -> str:
    """A name as a word of a command; the placeholder ID for one that cannot be."""
    if not name or not name.isprintable() or name.startswith("-"):
        return "ID"
    return shlex.quote(name)


def _all_exist(connection: Connection, ids: Iterable[str | None]) -> bool:
    """Whether there is a ticket for each of `ids`."""
    tickets = load_tickets(connection, filter(None, ids))
    return all(ticket.folders for ticket in tickets.values())


def _dependencies(connection: Connection, ticket: str, form: str) -> set[str | None]:
    """The targets of the dependencies that the tool itself keeps of a ticket."""
    return {
        record.target
        for record in find_records(connection, held_by([ticket]))
        if record.format == form and record.cls == RelationClass.DEPENDENCY
    }
