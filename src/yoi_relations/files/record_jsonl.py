"""Format 3, read only: ``artifacts/orchestration-plan.jsonl``, one record per line.

A bad line does not affect the other lines.
"""

from __future__ import annotations

from yoi_relations.files.json_reader import decode_value
from yoi_relations.files.record import Record
from yoi_relations.files.record_entry import entry_record
from yoi_relations.files.source import Fault, Format, SourceError
from yoi_relations.files.text import decode, refuse_conflict
from yoi_relations.lean.types import Any

_MAX_FAULTS = 1000
LINE_LIMIT = 512 * 1024
"""UTF-8 bytes of a line: enough for the longest texts in the longest JSON escapes."""


def parse_plan_lines(data: bytes, holder: str) -> tuple[list[Record], list[Fault]]:
    """The records of an orchestration-plan.jsonl, and its bad lines."""
    records: list[Record] = []
    faults: list[Fault] = []
    for line, text in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not text.strip():
            continue
        try:
            records.append(entry_record(_entry(text), Format.PLAN_JSONL, holder, line))
        except SourceError as error:
            if len(faults) == _MAX_FAULTS:
                message = f"has more than {_MAX_FAULTS} bad lines; the rest is not read"
                faults.append(Fault(message, line=line))
                break
            faults.append(Fault(error.message, line=line, code=error.code))
    return records, faults


def _entry(data: bytes) -> Any:  # noqa: ANN401  # JSON
    if len(data) > LINE_LIMIT:
        raise SourceError(f"has a line of {len(data)} bytes; at most {LINE_LIMIT} are allowed")
    refuse_conflict(data)
    text = decode(data).strip(" \t\r")
    entry, end = decode_value(text)
    if end < len(text):
        raise SourceError("is not valid JSON: there is text after the object")
    return entry
