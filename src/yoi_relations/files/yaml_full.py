"""Reads any frontmatter by the events of a YAML parser.

Every scalar stays the text that was written (``no``, ``00001234``, ``12:30:45``), without YAML's
types. Events are read one by one, so that nesting is bounded, aliases are never expanded, and
duplicate keys are detected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

import yaml

from yoi_relations.files.source import SourceError
from yoi_relations.files.yaml_dropped_text import dropped_text
from yoi_relations.files.yaml_errors import find_cause
from yoi_relations.files.yaml_plain import NULLS, Value

MAX_DEPTH = 16
"""Levels of lists and mappings inside one value; a ticket's frontmatter needs two."""

_UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_BRACKETS = re.compile(r"[\[\]{}]")
# libyaml, if PyYAML was built with it. "Base" resolves no types.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def parse_yaml(text: str, first_line: int) -> dict[str, Value]:
    """The fields of any frontmatter, whose first line is `first_line` of its file.

    Raises:
        SourceError: it is not a YAML mapping, has a duplicate key, or nests too deeply.
    """
    fields: dict[str, Value] = {}
    try:
        events = _in_utf8(yaml.parse(text, Loader=_Loader))
        for key, value in _pairs(events, text, first_line):
            if key in fields:
                raise SourceError(f"names the key '{key}' twice", value.line)
            fields[key] = value
    except yaml.MarkedYAMLError as error:
        raise _invalid(text, error.problem_mark or error.context_mark, first_line) from error
    except yaml.YAMLError as error:
        match = re.search(_UNPRINTABLE, text)
        if match is None:
            raise SourceError("is not valid YAML: it holds a control character") from error
        character = f"{ascii(match[0])[1:-1]} (U+{ord(match[0]):04X})"
        line = first_line + text.count("\n", 0, match.start())
        message = f"is not valid YAML: it holds the control character {character}"
        raise SourceError(message, line) from error
    except ValueError as error:  # PyYAML's own parser accepts any number as a character
        raise SourceError("is not valid YAML: an escape that is not a character") from error
    return fields


def _invalid(text: str, mark: yaml.Mark | None, first: int) -> SourceError:
    """The error for `text`, which a parser refused at `mark`."""
    last = mark.line if mark else text.count("\n")
    # A parser reads ahead, and may refuse the nesting before it returns an event. Brackets in
    # quotes and comments are counted, too.
    steps = (1 if bracket in "[{" else -1 for bracket in _BRACKETS.findall(text))
    if max(accumulate(steps), default=0) > MAX_DEPTH:
        return _nested_too_deep(last + first)
    message, line = find_cause(text, last) or ("no parser reads beyond this line", last)
    return SourceError(f"is not valid YAML: {message}", line + first)


def _in_utf8(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The same events; ValueError at a lone surrogate, which only libyaml itself refuses."""
    for event in events:
        if isinstance(event, yaml.ScalarEvent):
            event.value.encode()
        yield event


def _pairs(events: Iterator[yaml.Event], text: str, first: int) -> Iterator[tuple[str, Value]]:
    """The keys and values of the mapping that `events` must describe."""
    root = next((event for event in events if isinstance(event, yaml.NodeEvent)), None)
    if root is None:
        return
    if not isinstance(root, yaml.MappingStartEvent):
        message = "has a frontmatter that is not a list of 'key: value' lines"
        if cause := find_cause(text, text.count("\n")):
            raise SourceError(f"{message}: {cause[0]}", cause[1] + first)
        raise SourceError(message, _line(root, first))
    lines = text.split("\n")
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _value(event, events, first)
        if key.text is None:
            raise SourceError("has a key that is not plain text", key.line)
        start = next(events)
        value = _value(start, events, first)
        if isinstance(event, yaml.ScalarEvent) and isinstance(start, yaml.ScalarEvent):
            value = value._replace(dropped=dropped_text(lines, event, start))
        yield key.text, value
    next(events)  # the document's end
    if not isinstance(event := next(events), yaml.StreamEndEvent):
        raise SourceError("has more than one YAML document in its frontmatter", _line(event, first))


def _value(event: yaml.Event, events: Iterator[yaml.Event], first: int) -> Value:
    """The value that starts with `event`; the rest of it is read from `events`."""
    line = _line(event, first)
    if isinstance(event, yaml.ScalarEvent):
        null = not event.style and event.value in NULLS
        return Value(None if null else event.value, line)
    depth = 0
    items: list[tuple[str, int]] | None = [] if isinstance(event, yaml.SequenceStartEvent) else None
    while True:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _nested_too_deep(line)
        if depth == 0:
            found = None if items is None else tuple(items)
            return Value(None, line, scalar=False, items=found)
        event = next(events)
        if isinstance(event, yaml.ScalarEvent) and items is not None:
            items.append((event.value, _line(event, first)))
        elif not isinstance(event, yaml.CollectionEndEvent):
            items = None


def _nested_too_deep(line: int) -> SourceError:
    return SourceError(f"nests values more than {MAX_DEPTH} deep", line)


def _line(event: yaml.Event, first: int) -> int:
    return (event.start_mark.line if event.start_mark else 0) + first
