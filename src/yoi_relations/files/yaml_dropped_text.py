"""Text that YAML takes away in silence: what follows `` #``, and words that begin with & or !."""

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
"""Characters of what is dropped that a message shows."""
_COMMENT = re.compile(r"[ \t]+(#.*)")
_COMMENT_OF_KEY = re.compile(r"[ \t]*:[ \t]+(#.*)")
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]*)+")
_TEXT_TAG = "tag:yaml.org,2002:str"


def dropped_text(lines: list[str], key: yaml.ScalarEvent, value: yaml.ScalarEvent) -> str | None:
    """What a parser left out of a value, because it is a comment, an anchor or a tag for YAML.

    A comment behind a value in quotes is one for its author too.

    Args:
        lines: of the frontmatter.
        key: the event of the key.
        value: the event of the value.
    """
    key_end, start, end = key.end_mark, value.start_mark, value.end_mark
    if key_end is None or start is None or end is None:
        return None
    found = []
    if value.anchor or value.tag not in (None, _TEXT_TAG):
        found.append(_PROPERTIES.match(lines[start.line], start.column))
    if not value.style and start.line > key_end.line:
        found.append(_COMMENT_OF_KEY.match(lines[key_end.line], key_end.column))
    if not value.style and end.line < len(lines):
        found.append(_COMMENT.match(lines[end.line], end.column))
    return " ".join(match[match.re.groups].strip() for match in found if match) or None


def faults_of_dropped(fields: Mapping[str, Value], keys: Iterable[str]) -> list[Fault]:
    """What doctor says of those of `keys` whose text is not whole."""
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
