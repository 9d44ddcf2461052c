"""Splits a file at its fences, the ``---`` lines, and reads the fields between them."""

from __future__ import annotations

import re

from yoi_relations.files.source import SourceError
from yoi_relations.files.text import decode, may_conflict, refuse_conflict, refuse_line_ends
from yoi_relations.files.yaml_plain import Value, read_plain
from yoi_relations.lean.types import NamedTuple

FRONTMATTER_LIMIT = 64 * 1024
"""Bytes within which a frontmatter must end."""

_BOM = b"\xef\xbb\xbf"
_OPENING = re.compile(rb"---[ \t]*\r?(?:\n|\Z)")
_CLOSING = re.compile(rb"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
HEADING = re.compile(rb"^# (.*)$", re.MULTILINE)
"""A heading of the first level; its text is the group."""
FIRST_LINE = 2
"""The line at which a frontmatter starts, after its opening fence."""


class Fenced(NamedTuple):
    """Offsets of a frontmatter: its text between the fences, and the start of the body."""

    head_start: int
    head_end: int
    body_start: int


class Document(NamedTuple):
    """A file with frontmatter: its fields by key, and the bytes below it."""

    fields: dict[str, Value]
    body: bytes


def parse_document(data: bytes) -> Document:
    """Split `data` into its frontmatter's fields and the body.

    Raises:
        SourceError: as `split_document`; or the frontmatter is not a YAML mapping, or has a key
            twice.
    """
    text, body = split_document(data)
    fields = read_plain(text, FIRST_LINE)
    if fields is None:
        from yoi_relations.files.yaml_full import parse_yaml  # noqa: PLC0415  # slow to import

        fields = parse_yaml(text, FIRST_LINE)
    return Document(fields, body)


def split_document(data: bytes) -> tuple[str, bytes]:
    """The text of the frontmatter of `data`, with LF at the ends of lines, and the body.

    Raises:
        SourceError: the frontmatter is missing, not closed or not UTF-8; or it has a merge conflict
            marker, or a line end that only YAML accepts.
    """
    if may_conflict(data):
        refuse_conflict(through_closing_fence(data))
    fences = find_fences(data)
    text = decode(data[fences.head_start : fences.head_end], FIRST_LINE)
    text = text.replace("\r\n", "\n")
    refuse_line_ends(text, FIRST_LINE)
    return text, data[fences.body_start :]


def through_closing_fence(data: bytes) -> bytes:
    """`data` up to the end of its frontmatter; all of it if no frontmatter is closed."""
    try:
        return data[: find_fences(data).body_start]
    except SourceError:
        return data


def through_heading(data: bytes) -> bytes:
    """`data` up to the end of the first heading below its frontmatter, or of the frontmatter."""
    start = len(through_closing_fence(data))
    heading = HEADING.search(data, start)
    return data[: heading.end() if heading else start]


def find_fences(data: bytes) -> Fenced:
    """The offsets of the frontmatter in `data`, which may start with a byte order mark.

    Raises:
        SourceError: there is no frontmatter, or nothing closes it.
    """
    if data.startswith(b"---\n"):
        at = data.find(b"\n---", 3) + 1
        if at and data[at + 3 : at + 4] == b"\n":  # the usual case, in a fifth of the time
            return Fenced(4, at, at + 4)
    opening = _OPENING.match(data, len(_BOM) if data.startswith(_BOM) else 0)
    if opening is None:
        raise SourceError("has no frontmatter: its first line is not ---", 1)
    closing = _CLOSING.search(data, opening.end())
    if closing is None:
        within = f" within {FRONTMATTER_LIMIT // 1024} KiB" * (len(data) >= FRONTMATTER_LIMIT)
        raise SourceError(f"has a frontmatter that no --- line closes{within}", 1)
    return Fenced(opening.end(), closing.start(), closing.end())
