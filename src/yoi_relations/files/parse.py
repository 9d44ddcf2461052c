"""Parses a source: a pure function of its bytes and its path.

A change of the result for the same bytes needs a higher ``index.store.PARSER_VERSION``.
"""

from __future__ import annotations

import os

from yoi_relations.files.parsed import Parsed
from yoi_relations.files.record import Retirement
from yoi_relations.files.record_md import named_targets, parse_record
from yoi_relations.files.source import TASK_FILES, Effect, Fault, Format, Source, SourceError
from yoi_relations.files.ticket_md import Ticket, parse_item


def parse_source(source: Source, data: bytes) -> Parsed:
    """The content of `source`, parsed from its bytes."""
    try:
        # All fields by position: keywords take eight times as long, for every source.
        if source.format is Format.ITEM:
            ticket, faults = parse_item(data, source.bucket)
            return Parsed(ticket, (), (), faults)
        if source.format is Format.FRONTMATTER:
            found, faults = parse_record(data, os.path.basename(source.path), source.holder)
            if isinstance(found, Retirement):
                return Parsed(None, (), [found], faults)
            return Parsed(None, [found], (), faults)
        # Most updates read only Markdown, and the JSON modules are slow to import.
        if source.format is Format.RELATIONS_JSON:
            from yoi_relations.files.record_json import parse_relations  # noqa: PLC0415  # slow to import

            records, faults = parse_relations(data, source.holder)
        else:
            from yoi_relations.files.record_jsonl import parse_plan_lines  # noqa: PLC0415  # slow to import

            records, faults = parse_plan_lines(data, source.holder)
        return Parsed(None, records, (), faults)
    except SourceError as error:
        targets = named_targets(data) if source.format is Format.FRONTMATTER else None
        fault = Fault(error.message, line=error.line, code=error.code, targets=targets)
        return Parsed(faults=[fault])


def unusable(source: Source, reason: str) -> Parsed:
    """The result for a source that could not be read because of `reason`."""
    if source.format is Format.ITEM or source.format in TASK_FILES:
        word = None if source.format is Format.ITEM else ""
        return Parsed(Ticket(None, None, None, word), faults=[Fault(reason, Effect.TICKET)])
    return Parsed(faults=[source.fault or Fault(reason)])
