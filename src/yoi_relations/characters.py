"""Characters that show nothing: in a name they make a difference that nobody can see."""

from __future__ import annotations

import unicodedata

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Those that Unicode does not call format characters."""
_CONTROLS = frozenset({"Cc", "Zl", "Zp"})
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})


def is_invisible(sign: str) -> bool:
    """Whether a character shows nothing, or white space at most."""
    return (
        sign.isspace()
        or unicodedata.category(sign) in _CATEGORIES
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0100" <= sign <= "\U000e01ef"
        or sign in _FILLERS
    )


def ends_or_controls(sign: str) -> bool:
    """Whether a character is a control character, or ends a line."""
    return unicodedata.category(sign) in _CONTROLS


def escaped(text: str, *, only_ascii: bool = False) -> str:
    """`text` with each character that shows nothing, spaces aside, as an escape.

    Args:
        text: a name, such as an id.
        only_ascii: whether all characters beyond ASCII are to be escapes.
    """
    return "".join(
        escape(sign)
        if (only_ascii and not sign.isascii())
        or not sign.isprintable()
        or (sign != " " and is_invisible(sign))
        else sign
        for sign in text
    )


def printable_line(text: str) -> str:
    """`text` with each character as an escape that could act on a terminal, or end the line."""
    return "".join(sign if sign.isprintable() else escape(sign) for sign in text)


def escape(sign: str) -> str:
    """One character as an escape of its number in hexadecimal, as Python writes it."""
    return (
        f"\\x{ord(sign):02x}"
        if sign.isascii()
        else sign.encode("ascii", "backslashreplace").decode()
    )
