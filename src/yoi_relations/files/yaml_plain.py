"""Reads the plain case of a frontmatter, many times faster than a YAML parser.

That is one ``key: value`` per line, with plain or quoted text, nothing, or a list of words as the
value. Anything that a YAML parser could read in another way is refused; a test compares the two.
"""

from __future__ import annotations

import re

from yoi_relations.lean.types import NamedTuple

_QUOTES = ("'", '"')
NULLS = ("", "~", "null", "Null", "NULL")

# Each set excludes only ASCII characters: sets with ranges of Unicode take 10 ms to compile.
# Characters that YAML calls unprintable have a pattern of their own.
_UNPRINTABLE = re.compile("[\x80-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WORD = r"[^\x00-/:-@\[-`{-\x7f]"
_INSIDE = r"[^\x00- #$%:<>\\^`{|}\x7f]"
_PLAIN = rf"{_WORD}(?:{_INSIDE}++| +(?=[^ #\n])|:(?=[^ \n])|#(?<=[^ ]#))*"
_SINGLE = r"'[^\x00-\x1f'\x7f]*'"
_DOUBLE = r'"[^\x00-\x1f"\\\x7f]*"'
_ITEM = r"(?:[A-Za-z0-9_-]*[A-Za-z0-9_]|'[ -&(-~]*')"
_LIST = rf"\[(?:{_ITEM}(?:, ?{_ITEM})*)?\]"
_ITEMS = re.compile(_ITEM)
# YAML finds no colon after more than 1,024 characters.
_KEY = r"[A-Za-z_][A-Za-z0-9_]{0,1023}"
_LINE = re.compile(rf"^({_KEY}):(?: +({_SINGLE}|{_DOUBLE}|{_LIST}|{_PLAIN}))?\n", re.MULTILINE)


class Value(NamedTuple):
    """One value of a frontmatter.

    Attributes:
        text: as written; None for a YAML null, and for a value that is not a scalar.
        line: counted from 1 in the file.
        scalar: False for a list, a mapping or an alias.
        dropped: the part of the value that YAML drops, or None.
        items: the texts of a list of scalars, each with its line; None for any other value.
    """

    text: str | None
    line: int
    scalar: bool = True
    dropped: str | None = None
    items: tuple[tuple[str, int], ...] | None = None


def read_plain(text: str, first_line: int) -> dict[str, Value] | None:
    """The fields of a plain frontmatter; None if it is not plain."""
    if not text.isascii() and _UNPRINTABLE.search(text):
        return None
    lines = _LINE.findall(text)
    # Each match is one whole line, so equal counts mean that no line was skipped.
    if not lines or len(lines) != text.count("\n") or not text.endswith("\n"):
        return None
    fields: dict[str, Value] = {}
    for number, (key, written) in enumerate(lines, start=first_line):
        first = written[:1]
        if first == "[":
            items = tuple((item.strip("'"), number) for item in _ITEMS.findall(written))
            fields[key] = Value(None, number, scalar=False, items=items)
        elif first in _QUOTES:
            fields[key] = Value(written[1:-1], number)
        else:
            fields[key] = Value(None if written in NULLS else written, number)
    # A duplicate key is an error, and a null key is not text: the parser reports them.
    return fields if len(fields) == len(lines) and fields.keys().isdisjoint(NULLS) else None
