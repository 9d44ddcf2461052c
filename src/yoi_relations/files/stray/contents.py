"""Decides by the content of a file that is not read whether it could be a record."""

from __future__ import annotations

import re

from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.source import SourceError
from yoi_relations.kinds import KINDS, is_kind

_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*---[ \t]*(?:[\r\n]|\Z)")
_LINE_OF_A_RECORD = re.compile(
    rb"(?:^|[\r\n])[ \t\"']*(?:(?:kind|retires|target)[ \t\"']*:|kind[ \t]+(?:%s)\b)"
    % "|".join(KINDS).encode(),
    re.IGNORECASE,
)


def starts_frontmatter(data: bytes) -> bool:
    """Whether a file in the folder of records that starts with `data` could be a record."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"---")


def opens_frontmatter(data: bytes) -> bool:
    """Whether the first line of a file that is not empty is ``---``."""
    return _OPENING.match(data) is not None


def may_state(data: bytes) -> bool:
    """Whether a file elsewhere could be a record, by its keys; by its lines if it is not YAML."""
    if not opens_frontmatter(data):
        return False
    try:
        fields = parse_document(data).fields
    except SourceError:
        return _LINE_OF_A_RECORD.search(data) is not None
    return any(
        key.casefold() in ("retires", "target")
        or (key.casefold() == "kind" and is_kind(value.text or ""))
        for key, value in fields.items()
    )
