"""Reads the plain case of a frontmatter, many times faster than a YAML parser.

One ``key: value`` a line, the value a plain or quoted word, nothing, or a list of words. Wherever a
YAML parser could see something else, it gives up; a test holds the two to the same results.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NULLS = ("", "~", "null", "Null", "NULL")

# Printable for YAML, and no line break: the rest is left to the parser.
_PRINTABLE = "\xa1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_WORD = rf"[A-Za-z0-9{_PRINTABLE}]"
_INSIDE = rf"[A-Za-z0-9_./+@()\[\],'\"!?&=;~*-]|[{_PRINTABLE}]"
_PLAIN = rf"{_WORD}(?:{_INSIDE}| +(?=[^ #])|:(?=[^ ])|#(?<=[^ ]#))*"
_SINGLE = rf"'(?P<single>[ -&(-~{_PRINTABLE}]*)'"
_DOUBLE = rf'"(?P<double>[ !#-\[\]-~{_PRINTABLE}]*)"'
_ITEM = r"(?:[A-Za-z0-9_-]*[A-Za-z0-9_]|'[ -&(-~]*')"
_LIST = rf"(?P<list>\[(?:{_ITEM}(?:, ?{_ITEM})*)?\])"
_LINE = re.compile(
    rf"(?P<key>[A-Za-z_][A-Za-z0-9_]*):(?: +(?:{_SINGLE}|{_DOUBLE}|{_LIST}|(?P<plain>{_PLAIN})))?"
)


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


def read_plain(text: str, first_line: int) -> dict[str, Value] | None:
    """The fields of a plain frontmatter; None where it may not be one."""
    fields: dict[str, Value] = {}
    for line, content in enumerate(text.removesuffix("\n").split("\n"), start=first_line):
        match = _LINE.fullmatch(content)
        if match is None:
            return None
        key, single, double, items, plain = match.group("key", "single", "double", "list", "plain")
        if key in fields or key in NULLS:
            return None
        if items is not None:
            fields[key] = Value(None, line, scalar=False)
        elif single is not None or double is not None:
            fields[key] = Value(single if single is not None else double, line)
        else:
            fields[key] = Value(None if plain is None or plain in NULLS else plain, line)
    return fields
