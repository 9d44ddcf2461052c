"""Recognizes the entries of relations.json and orchestration-plan.jsonl in files of other names."""

from __future__ import annotations

import re
from itertools import chain

from yoi_relations.kinds import JSON_KINDS, PLAN_KINDS

_OBJECT = re.compile(rb"\{[^{}]*\}")
_ENDINGS = re.compile(rb"\.(?:json[a-z0-9]*|ndjson)\b", re.IGNORECASE)


def is_json(name: bytes) -> bool:
    """Whether a name has the extension of a JSON file, alone or followed by another one."""
    return _ENDINGS.search(name) is not None


def states_entries(data: bytes) -> bool:
    """Whether a line, or an object without nested ones, is an entry of one of the two files."""
    return b'"ticket_id"' in data and any(
        map(_is_entry, chain(data.splitlines(), _OBJECT.findall(data)))
    )


def _is_entry(text: bytes) -> bool:
    if b'"ticket_id"' not in text:
        return False
    import json  # noqa: PLC0415  # slow to import, and few files need it

    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(entry, dict) or "ticket_id" not in entry:
        return False
    kind = entry.get("kind")
    return isinstance(kind, str) and (kind in JSON_KINDS or kind in PLAN_KINDS)
