"""Tickets of tk: ``<root>/<id>.md``, with the title in the first heading below the frontmatter."""

from __future__ import annotations

from collections.abc import Sequence

from yoi_relations.files.frontmatter import HEADING
from yoi_relations.files.other_tools import TK_ROOT, Tool
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.record import Record
from yoi_relations.files.source import Effect, Fault, Format, Source
from yoi_relations.files.sources.task_file import (
    DEPENDENCY,
    RELATED,
    TaskReader,
    head_text,
    targets_of,
)
from yoi_relations.files.sources.tasks import TaskSource
from yoi_relations.files.text import decode
from yoi_relations.files.ticket_md import Ticket

_SUFFIX = ".md"
_LISTS = {"deps": DEPENDENCY, "links": RELATED}


def id_of(name: str) -> str | None:
    """The id of the ticket in a file of this name; None if it is not a ticket."""
    id_ = name.removesuffix(_SUFFIX)
    return None if id_ in ("", name) or id_.lower() == "readme" else id_


def parse_task(data: bytes, holder: str, tool: Tool) -> Parsed:
    """The ticket, the records and the faults of a task file.

    Raises:
        SourceError: it cannot be used.
    """
    task = TaskReader(tool, Format.TK, _LISTS).read(data, holder)
    heading = HEADING.search(task.document.body)
    title = decode(heading[1]).strip() if heading else None
    faults = task.faults
    if not title:
        faults.append(Fault("has no title", Effect.ADVICE))
    return Parsed(Ticket(title or None, None, task.state, task.word), task.records, (), faults)


class TkSource(TaskSource):
    """The tickets of tk; all task files are in one folder."""

    format = Format.TK
    usual_roots = (TK_ROOT,)
    folders = ("",)

    def id_of(self, name: str) -> str | None:
        """The id of the ticket in a file of this name."""
        return id_of(name)

    def parse_task(self, data: bytes, source: Source) -> Parsed:
        """The content of a task file."""
        return parse_task(data, source.holder, self.tool)

    def task_text(self, holder: str, ticket: Ticket, records: Sequence[Record]) -> bytes:
        """The content of a task file that says this."""
        lists = {key: targets_of(records, kind) for key, kind in _LISTS.items()}
        head = head_text({"id": holder, "status": ticket.word or "", **lists})
        return f"{head}# {ticket.title or ''}\n".encode()
