"""What a source says: a pure function of its bytes and its path.

Whenever the same bytes yield another result, ``index.store.PARSER_VERSION`` must be raised.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from yoi_relations.files.faults import Effect, Fault, SourceError
from yoi_relations.files.markdown import parse_record
from yoi_relations.files.plan_jsonl import parse_plan_lines
from yoi_relations.files.records import Record
from yoi_relations.files.relations_json import parse_relations
from yoi_relations.files.scan import Format, Source
from yoi_relations.files.tickets import Ticket, parse_item


@dataclass(frozen=True)
class Parsed:
    """All that one source says, and what is wrong with it."""

    ticket: Ticket | None = None
    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def parse_source(source: Source, data: bytes) -> Parsed:
    """What the bytes of `source` say."""
    try:
        return _parse(source, data)
    except SourceError as error:
        return Parsed(faults=[Fault(error.message, line=error.line, code=error.code)])


def unusable(source: Source, reason: str) -> Parsed:
    """What is left of a source that could not be read for `reason`."""
    if source.format is Format.ITEM:
        return Parsed(ticket=Ticket(None, None, None), faults=[Fault(reason, Effect.TICKET)])
    return Parsed(faults=[source.fault or Fault(reason)])


def _parse(source: Source, data: bytes) -> Parsed:
    if source.format is Format.ITEM:
        ticket, faults = parse_item(data, source.bucket)
        return Parsed(ticket=ticket, faults=faults)
    if source.format is Format.FRONTMATTER:
        record, faults = parse_record(data, os.path.basename(source.path), source.holder)
        return Parsed(records=[record], faults=faults)
    read = parse_relations if source.format is Format.RELATIONS_JSON else parse_plan_lines
    records, faults = read(data, source.holder)
    return Parsed(records=records, faults=faults)
