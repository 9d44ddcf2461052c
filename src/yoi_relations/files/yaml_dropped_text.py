"""Finds text that YAML drops silently: after `` #``, and words that start with & or !."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from yoi_relations.files.source import Effect, Fault, FaultCode
from yoi_relations.files.yaml_plain import Value
from yoi_relations.kinds import quoted
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_SHOWN = 60
"""Characters of the dropped text that a message shows."""
_COMMENT = re.compile(r"[ \t]+(#.*)")
_COMMENT_OF_KEY = re.compile(r"[ \t]*:[ \t]+(#.*)")
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]*)+")
_TEXT_TAG = "tag:yaml.org,2002:str"


def dropped_text(lines: list[str], key: yaml.ScalarEvent, value: yaml.ScalarEvent) -> str | None:
    """The part of a value that is a comment, an anchor or a tag for YAML; None if there is none.

    A comment after a value in quotes is not counted: its author meant it as one. `lines` are those
    of the frontmatter.
    """
    key_end, start, end = key.end_mark, value.start_mark, value.end_mark
    if key_end is None or start is None or end is None:
        return None
    matches = []
    if value.anchor or value.tag not in (None, _TEXT_TAG):
        matches.append(_PROPERTIES.match(lines[start.line], start.column))
    if not value.style and start.line > key_end.line:
        matches.append(_COMMENT_OF_KEY.match(lines[key_end.line], key_end.column))
    if not value.style and end.line < len(lines):
        matches.append(_COMMENT.match(lines[end.line], end.column))
    return " ".join(match[match.re.groups].strip() for match in matches if match) or None


def dropped_text_faults(fields: Mapping[str, Value], keys: Iterable[str]) -> list[Fault]:
    """The faults, for doctor, of those of `keys` whose text YAML cuts short."""
    return [
        Fault(
            f"has a {key} that YAML cuts short: it leaves out {quoted(value.dropped[:_SHOWN])}",
            Effect.ADVICE,
            value.line,
            FaultCode.DROPPED_TEXT,
        )
        for key in keys
        if (value := fields.get(key)) is not None and value.dropped
    ]
