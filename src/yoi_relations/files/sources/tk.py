"""Tickets of tk: ``<root>/<id>.md``, with the title in the first heading below the frontmatter.

A frontmatter is read by lines, as tk reads it: other keys need not be YAML, and quotes and comments
are a part of the value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from yoi_relations.files.frontmatter import FIRST_LINE, HEADING, split_document
from yoi_relations.files.nfc import composed
from yoi_relations.files.other_tools import TK_ROOT, Tool
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.record import Record
from yoi_relations.files.source import Effect, Fault, Format, Source, SourceError
from yoi_relations.files.sources.task_file import DEPENDENCY, RELATED, TaskReader, targets_of
from yoi_relations.files.sources.tasks import TaskSource
from yoi_relations.files.text import decode
from yoi_relations.files.ticket_md import Ticket
from yoi_relations.files.yaml_plain import Value

_SUFFIX = ".md"
_LISTS = {"deps": DEPENDENCY, "links": RELATED}
_FIELD = re.compile(r"(id|status|deps|links):(?: (.*))?")
_ITEM = re.compile(r"[ \t]*-(?: (.*?))?(?: #.*)?")
"""An item of a list below its key. tk does not write such lists, but they say what is meant."""


def id_of(name: str) -> str | None:
    """The id of the ticket in a file of this name; None if it is not a ticket."""
    id_ = name.removesuffix(_SUFFIX)
    return None if id_ in ("", name) or id_.lower() == "readme" else composed(id_)


def parse_task(data: bytes, holder: str, tool: Tool) -> Parsed:
    """The ticket, the records and the faults of a task file.

    Raises:
        SourceError: it cannot be used.
    """
    text, body = split_document(data)
    task = TaskReader(tool, Format.TK, _LISTS).read(_fields(text), holder)
    heading = HEADING.search(body)
    title = decode(heading[1]).strip() if heading else None
    faults = task.faults
    if not title:
        faults.append(Fault("has no title", Effect.ADVICE))
    return Parsed(Ticket(title or None, None, task.state, task.word), task.records, (), faults)


def _fields(text: str) -> dict[str, Value]:
    """The fields that are used of a frontmatter.

    Raises:
        SourceError: one of them is there twice.
    """
    fields: dict[str, Value] = {}
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if found := _FIELD.fullmatch(line):
            key, written = found[1], (found[2] or "").strip()
            if key in fields:
                raise SourceError(f"names the key '{key}' twice", FIRST_LINE + at)
            if key in _LISTS:
                fields[key] = _list(written, lines, at)
            else:
                fields[key] = Value(written or None, FIRST_LINE + at)
    return fields


def _list(written: str, lines: list[str], at: int) -> Value:
    """The value of a list whose key is in `lines` at `at`."""
    number = FIRST_LINE + at
    if not written:
        below = takewhile(bool, map(_ITEM.fullmatch, lines[at + 1 :]))
        texts = (((found and found[1]) or "").strip(" \t'\"") for found in below)
        items = [(text, line) for line, text in enumerate(texts, number + 1) if text]
    elif written.startswith("[") and written.endswith("]"):
        items = [(text, number) for item in written[1:-1].split(",") if (text := item.strip())]
    else:
        return Value(written, number)
    return Value(None, number, scalar=False, items=tuple(items))


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
        lists = (f"{key}: [{', '.join(targets_of(records, kind))}]" for key, kind in _LISTS.items())
        head = "\n".join([f"id: {holder}", f"status: {ticket.word or ''}", *lists])
        return f"---\n{head}\n---\n# {ticket.title or ''}\n".encode()
