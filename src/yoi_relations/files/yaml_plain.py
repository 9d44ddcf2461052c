"""Reads the plain case of a frontmatter, many times faster than a YAML parser.

One ``key: value`` a line, the value a plain or quoted word, nothing, or a list of words. Wherever a
YAML parser could see something else, it gives up; a test holds the two to the same results.
"""

from __future__ import annotations

import re

from yoi_relations.lean.types import NamedTuple

_QUOTES = ("'", '"')
NULLS = ("", "~", "null", "Null", "NULL")

# Each set says what it leaves out, and beyond ASCII that is nothing: a set with ranges of Unicode
# takes 10 ms to be compiled. What YAML does not print is looked for apart.
_UNPRINTABLE = re.compile("[\x80-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WORD = r"[^\x00-/:-@\[-`{-\x7f]"
_INSIDE = r"[^\x00- #$%:<>\\^`{|}\x7f]"
_PLAIN = rf"{_WORD}(?:{_INSIDE}++| +(?=[^ #\n])|:(?=[^ \n])|#(?<=[^ ]#))*"
_SINGLE = r"'[^\x00-\x1f'\x7f]*'"
_DOUBLE = r'"[^\x00-\x1f"\\\x7f]*"'
_ITEM = r"(?:[A-Za-z0-9_-]*[A-Za-z0-9_]|'[ -&(-~]*')"
_LIST = rf"\[(?:{_ITEM}(?:, ?{_ITEM})*)?\]"
# YAML finds no colon behind more than 1,024 characters.
_KEY = r"[A-Za-z_][A-Za-z0-9_]{0,1023}"
_LINE = re.compile(rf"^({_KEY}):(?: +({_SINGLE}|{_DOUBLE}|{_LIST}|{_PLAIN}))?\n", re.MULTILINE)


class Value(NamedTuple):
    """One value of a frontmatter.

    Attributes:
        text: as written; None for YAML's null and for what is no scalar.
        line: counted from 1 in the file.
        scalar: False for a list, a mapping or an alias.
        dropped: what was written there and is not text for YAML, or None.
    """

    text: str | None
    line: int
    scalar: bool = True
    dropped: str | None = None


def read_plain(text: str, first_line: int) -> dict[str, Value] | None:
    """The fields of a plain frontmatter; None where it may not be one."""
    if not text.isascii() and _UNPRINTABLE.search(text):
        return None
    found = _LINE.findall(text)
    # Each match is one whole line: as many matches as lines leave nothing out.
    if not found or len(found) != text.count("\n") or not text.endswith("\n"):
        return None
    fields: dict[str, Value] = {}
    for line, (key, written) in enumerate(found, start=first_line):
        sign = written[:1]
        if sign == "[":
            fields[key] = Value(None, line, scalar=False)
        elif sign in _QUOTES:
            fields[key] = Value(written[1:-1], line)
        else:
            fields[key] = Value(None if written in NULLS else written, line)
    # A key that stands twice is an error, and one that is null no text: the parser knows.
    return fields if len(fields) == len(found) and fields.keys().isdisjoint(NULLS) else None
