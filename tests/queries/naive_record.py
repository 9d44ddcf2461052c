"""What a record file may say, worked out a second time."""

from __future__ import annotations

import re
from typing import Any

import yaml

from queries import naive
from queries.naive_frontmatter import fields_of, has_marker, split
from queries.sample_ids import NOTES

Row = dict[str, Any]
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
MARKS = {"retired_at", "retired_by", "retired_reason"}
PLAN = ("branch", "worktree", "role_plan")
LONG = 16 * 1024
SHORT = 1024


def parse(data: bytes, holder: str, name: str) -> Row:
    """The record of a file, or the retirement, which has `retires`."""
    if not name.endswith(".md"):
        raise ValueError("not the name of a record")
    head, below = split(data)
    fields, body = fields_of(head), below.decode().strip()
    if has_marker(below.decode()):
        raise ValueError("a merge is not over")
    if body:
        check_text(body, LONG, lines=True)
    is_retired = has_marks(fields)
    if "retires" in fields:
        return retirement(fields, body, holder, is_old=is_retired)
    check_common(fields, fields.get("target"), holder, set(naive.CLASS_OF))
    kind = fields["kind"]
    if kind in NOTES and not body:
        raise ValueError("a note without its text")
    return {
        "id": name.removesuffix(".md"),
        "kind": kind,
        "target": fields.get("target"),
        "note": body if body and kind != "accepted_plan" else None,
        "summary": body if kind == "accepted_plan" else None,
        "plan": plan_of(fields) if kind == "accepted_plan" else dict.fromkeys(PLAN),
        "author": fields["author"],
        "at": naive.instant(fields["at"]),
        "retired_at": fields.get("retired_at"),
    }


def has_marks(fields: Row) -> bool:
    """Whether a file says that it is retired, or that another record is, in the earlier form."""
    marks = MARKS & set(fields)
    if marks and marks != MARKS:
        raise ValueError("half retired")
    for key in marks:
        check_text(fields[key])
    if marks:
        check_time(fields["retired_at"])
    return bool(marks)


def plan_of(fields: Row) -> Row:
    for key in PLAN:
        if key in fields:
            check_text(fields[key], LONG if key == "role_plan" else SHORT, lines=key == "role_plan")
    return {key: fields.get(key) for key in PLAN}


def retirement(fields: Row, body: str, holder: str, *, is_old: bool) -> Row:
    check_text(fields["retires"])
    if is_old:  # it repeats what it retires
        check_ends(fields["kind"], fields.get("target"), holder, set(naive.CLASS_OF))
    elif {"kind", "target"} & set(fields):
        raise ValueError("it could state something")
    elif not body:
        raise ValueError("no reason")
    else:
        check_text(fields["author"])
        check_time(fields["at"])
    return {"retires": fields["retires"]}


def targets(data: bytes) -> tuple[str, ...] | None:
    """The target of a file that cannot be used, where it can be read all the same."""
    try:
        target = fields_of(split(data)[0])["target"]
    except (ValueError, KeyError, TypeError, yaml.YAMLError):
        return None
    return (target,) if isinstance(target, str) and target.strip() else None


def check_common(fields: Row, target: Any, holder: str, kinds: set[str]) -> None:
    check_text(fields["author"])
    check_time(fields["at"])
    if "target" in fields:
        check_text(fields["target"])
    check_ends(fields["kind"], target, holder, kinds)


def check_ends(kind: Any, target: Any, holder: str, kinds: set[str]) -> None:
    if kind not in kinds:
        raise ValueError("a kind that does not exist")
    if target is None and kind not in NOTES:
        raise ValueError("an edge without an end")
    if target is not None:
        check_text(target)
    if target == holder:
        raise ValueError("a ticket beside itself")


def check_time(text: Any) -> None:
    check_text(text)
    if not TIME.fullmatch(text):
        raise ValueError("not a time")
    naive.instant(text)


def check_text(text: Any, limit: int = SHORT, *, lines: bool = False) -> None:
    if not isinstance(text, str):
        raise TypeError("not text")
    if not text.strip():
        raise ValueError("empty")
    if len(text.encode()) > limit or "\0" in text or ("\n" in text and not lines):
        raise ValueError("too long, or a NUL, or more than one line")
