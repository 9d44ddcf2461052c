"""Reads a frontmatter as flat text: plainly where it is plain, else with a YAML parser."""

from __future__ import annotations

from yoi_relations.files.fences import (
    decode,
    find_fences,
    may_conflict,
    refuse_conflict,
    refuse_line_ends,
    through_closing_fence,
)
from yoi_relations.files.yaml_plain import Value, read_plain
from yoi_relations.lean.types import NamedTuple

_FIRST_LINE = 2  # the opening fence is line 1


class Document(NamedTuple):
    """A file with frontmatter: its fields by key, and the bytes below it."""

    fields: dict[str, Value]
    body: bytes


def parse_document(data: bytes) -> Document:
    """Split `data` into its frontmatter's fields and the body.

    Raises:
        SourceError: the frontmatter is missing, not closed, no YAML mapping, not UTF-8, names a key
            twice, holds a merge conflict marker, or what ends a line for YAML alone.
    """
    if may_conflict(data):
        refuse_conflict(through_closing_fence(data))
    fences = find_fences(data)
    text = decode(data[fences.head_start : fences.head_end], _FIRST_LINE)
    text = text.replace("\r\n", "\n")
    refuse_line_ends(text, _FIRST_LINE)
    fields = read_plain(text, _FIRST_LINE)
    if fields is None:
        from yoi_relations.files.yaml_full import parse_yaml  # noqa: PLC0415  # costs start-up

        fields = parse_yaml(text, _FIRST_LINE)
    return Document(fields, data[fences.body_start :])
