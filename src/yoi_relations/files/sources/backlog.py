"""Tickets of Backlog.md: ``tasks/<id> - <title>.md`` and ``completed/``.

Drafts and archived tasks are not read; ids of archived tasks are used again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from yoi_relations.files.backlog_config import BACKLOG_ROOTS
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.other_tools import DEFAULT_PREFIX, Tool
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.record import Record
from yoi_relations.files.source import Effect, Fault, Format, Source
from yoi_relations.files.sources.task_file import DEPENDENCY, TaskReader, targets_of
from yoi_relations.files.sources.tasks import TaskSource
from yoi_relations.files.ticket_md import Ticket
from yoi_relations.files.yaml_dropped_text import dropped_text_faults
from yoi_relations.lean.json_encoder import json_text

COMPLETED = "completed"
FOLDERS = ("tasks", COMPLETED)
"""The folders whose files are read, without those below them."""
_NAME = re.compile(r"([0-9]+(?:\.[0-9]+)*)[ -]*(.*)")
"""What usually follows the prefix in the name of a task file: a number, and the slug."""
_SUFFIX = ".md"
_PERSON = re.compile(rb"^(assignee|reporter):[ \t]+(?![\['\"\s-]).*$", re.MULTILINE)
_PEOPLE = re.compile(rb"^(?:assignee|reporter):[ \t]+\[.*$", re.MULTILINE)
_LISTS = {"dependencies": DEPENDENCY}


def id_and_slug(name: str, tool: Tool) -> tuple[str, str | None] | None:
    """The id and the slug of the ticket in a file of this name; None if it is not a task file."""
    prefix = f"{tool.prefix}-"
    if not (name.startswith(prefix) and name.endswith(_SUFFIX)):
        return None
    rest = name[len(prefix) :].removesuffix(_SUFFIX)
    found = _NAME.fullmatch(rest)
    number, slug = found.groups() if found else rest.partition(" - ")[::2]
    return tool.canonical(prefix + number), slug or None


def parse_task(data: bytes, name: str, holder: str, tool: Tool, *, is_done: bool) -> Parsed:
    """The ticket, the records and the faults of a task file called `name`.

    `is_done` says that it is in the folder of completed tasks.

    Raises:
        SourceError: it cannot be used.
    """
    # Backlog.md quotes these names before it reads YAML; none is used here.
    data = _PERSON.sub(rb"\1:", data)
    data = _PEOPLE.sub(lambda found: found[0].replace(b"@", b""), data)
    # It gives its own prefix to a bare number in a file, whatever prefix is configured.
    reader = TaskReader(tool._replace(prefix=DEFAULT_PREFIX), Format.BACKLOG, _LISTS)
    fields = parse_document(data).fields
    task = reader.read(fields, holder, is_done=is_done)
    value = fields.get("title")
    title = value.text if value else None
    faults = task.faults
    if not title or title.isspace():
        faults.append(Fault("has no title", Effect.ADVICE, value.line if value else None))
    faults += dropped_text_faults(fields, ("title",))
    named = id_and_slug(name, tool)
    return Parsed(
        Ticket(title, named and named[1], task.state, task.word), task.records, (), faults
    )


class BacklogSource(TaskSource):
    """The tickets of Backlog.md; a task that is completed moves to another folder."""

    format = Format.BACKLOG
    usual_roots = BACKLOG_ROOTS
    folders = FOLDERS

    def id_of(self, name: str) -> str | None:
        """The id of the ticket in a file of this name."""
        found = id_and_slug(name, self.tool)
        return found and found[0]

    def parse_task(self, data: bytes, source: Source) -> Parsed:
        """The content of a task file."""
        folder, name = os.path.split(source.path)
        is_done = os.path.basename(folder) == COMPLETED
        return parse_task(data, name, source.holder, self.tool, is_done=is_done)

    def task_text(self, holder: str, ticket: Ticket, records: Sequence[Record]) -> bytes:
        """The content of a task file that says this."""
        lists = {key: targets_of(records, kind) for key, kind in _LISTS.items()}
        fields = {"id": holder, "title": ticket.title or "", "status": ticket.word or "", **lists}
        # Text in JSON is text in YAML, too.
        lines = (f"{key}: {json_text(value)}\n" for key, value in fields.items())
        return f"---\n{''.join(lines)}---\n".encode()
