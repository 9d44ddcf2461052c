"""Tickets of Backlog.md: ``tasks/<id> - <title>.md`` and ``completed/``.

Drafts and archived tasks are not read; ids of archived tasks are used again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from yoi_relations.files.other_tools import BACKLOG_ROOTS, Tool
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.record import Record
from yoi_relations.files.source import Effect, Fault, Format, Source
from yoi_relations.files.sources.task_file import (
    DEPENDENCY,
    TaskReader,
    head_text,
    targets_of,
)
from yoi_relations.files.sources.tasks import TaskSource
from yoi_relations.files.ticket_md import Ticket
from yoi_relations.files.yaml_dropped_text import dropped_text_faults

COMPLETED = "completed"
FOLDERS = ("tasks", COMPLETED)
"""The folders whose files are read, without those below them."""
_BETWEEN = " - "
_SUFFIX = ".md"
_LISTS = {"dependencies": DEPENDENCY}


def id_of(name: str, tool: Tool) -> str | None:
    """The id of the ticket in a file of this name; None if it is not a task file."""
    is_task = name.endswith(_SUFFIX) and name.lower().startswith(f"{tool.prefix}-")
    id_ = name.removesuffix(_SUFFIX).partition(_BETWEEN)[0]
    return tool.canonical(id_) if is_task else None


def parse_task(data: bytes, name: str, holder: str, tool: Tool, *, is_done: bool) -> Parsed:
    """The ticket, the records and the faults of a task file called `name`.

    `is_done` says that it is in the folder of completed tasks.

    Raises:
        SourceError: it cannot be used.
    """
    reader = TaskReader(tool, Format.BACKLOG, _LISTS)
    task = reader.read(data, holder, is_done=is_done)
    value = task.document.fields.get("title")
    title = value.text if value else None
    faults = task.faults
    if not title or title.isspace():
        faults.append(Fault("has no title", Effect.ADVICE, value.line if value else None))
    faults += dropped_text_faults(task.document.fields, ("title",))
    slug = name.removesuffix(_SUFFIX).partition(_BETWEEN)[2] or None
    return Parsed(Ticket(title, slug, task.state, task.word), task.records, (), faults)


class BacklogSource(TaskSource):
    """The tickets of Backlog.md; a task that is completed moves to another folder."""

    format = Format.BACKLOG
    usual_roots = BACKLOG_ROOTS
    folders = FOLDERS

    def id_of(self, name: str) -> str | None:
        """The id of the ticket in a file of this name."""
        return id_of(name, self.tool)

    def parse_task(self, data: bytes, source: Source) -> Parsed:
        """The content of a task file."""
        folder, name = os.path.split(source.path)
        is_done = os.path.basename(folder) == COMPLETED
        return parse_task(data, name, source.holder, self.tool, is_done=is_done)

    def task_text(self, holder: str, ticket: Ticket, records: Sequence[Record]) -> bytes:
        """The content of a task file that says this."""
        lists = {key: targets_of(records, kind) for key, kind in _LISTS.items()}
        fields = {"id": holder, "title": ticket.title or "", "status": ticket.word or ""}
        return head_text({**fields, **lists}).encode()
