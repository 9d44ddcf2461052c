"""Format 3, read only: ``artifacts/orchestration-plan.jsonl``, one record per line.

A bad line does not affect the other lines.
"""

from __future__ import annotations

from yoi_relations.files.json_reader import content_id, decode_value, take_fields
from yoi_relations.files.nfc import composed
from yoi_relations.files.record import Plan, Record, check_ends, check_instant, check_kind
from yoi_relations.files.source import Fault, Format, SourceError
from yoi_relations.files.text import decode, refuse_conflict
from yoi_relations.kinds import PLAN_KINDS, Kind, RelationClass
from yoi_relations.lean.types import Any

_MAX_FAULTS = 1000
_REQUIRED = ("id", "ticket_id", "kind", "author", "at")
_OPTIONAL = ("related_ticket", "note")
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
            records.append(_record(text, holder, line))
        except SourceError as error:
            if len(faults) == _MAX_FAULTS:
                message = f"has more than {_MAX_FAULTS} bad lines; the rest is not read"
                faults.append(Fault(message, line=line))
                break
            faults.append(Fault(error.message, line=line, code=error.code))
    return records, faults


def _record(data: bytes, holder: str, line: int) -> Record:
    entry = _entry(data)
    parts = dict(entry) if isinstance(entry, dict) else entry
    nested = parts.pop("accepted_plan", None) if isinstance(parts, dict) else None
    fields = take_fields(parts, _REQUIRED, _OPTIONAL, "the line")
    if composed(fields["ticket_id"] or "") != holder:
        raise SourceError(f"names the ticket_id '{fields['ticket_id']}' in the folder of {holder}")
    kind = check_kind(fields["kind"] or "", PLAN_KINDS)
    check_ends(kind, holder, fields["related_ticket"])
    if kind.cls is RelationClass.CAPACITY and fields["note"] is None:
        raise SourceError(f"has no note, which {kind.name} needs")
    at, at_key = check_instant("at", fields["at"] or "")
    plan = _plan(kind, nested)
    return Record(
        id=content_id(entry),
        format=Format.PLAN_JSONL,
        kind=kind,
        holder=holder,
        target=fields["related_ticket"],
        note=fields["note"],
        plan=plan,
        author=fields["author"] or "",
        at=at,
        at_key=at_key,
        line=line,
    )


def _entry(data: bytes) -> Any:  # noqa: ANN401  # JSON
    if len(data) > LINE_LIMIT:
        raise SourceError(f"has a line of {len(data)} bytes; at most {LINE_LIMIT} are allowed")
    refuse_conflict(data)
    text = decode(data).strip(" \t\r")
    entry, end = decode_value(text)
    if end < len(text):
        raise SourceError("is not valid JSON: there is text after the object")
    return entry


def _plan(kind: Kind, nested: Any) -> Plan | None:  # noqa: ANN401  # JSON
    if kind.cls is not RelationClass.PLAN:
        if nested is not None:
            raise SourceError(f"has an accepted_plan, which does not belong to {kind.name}")
        return None
    if nested is None:
        raise SourceError("has no accepted_plan")
    fields = take_fields(
        nested, ("summary",), ("branch", "worktree", "role_plan"), "its accepted_plan"
    )
    return Plan(fields["summary"] or "", fields["branch"], fields["worktree"], fields["role_plan"])
