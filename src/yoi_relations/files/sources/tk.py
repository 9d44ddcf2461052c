"""Tickets of tk: ``<root>/<id>.md``, with the title in the first heading below the frontmatter."""

from __future__ import annotations

import re

from yoi_relations.files.frontmatter import through_closing_fence
from yoi_relations.files.other_tools import Tool
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.source import Effect, Fault, Format
from yoi_relations.files.sources.task_file import DEPENDENCY, RELATED, TaskReader
from yoi_relations.files.text import decode
from yoi_relations.files.ticket_md import Ticket

_HEADING = re.compile(rb"^# (.*)$", re.MULTILINE)
_SUFFIX = ".md"


def id_of(name: str) -> str | None:
    """The id of the ticket in a file of this name; None if it is not a ticket."""
    id_ = name.removesuffix(_SUFFIX)
    return None if id_ in ("", name) or id_.lower() == "readme" else id_


def through_title(data: bytes) -> bytes:
    """The part of a file that is read: up to the end of the first heading below the frontmatter."""
    start = len(through_closing_fence(data))
    heading = _HEADING.search(data, start)
    return data[: heading.end() if heading else start]


def parse_task(data: bytes, holder: str, tool: Tool) -> Parsed:
    """The ticket, the records and the faults of a task file.

    Raises:
        SourceError: it cannot be used.
    """
    lists = {"deps": DEPENDENCY, "links": RELATED}
    task = TaskReader(tool, Format.TK, lists, str.strip).read(data, holder)
    heading = _HEADING.search(task.document.body)
    title = decode(heading[1]).strip() if heading else None
    faults = task.faults
    if not title:
        faults.append(Fault("has no title", Effect.ADVICE))
    return Parsed(Ticket(title or None, None, task.state, task.word), task.records, (), faults)
