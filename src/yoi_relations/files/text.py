"""The text of a source: UTF-8, without merge conflict markers and without unusual line ends."""

from __future__ import annotations

import re

from yoi_relations.files.source import SourceError

_CONFLICT = re.compile(rb"^(?:<{7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
_LINE_ENDS = ("\r", "\x85", "\u2028", "\u2029")
"""Line ends of YAML 1.1 that an editor may not show as such."""


def may_conflict(data: bytes) -> bool:
    """Whether `data` may hold a merge conflict marker; a fast test that excludes most files."""
    return b"<<<<<<<" in data or b">>>>>>>" in data or b"|||||||" in data


def refuse_conflict(data: bytes) -> None:
    """Refuse the marker of an unresolved merge.

    Raises:
        SourceError: `data` holds one; with its line.
    """
    if not may_conflict(data):
        return
    marker = _CONFLICT.search(data)
    if marker:
        line = data.count(b"\n", 0, marker.start()) + 1
        advice = "resolve the merge, or indent the line by a space if it only quotes a marker"
        raise SourceError(f"holds a merge conflict marker; {advice}", line)


def decode(data: bytes, first_line: int = 1) -> str:
    """`data` as text.

    Raises:
        SourceError: it is not UTF-8, or holds a NUL character; with the line.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = first_line + data.count(b"\n", 0, error.start)
        raise SourceError("is not UTF-8 text", line) from error
    if "\0" in text:
        line = first_line + text.count("\n", 0, text.index("\0"))
        raise SourceError("holds a NUL character", line)
    return text


def refuse_line_ends(text: str, first_line: int) -> None:
    """Refuse line ends that only YAML accepts: a value after one could hide in another line.

    `text` is a frontmatter, with CRLF replaced by LF, that starts on `first_line` of the file.

    Raises:
        SourceError: there is one; with its line.
    """
    if text.isascii() and "\r" not in text:
        return
    at = min((text.index(end) for end in _LINE_ENDS if end in text), default=None)
    if at is not None:
        character = f"{ascii(text[at])[1:-1]} (U+{ord(text[at]):04X})"
        line = first_line + text.count("\n", 0, at)
        raise SourceError(f"holds {character}; in a frontmatter, only LF and CRLF end a line", line)
