"""Invisible characters, and their escapes: names that differ by them look the same."""

from __future__ import annotations

import unicodedata

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Invisible characters that are not format characters in Unicode."""
_CONTROLS = frozenset({"Cc", "Zl", "Zp"})
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})


def is_invisible(character: str) -> bool:
    """Whether a character is invisible; white space is."""
    return (
        character.isspace()
        or unicodedata.category(character) in _CATEGORIES
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in _FILLERS
    )


def is_control_or_line_end(character: str) -> bool:
    """Whether a character is a control character or a line separator."""
    return unicodedata.category(character) in _CONTROLS


def escaped(text: str, *, only_ascii: bool = False) -> str:
    """A name with each invisible character, except spaces, as an escape.

    With `only_ascii`, each character outside ASCII is one, too.
    """
    return "".join(
        escape(character)
        if (only_ascii and not character.isascii())
        or not character.isprintable()
        or (character != " " and is_invisible(character))
        else character
        for character in text
    )


def printable_line(text: str) -> str:
    """`text` with an escape for each character that could act on a terminal or end the line."""
    return "".join(
        character if character.isprintable() else escape(character) for character in text
    )


def escape(character: str) -> str:
    """The escape of one character, in the hexadecimal notation of Python."""
    return (
        f"\\x{ord(character):02x}"
        if character.isascii()
        else character.encode("ascii", "backslashreplace").decode()
    )
