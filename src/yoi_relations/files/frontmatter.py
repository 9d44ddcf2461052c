"""Reads a frontmatter as flat text.

Every scalar stays the text that was written (``no``, ``00001234``, ``12:30:45``), whatever YAML
would make of it. The parser's events are taken one by one, so that nesting is bounded before it can
hurt, aliases are never expanded, and a key that stands twice is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import yaml

from yoi_relations.files.faults import SourceError
from yoi_relations.files.fences import decode, find_fences, refuse_conflict, through_closing_fence

MAX_DEPTH = 16
"""Levels of lists and mappings inside one value; a ticket's frontmatter needs two."""

_FIRST_LINE = 2  # the opening fence is line 1
_NULLS = ("", "~", "null", "Null", "NULL")
# libyaml where PyYAML was built with it; "Base" resolves no types.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Value(NamedTuple):
    """One value of a frontmatter.

    Attributes:
        text: as written; None for YAML's null and for what is no scalar.
        line: counted from 1 in the file.
        scalar: False for a list, a mapping or an alias.
    """

    text: str | None
    line: int
    scalar: bool = True


class Document(NamedTuple):
    """A file with frontmatter: its fields by key, and the bytes below it."""

    fields: dict[str, Value]
    body: bytes


def parse_document(data: bytes) -> Document:
    """Split `data` into its frontmatter's fields and the body.

    Raises:
        SourceError: the frontmatter is missing, not closed, no YAML mapping, not UTF-8, names a key
            twice, or holds a merge conflict marker.
    """
    refuse_conflict(through_closing_fence(data))
    fences = find_fences(data)
    text = decode(data[fences.head_start : fences.head_end], _FIRST_LINE)
    return Document(_fields(text.replace("\r\n", "\n")), data[fences.body_start :])


def _fields(text: str) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    try:
        for key, value in _pairs(yaml.parse(text, Loader=_Loader)):
            if key in fields:
                raise SourceError(f"names the key '{key}' twice", value.line)
            fields[key] = value
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + _FIRST_LINE if mark else None
        said = error.problem or error.context
        raise SourceError(
            f"is not valid YAML: {said}; a value with ': ' in it needs quotes", line
        ) from error
    except yaml.YAMLError as error:
        raise SourceError("is not valid YAML: it holds a control character") from error
    return fields


def _pairs(events: Iterator[yaml.Event]) -> Iterator[tuple[str, Value]]:
    """The keys and values of the one mapping that `events` must be."""
    root = _first_node(events)
    if root is None:
        return
    if not isinstance(root, yaml.MappingStartEvent):
        raise SourceError("has a frontmatter that is no list of 'key: value' lines", _line(root))
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _value(event, events)
        if key.text is None:
            raise SourceError("has a key that is not plain text", key.line)
        yield key.text, _value(next(events), events)
    next(events)  # the document's end
    if not isinstance(event := next(events), yaml.StreamEndEvent):
        raise SourceError("has more than one YAML document in its frontmatter", _line(event))


def _first_node(events: Iterator[yaml.Event]) -> yaml.Event | None:
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            return event
    return None


def _value(event: yaml.Event, events: Iterator[yaml.Event]) -> Value:
    """The value that starts with `event`; takes the rest of it from `events`."""
    line = _line(event)
    if isinstance(event, yaml.ScalarEvent):
        null = not event.style and event.value in _NULLS
        return Value(None if null else event.value, line)
    depth = 0
    while True:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise SourceError(f"nests values more than {MAX_DEPTH} deep", line)
        if depth == 0:
            return Value(None, line, scalar=False)
        event = next(events)


def _line(event: yaml.Event) -> int:
    return (event.start_mark.line if event.start_mark else 0) + _FIRST_LINE
