"""Writes to stdout and stderr: answers to stdout, notices and errors to stderr.

A closed pipe is not an error. Control characters in answers are escaped here.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable

from yoi_relations.errors import RelationsError, WriteError
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import StrEnum, TextIO

JSON_VERSION = 1
"""The version of the form of every JSON document."""

MIN_TABLE_WIDTH = 20
"""Columns that a table needs; a narrower terminal gets lines."""
_DEFAULT_WIDTH, _MAX_WIDTH = 80, 1000
"""Columns."""


class Mode(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"


def mode_of(*, as_json: bool, as_plain: bool) -> Mode:
    """The mode that the options ask for; by default a table on a terminal, otherwise lines."""
    if as_json:
        return Mode.JSON
    if as_plain or not sys.stdout.isatty() or terminal_width() < MIN_TABLE_WIDTH:
        return Mode.PLAIN
    return Mode.TABLE


def terminal_width() -> int:
    """Columns of the terminal, by ``COLUMNS`` if that is set and not 0, otherwise by stdout."""
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() else 0
    if width == 0:
        try:
            width = os.get_terminal_size(sys.stdout.fileno()).columns
        except (OSError, ValueError):  # not a terminal, or not a file
            width = 0
    return min(width or _DEFAULT_WIDTH, _MAX_WIDTH)


def prepare_streams() -> None:
    """Let stdout and stderr take any text: UTF-8 in pipes, escapes on a terminal that lacks it."""
    sys.stdout, sys.stderr = _buffered(sys.stdout), _buffered(sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _buffered(stream: TextIO | None) -> TextIO:
    """A stream that writes the whole text to `stream`, or fails.

    With ``PYTHONUNBUFFERED``, Python's own stream silently drops what the system does not accept at
    once.
    """
    if stream is None:  # the caller has closed it
        return _null_stream()
    if isinstance(getattr(stream, "buffer", None), io.RawIOBase):
        return open(stream.fileno(), "w", encoding=stream.encoding, closefd=False)
    return stream


def _null_stream() -> TextIO:
    """A stream that discards everything; without a null device it is in memory, never a file."""
    try:
        return open(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    except OSError:
        return io.StringIO()


def write_answer(text: str) -> None:
    """Write a whole answer to stdout; a closed pipe is not an error.

    Raises:
        WriteError: stdout cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        raise WriteError(f"standard output: cannot be written: {error.strerror}") from error


def _silence(stream: TextIO) -> None:
    """Discard the rest of `stream`, so that closing it at exit does not fail."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # the rest stays unwritten at exit
        return
    os.dup2(null, stream.fileno())
    os.close(null)


def json_line(value: object) -> str:
    """`value` as one line of JSON, in which control characters are escaped."""
    text = json_text(value)
    # No control character is printable, and to search for each costs as much as a query.
    if not text.isprintable():
        for code in _escapes():
            text = text.replace(chr(code), f"\\u{code:04x}")
    return f"{text}\n"


def notice(message: str, mode: Mode) -> None:
    """Write a notice to stderr."""
    if mode is Mode.JSON:
        _write_stderr(json_line({"level": "notice", "message": message}))
    else:
        _write_stderr(visible_lines([message]))


def report_error(error: RelationsError, mode: Mode) -> None:
    """Write an error to stderr."""
    if mode is Mode.JSON:
        value = {"code": error.code, "message": error.message, "hint": error.hint}
        _write_stderr(json_line({"schema_version": JSON_VERSION, "error": value}))
        return
    hint_lines = [f"hint: {error.hint}"] if error.hint else []
    _write_stderr(visible_lines([f"error: {error.message}", *hint_lines]))


def _write_stderr(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def visible_lines(lines: Iterable[str]) -> str:
    """Each of `lines`, made `visible`, and a newline."""
    return "".join(f"{visible(line)}\n" for line in lines)


def visible(text: str) -> str:
    """`text` on one line, with control characters escaped, so that none acts on a terminal."""
    return text if text.isprintable() else text.translate(_escapes())


def plain_field(text: str) -> str:
    """`text` as a tab-separated field: `visible`, and reversible, as backslashes are escaped."""
    return visible(text.replace("\\", "\\\\"))


_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))
"""C0, DEL, C1, line separators and bidirectional control characters."""
_escaped: dict[int, str] = {}


def _escapes() -> dict[int, str]:
    """Each control character with its escape; made at the first use, because most text has none."""
    if not _escaped:
        for code in _CONTROLS:
            _escaped[code] = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004  # the end of Latin-1
        _escaped.update({ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"})
    return _escaped
