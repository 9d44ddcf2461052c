"""Checks the bounds of a configuration before a TOML parser reads it.

The memory that a parser takes grows with the square of the parts of a dotted key, and it takes a
stack frame per level of nesting. So tokens outside text and comments are counted first.
"""

from __future__ import annotations

import re

from yoi_relations.files.toml_plain import MAX_PARTS

MAX_DEPTH = 16
"""Levels of arrays and inline tables."""

# No group repeats possessively: before Python 3.11.4 such a group could match too little.
_TOKENS = re.compile(
    r'"""(?:\\.|[^"\\]|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|(?P<open>"""|\'\'\')'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*+'"
    r"|(?P<lone>[\"'])"
    r"|\#[^\n]*+"
    r"|(?P<sign>[\[\]{}.,=\n])",
    re.DOTALL,
)


def check_bounds(text: str) -> None:
    """Refuse a document that nests too deeply, or has a key of too many parts.

    Raises:
        ValueError: with the line.
    """
    parts, depth = 1, 0
    for token in _TOKENS.finditer(text):
        if token["open"] or token["lone"]:
            return  # unclosed text: a parser reads no further
        sign = token["sign"]
        if sign == ".":
            parts += 1
        elif sign:
            parts = 1
            depth += (sign in "[{") - (sign in "]}")
        if parts > MAX_PARTS or depth > MAX_DEPTH:
            what = f"values are nested more than {MAX_DEPTH} deep"
            if parts > MAX_PARTS:
                what = f"a key has more than {MAX_PARTS} parts"
            line = text.count("\n", 0, token.start()) + 1
            raise ValueError(f"{what} (at line {line})")
