"""What an entry of the two older formats may say, worked out a second time."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from queries import naive
from queries.naive_record import LONG, SHORT, check_common, check_text
from queries.naive_record import PLAN as PLAN_KEYS
from queries.sample_ids import JSON_KINDS, PLAN_KINDS

Row = dict[str, Any]


class Form(NamedTuple):
    """One of the older formats: the key of the other ticket, its kinds and the keys it knows."""

    target: str
    kinds: set[str]
    keys: set[str]


COMMON = {"ticket_id", "kind", "note", "author", "at"}
JSON = Form("target", {*JSON_KINDS}, COMMON | {"target"})
PLAN = Form("related_ticket", {*PLAN_KINDS}, COMMON | {"id", "related_ticket", "accepted_plan"})


def load(text: str) -> Any:
    """A JSON value in which no key is there twice."""

    def once(pairs: list[tuple[str, Any]]) -> Row:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key is there twice")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def listed(data: bytes) -> list[tuple[int, Any]]:
    """The entries of a relations.json, each with the line on which it starts."""
    text = data.decode("utf-8-sig")
    document = load(text)
    is_one = document["version"] == 1 and type(document["version"]) is int
    if set(document) != {"version", "relations"} or not is_one:
        raise ValueError("another version, or a key that is not known")
    if not isinstance(document["relations"], list):
        raise TypeError("not a list")
    start = re.search(r'"relations"\s*:\s*\[', text)
    at = start.end() if start else 0
    found = []
    for entry in document["relations"]:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        found.append((text.count("\n", 0, at) + 1, entry))
        _, at = json.JSONDecoder().raw_decode(text, at)
    return found


def targets(data: bytes) -> tuple[str, ...] | None:
    """The targets in a relations.json that cannot be used, where all of them can be read."""
    try:
        document = load(data.decode("utf-8-sig"))
        found = [entry["target"] for entry in document["relations"]]
    except (ValueError, KeyError, TypeError):
        return None
    if document.get("version") != 1:
        return None  # what a key means there is not known
    is_text = all(isinstance(target, str) and target.strip() for target in found)
    return tuple(found) if is_text else None


def parse(entry: Any, holder: str, form: Form) -> Row:
    if not isinstance(entry, dict) or not set(entry) <= form.keys:
        raise ValueError("not an object, or with a key that is not known")
    said = {key: value for key, value in entry.items() if value is not None}
    check_text(said["ticket_id"])
    if said["ticket_id"] != holder:
        raise ValueError("about another ticket")
    if form is PLAN:
        check_text(said["id"])
    check_common(said, said.get(form.target), holder, form.kinds)
    if "note" in said or said["kind"] == "waiting_capacity_note":
        check_text(said["note"], LONG, lines=True)
    plan = accepted(said["accepted_plan"]) if said["kind"] == "accepted_plan" else {}
    return {
        "id": naive.content_id(entry),
        "kind": said["kind"],
        "target": said.get(form.target),
        "note": said.get("note"),
        "summary": plan.get("summary"),
        "plan": {key: plan.get(key) for key in PLAN_KEYS},
        "author": said["author"],
        "at": naive.instant(said["at"]),
        "retired_at": None,
    }


def accepted(plan: Any) -> Row:
    if not isinstance(plan, dict) or not set(plan) <= {"summary", *PLAN_KEYS}:
        raise ValueError("not a plan, or with a key that is not known")
    check_text(plan["summary"], LONG, lines=True)
    for key in PLAN_KEYS:
        if plan.get(key) is not None:
            check_text(plan[key], LONG if key == "role_plan" else SHORT, lines=key == "role_plan")
    return plan
