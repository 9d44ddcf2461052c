"""Format 1: ``artifacts/relations/<record-id>.md``, one record a file, the body its note."""

from __future__ import annotations

import re

from yoi_relations.files.faults import Effect, Fault, SourceError
from yoi_relations.files.fences import decode, refuse_conflict
from yoi_relations.files.formats import Format
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.plain_yaml import Value
from yoi_relations.files.records import (
    Plan,
    Record,
    Retirement,
    check_ends,
    check_instant,
    check_kind,
    check_text,
)
from yoi_relations.kinds import KINDS, Kind, RelationClass

CONTENT_ID = re.compile(r"x-[0-9a-f]{16}")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")

_PLAN_KEYS = ("branch", "worktree", "role_plan")
_RETIRED_KEYS = ("retired_at", "retired_by", "retired_reason")
_KEYS = frozenset(("kind", "target", "author", "at", "retires", *_RETIRED_KEYS))


class _Reader:
    """The fields of one file, each checked as it is taken."""

    def __init__(self, fields: dict[str, Value]) -> None:
        self.fields = fields

    def line(self, key: str) -> int | None:
        return self.fields[key].line if key in self.fields else None

    def optional(self, key: str) -> str | None:
        value = self.fields.get(key)
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


def parse_record(data: bytes, name: str, holder: str) -> tuple[Record, list[Fault]]:
    """The record in a file called `name`, and what was odd about it without spoiling it.

    Raises:
        SourceError: the file cannot be used.
    """
    refuse_conflict(data)
    document = parse_document(data)
    reader = _Reader(document.fields)
    kind = check_kind(reader.required("kind"), KINDS, reader.line("kind"))
    target = reader.optional("target")
    check_ends(kind, holder, target, reader.line("target"))
    retires = _retires(reader)
    at, at_key = _at(reader, needed=retires is None)
    body = decode(document.body, 1 + data.count(b"\n", 0, len(data) - len(document.body)))
    note, plan = (None, None) if retires else _text(kind, body, reader)
    record = Record(
        id=name.removesuffix(".md"),
        format=Format.FRONTMATTER,
        kind=kind,
        holder=holder,
        target=target,
        note=note,
        plan=plan,
        author=reader.optional("author") if retires else reader.required("author"),
        at=at,
        at_key=at_key,
        retirement=_retirement(reader, needed=retires is not None),
        retires=retires,
    )
    return record, _oddities(record, document.fields)


def _retires(reader: _Reader) -> str | None:
    retires = reader.optional("retires")
    if retires is not None and not CONTENT_ID.fullmatch(retires):
        raise SourceError(
            f"retires '{retires}', which is no content id (x- and 16 hex digits)",
            reader.line("retires"),
        )
    return retires


def _at(reader: _Reader, *, needed: bool) -> tuple[str | None, str]:
    text = reader.required("at") if needed else reader.optional("at")
    return check_instant("at", text, reader.line("at")) if text is not None else (None, "")


def _text(kind: Kind, body: str, reader: _Reader) -> tuple[str | None, Plan | None]:
    text = body.replace("\r\n", "\n").strip() or None
    if kind.cls is RelationClass.PLAN:
        summary = check_text("summary", text or "")
        return None, Plan(summary, *(reader.optional(key) for key in _PLAN_KEYS))
    if kind.cls is RelationClass.CAPACITY and text is None:
        raise SourceError(f"has no note, which {kind.name} needs")
    return (check_text("note", text) if text else None), None


def _retirement(reader: _Reader, *, needed: bool) -> Retirement | None:
    if not needed and reader.fields.keys().isdisjoint(_RETIRED_KEYS):
        return None
    at, by, reason = (reader.required(key) for key in _RETIRED_KEYS)
    return Retirement(check_instant("retired_at", at, reader.line("retired_at"))[0], by, reason)


def _oddities(record: Record, fields: dict[str, Value]) -> list[Fault]:
    known = _KEYS.union(_PLAN_KEYS) if record.kind.cls is RelationClass.PLAN else _KEYS
    faults = [
        Fault(f"has an unknown key '{key}'; the record is used", Effect.NONE, value.line)
        for key, value in fields.items()
        if key not in known
    ]
    if not _ULID.fullmatch(record.id):
        faults.append(Fault("has a name that is no ULID; the record is used", Effect.NONE))
    return faults
