"""Strict JSON for the two read-only formats, with the line of every entry.

The standard decoder reads the values. It lacks the checks for duplicate keys and NaN, and the line
on which each entry of a list starts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from yoi_relations.files.source import SourceError
from yoi_relations.lean.types import Any

_SPACE = re.compile(r"[ \t\n\r]*")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) < len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise SourceError(f"names the key '{twice}' twice")
    return entry


def _no_constant(name: str) -> Any:  # noqa: ANN401  # the decoder's signature
    raise SourceError(f"holds {name}, which is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constant)


def decode_value(text: str, at: int = 0, line: int = 1) -> tuple[Any, int]:
    """The JSON value that starts at offset `at`, which is in `line`, and the offset of its end.

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
