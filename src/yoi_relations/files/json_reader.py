"""Strict JSON for the two read-only formats, with the line of every entry.

The standard decoder reads the values. This module adds the checks that it lacks (duplicate keys,
NaN) and a walk that keeps the line on which each entry of the list starts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from json.encoder import encode_basestring

from yoi_relations.files.record import check_text
from yoi_relations.files.source import SourceError
from yoi_relations.lean.types import Any

_SPACE = re.compile(r"[ \t\n\r]*")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise SourceError(f"names the key '{key}' twice")
            seen.add(key)
    return entry


def _no_constant(name: str) -> Any:  # noqa: ANN401  # the decoder's signature
    raise SourceError(f"holds {name}, which is not JSON")


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_decoder = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constant)


def decode_value(text: str, at: int = 0, line: int = 1) -> tuple[Any, int]:
    """The JSON value that starts at offset `at`, and the offset of its end.

    Args:
        text: JSON.
        at: offset of the value's first character.
        line: the line of `at`, for errors.

    Raises:
        SourceError: there is no valid value.
    """
    try:
        return _decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        bad_line = line + text.count("\n", at, error.pos)
        raise SourceError(f"is not valid JSON: {error.msg}", bad_line) from error
    except SourceError as error:
        raise SourceError(error.message, line) from error
    except RecursionError as error:
        raise SourceError("is not usable JSON: it is nested too deeply", line) from error
    except ValueError as error:
        raise SourceError("is not usable JSON: it holds a number that is too long", line) from error


class Walk:
    """Steps through a JSON text and counts its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1

    def _move(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        gap = _SPACE.match(self.text, self.at)
        to = gap.end() if gap else self.at
        if to > self.at:
            self._move(to)
        return self.text[to : to + 1]

    def take(self, expected: str) -> None:
        """Step over the next character that is not white space, which must be `expected`."""
        if self.peek() != expected:
            raise SourceError(f"is not valid JSON: expected '{expected}'", self.line)
        self.at += 1

    def value(self) -> Any:  # noqa: ANN401  # JSON
        """Step over the next value."""
        self.peek()
        value, to = decode_value(self.text, self.at, self.line)
        self._move(to)
        return value

    def items(self, opening: str, closing: str) -> Iterator[None]:
        """Step through a list or an object; the caller takes one item per iteration."""
        self.take(opening)
        if self.peek() != closing:
            yield
            while self.peek() == ",":
                self.take(",")
                yield
        self.take(closing)


def _canonical(value: Any) -> str:  # noqa: ANN401  # JSON
    """`value` as canonical JSON; fast for text and objects, which records consist of."""
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is not dict:
        return _encode(value)
    parts = [f"{encode_basestring(key)}:{_canonical(value[key])}" for key in sorted(value)]
    return f"{{{','.join(parts)}}}"


def content_id(entry: dict[str, Any]) -> str:
    """The id of an entry without an id.

    ``x-`` and the first 16 hex digits of the SHA-256 of the entry as canonical JSON: keys sorted,
    no spaces, UTF-8.

    Args:
        entry: accepted by `take_fields`, so that UTF-8 can encode its text.
    """
    return f"x-{hashlib.sha256(_canonical(entry).encode()).hexdigest()[:16]}"


def take_fields(
    entry: Any,  # noqa: ANN401  # JSON, before it is checked
    required: tuple[str, ...],
    optional: tuple[str, ...],
    what: str,
) -> dict[str, str | None]:
    """The text fields of a JSON object, all checked; None for an absent optional one.

    Raises:
        SourceError: it is not an object; or a field is unknown, missing, not text, or too long.
    """
    if not isinstance(entry, dict):
        raise SourceError(f"holds {what} that is not a JSON object")
    fields: dict[str, str | None] = dict.fromkeys(required + optional)
    if not fields.keys() >= entry.keys():
        unknown = next(key for key in entry if key not in fields)
        raise SourceError(f"has an unknown field '{unknown}' in {what}")
    for key, value in entry.items():
        if isinstance(value, str):
            fields[key] = check_text(key, value)
        elif value is not None:
            raise SourceError(f"has a {key} that is not text in {what}")
    for key in required:
        if fields[key] is None:
            raise SourceError(f"has no {key} in {what}")
    return fields
