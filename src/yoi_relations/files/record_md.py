"""Format 1: ``artifacts/relations/<record-id>.md``, one record or one retirement per file.

The body of a record is its note; the body of a retirement is the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from yoi_relations.files.appended_record import second_record_faults
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.ids import ULID
from yoi_relations.files.record import (
    Plan,
    Record,
    Retired,
    Retirement,
    check_instant,
    check_kind,
    check_parts,
    check_text,
)
from yoi_relations.files.source import Effect, Fault, Format, SourceError
from yoi_relations.files.text import decode, refuse_conflict
from yoi_relations.files.yaml_dropped_text import dropped_text_faults
from yoi_relations.files.yaml_plain import Value
from yoi_relations.kinds import KINDS, Kind, RelationClass

_ULID = re.compile(ULID)

_PLAN_KEYS = ("branch", "worktree", "role_plan")
_RETIRED_KEYS = ("retired_at", "retired_by", "retired_reason")
_TEXT_KEYS = ("author", *_PLAN_KEYS, "retired_by", "retired_reason")
"""Keys of free text, of which YAML may drop a part."""
_KEYS = frozenset(("kind", "target", "author", "at", *_RETIRED_KEYS))
_RETIREMENT_KEYS = _KEYS | {"retires"}


class _Fields(dict[str, Value]):
    """The fields of one file. Each is checked when it is read."""

    def line(self, key: str) -> int | None:
        return self[key].line if key in self else None

    def optional(self, key: str) -> str | None:
        value = self.get(key)
        if value is None:
            return None
        if not value.scalar:
            raise SourceError(f"has a {key} that is not text", value.line)
        return check_text(key, value.text or "", value.line)

    def required(self, key: str) -> str:
        text = self.optional(key)
        if text is None:
            raise SourceError(f"has no {key}")
        return text

    def lacks(self, keys: Iterable[str]) -> bool:
        return self.keys().isdisjoint(keys)


def parse_record(data: bytes, name: str, holder: str) -> tuple[Record | Retirement, list[Fault]]:
    """The record or retirement in a file called `name`, and its minor faults.

    Raises:
        SourceError: the file cannot be used.
    """
    refuse_conflict(data)
    document = parse_document(data)
    fields = _Fields(document.fields)
    first_line = 1 + data.count(b"\n", 0, len(data) - len(document.body))
    body = decode(document.body, first_line)
    second = second_record_faults(body, first_line)
    text = body.replace("\r\n", "\n").strip() or None
    id_ = name.removesuffix(".md")
    if "retires" in fields:
        retirement = _retirement(fields, id_, holder, text)
        return retirement, _minor_faults(id_, fields, _RETIREMENT_KEYS) + second
    record = _record(fields, id_, holder, text)
    known = _KEYS.union(_PLAN_KEYS) if record.kind.cls is RelationClass.PLAN else _KEYS
    return record, _minor_faults(id_, fields, known) + second


def named_targets(data: bytes) -> tuple[str, ...] | None:
    """The target that an unusable file names, as a tuple of one; None if it is unknown."""
    try:
        target = parse_document(data).fields.get("target")
    except SourceError:
        return None
    return (target.text,) if target and target.text and "\n" not in target.text else None


def _record(fields: _Fields, id_: str, holder: str, text: str | None) -> Record:
    kind = check_kind(fields.required("kind"), KINDS, fields.line("kind"))
    target = fields.optional("target")
    check_parts(kind, holder, target, text, fields.line("target"))
    at, at_key = check_instant("at", fields.required("at"), fields.line("at"))
    note, plan = _text(kind, text, fields)
    return Record(
        id=id_,
        format=Format.FRONTMATTER,
        kind=kind,
        holder=holder,
        target=target,
        note=note,
        plan=plan,
        author=fields.required("author"),
        at=at,
        at_key=at_key,
        retired=None if fields.lacks(_RETIRED_KEYS) else _retired_in_place(fields),
    )


def _text(kind: Kind, text: str | None, fields: _Fields) -> tuple[str | None, Plan | None]:
    if kind.cls is RelationClass.PLAN:
        summary = check_text("summary", text or "")
        return None, Plan(summary, *(fields.optional(key) for key in _PLAN_KEYS))
    return (check_text("note", text) if text else None), None


def _retirement(fields: _Fields, id_: str, holder: str, text: str | None) -> Retirement:
    """The retirement that a file with ``retires`` is.

    Raises:
        SourceError: it is invalid, or may be a record to which somebody added ``retires``.
    """
    retires = fields.required("retires")
    if not fields.lacks(_RETIRED_KEYS):  # as an earlier version wrote it
        return Retirement(id_, holder, retires, _retired_in_place(fields))
    if not fields.lacks(("kind", "target")):
        line = fields.line("retires")
        raise SourceError(
            "has retires together with kind or target; a retirement has neither", line
        )
    at, _ = check_instant("at", fields.required("at"), fields.line("at"))
    reason = check_text("reason", text or "")
    return Retirement(id_, holder, retires, Retired(at, fields.required("author"), reason))


def _retired_in_place(fields: _Fields) -> Retired:
    at, by, reason = (fields.required(key) for key in _RETIRED_KEYS)
    return Retired(check_instant("retired_at", at, fields.line("retired_at"))[0], by, reason)


def _minor_faults(id_: str, fields: dict[str, Value], known: frozenset[str]) -> list[Fault]:
    faults = [
        Fault(f"has an unknown key '{key}'; the record is used", Effect.NONE, value.line)
        for key, value in fields.items()
        if key not in known
    ]
    if not _ULID.fullmatch(id_):
        faults.append(Fault("has a name that is not a ULID; the record is used", Effect.NONE))
    return faults + dropped_text_faults(fields, _TEXT_KEYS)
