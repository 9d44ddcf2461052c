"""One entry of a relations.json, or one line of an orchestration-plan.jsonl, as a record."""

from __future__ import annotations

import hashlib
import json
from json.encoder import encode_basestring

from yoi_relations.files.nfc import composed
from yoi_relations.files.record import (
    Plan,
    Record,
    check_instant,
    check_kind,
    check_parts,
    check_text,
)
from yoi_relations.files.source import Format, SourceError
from yoi_relations.kinds import JSON_KINDS, PLAN_KINDS, Kind, RelationClass
from yoi_relations.lean.types import Any, NamedTuple


class _Shape(NamedTuple):
    """The fields of an object, all of them text, and what messages call it."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]


_ENTRY = _Shape("an entry", ("ticket_id", "kind", "target", "author", "at"), ("note",))
_LINE = _Shape("the line", ("id", "ticket_id", "kind", "author", "at"), ("related_ticket", "note"))
_PLAN = _Shape("its accepted_plan", ("summary",), ("branch", "worktree", "role_plan"))
_FORMS = {
    Format.RELATIONS_JSON: (_ENTRY, JSON_KINDS, "target"),
    Format.PLAN_JSONL: (_LINE, PLAN_KINDS, "related_ticket"),
}

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def entry_record(entry: Any, form: Format, holder: str, line: int) -> Record:  # noqa: ANN401  # JSON
    """The record that an entry of a file of this format states.

    Raises:
        SourceError: the entry is not valid.
    """
    shape, kinds, target_key = _FORMS[form]
    parts, nested = entry, None
    if form is Format.PLAN_JSONL and isinstance(entry, dict):
        parts = dict(entry)
        nested = parts.pop("accepted_plan", None)
    fields = _take_fields(parts, shape)
    if composed(fields["ticket_id"] or "") != holder:
        raise SourceError(f"names the ticket_id '{fields['ticket_id']}' in the folder of {holder}")
    kind = check_kind(fields["kind"] or "", kinds)
    target, note = fields[target_key], fields["note"]
    check_parts(kind, holder, target, note)
    at, at_key = check_instant("at", fields["at"] or "")
    plan = _plan(kind, nested)  # refuses nesting, so that `_content_id` meets none
    return Record(
        id=_content_id(entry),
        format=form,
        kind=kind,
        holder=holder,
        target=target,
        note=note,
        plan=plan,
        author=fields["author"] or "",
        at=at,
        at_key=at_key,
        line=line,
    )


def _content_id(entry: dict[str, Any]) -> str:
    """``x-`` and the first 16 hex digits of the SHA-256 of an entry as canonical JSON.

    That is: keys sorted, no spaces, UTF-8, which must be able to encode its text.
    """
    return f"x-{hashlib.sha256(_canonical(entry).encode()).hexdigest()[:16]}"


def _canonical(value: Any) -> str:  # noqa: ANN401  # JSON
    """`value` as canonical JSON; fast for text and objects, which records consist of."""
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is not dict:
        return _encode(value)
    parts = [f"{encode_basestring(key)}:{_canonical(value[key])}" for key in sorted(value)]
    return f"{{{','.join(parts)}}}"


def _take_fields(entry: Any, shape: _Shape) -> dict[str, str | None]:  # noqa: ANN401  # JSON
    """The fields of a JSON object, all checked; None for an absent optional one.

    Raises:
        SourceError: it is not an object; or a field is unknown, missing, not text, or too long.
    """
    if not isinstance(entry, dict):
        raise SourceError(f"holds {shape.name} that is not a JSON object")
    fields: dict[str, str | None] = dict.fromkeys(shape.required + shape.optional)
    for key, value in entry.items():
        if key not in fields:
            raise SourceError(f"has an unknown field '{key}' in {shape.name}")
        if isinstance(value, str):
            fields[key] = check_text(key, value)
        elif value is not None:
            raise SourceError(f"has a {key} that is not text in {shape.name}")
    for key in shape.required:
        if fields[key] is None:
            raise SourceError(f"has no {key} in {shape.name}")
    return fields


def _plan(kind: Kind, nested: Any) -> Plan | None:  # noqa: ANN401  # JSON
    if kind.cls is not RelationClass.PLAN:
        if nested is not None:
            raise SourceError(f"has an accepted_plan, which does not belong to {kind.name}")
        return None
    if nested is None:
        raise SourceError("has no accepted_plan")
    fields = _take_fields(nested, _PLAN)
    return Plan(fields["summary"] or "", fields["branch"], fields["worktree"], fields["role_plan"])
