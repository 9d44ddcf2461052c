"""The way out: an answer to stdout, everything else to stderr, a closed pipe without a sound."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from yoi_relations.errors import RelationsError, WriteError
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import StrEnum, TextIO

SCHEMA_VERSION = 1
"""Of every JSON document."""


LEAST_WIDTH = 20
"""Columns that a table needs; below, lines are the answer."""
_USUAL_WIDTH, _MOST_WIDTH = 80, 1000


class Mode(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"


def mode_of(*, as_json: bool, as_plain: bool) -> Mode:
    """What the options ask for; without any, what stdout is: a table needs room for its words."""
    if as_json:
        return Mode.JSON
    if as_plain or not sys.stdout.isatty() or terminal_width() < LEAST_WIDTH:
        return Mode.PLAIN
    return Mode.TABLE


def terminal_width() -> int:
    """Columns of the terminal behind stdout, or as ``COLUMNS`` says; 0 counts as not given."""
    said = os.environ.get("COLUMNS", "")
    width = int(said) if said.isdecimal() else 0
    if width == 0:
        try:
            width = os.get_terminal_size(sys.stdout.fileno()).columns
        except (OSError, ValueError):  # it is not a terminal, or not a file
            width = 0
    return min(width or _USUAL_WIDTH, _MOST_WIDTH)


def prepare_streams() -> None:
    """Make both streams take any text: UTF-8 into pipes, escapes where a terminal has no sign."""
    sys.stdout, sys.stderr = _whole(sys.stdout), _whole(sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _whole(stream: TextIO | None) -> TextIO:
    """A stream that takes all that is written into `stream`, or fails.

    With ``PYTHONUNBUFFERED``, Python's own drops in silence what the system does not take at once.
    """
    if stream is None:  # the caller has closed it
        return _nowhere()
    if isinstance(getattr(stream, "buffer", None), io.RawIOBase):
        return open(stream.fileno(), "w", encoding=stream.encoding, closefd=False)
    return stream


def _nowhere() -> TextIO:
    """A stream for what nobody reads; on a system without a null device, no file is made of it."""
    try:
        return open(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    except OSError:
        return io.StringIO()


def write_answer(text: str) -> None:
    """Write a whole answer to stdout; a reader that has gone is no error.

    Raises:
        WriteError: stdout does not take it.
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
    """Send what is left of `stream` nowhere, so that nothing complains at exit."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # the process ends with what is left unwritten
        return
    os.dup2(null, stream.fileno())
    os.close(null)


def json_line(value: object) -> str:
    """`value` as one line of JSON, without characters that could act on a terminal."""
    text = json_text(value)
    # None of the signs is printable, and to look for each costs as much as a query.
    if not text.isprintable():
        for code in _escapes():
            text = text.replace(chr(code), f"\\u{code:04x}")
    return f"{text}\n"


def notice(message: str, mode: Mode, more: Sequence[str] = ()) -> None:
    """Tell something beside the answer, on stderr; `more` are lines below it."""
    if mode is Mode.JSON:
        whole = "\n".join([message, *more])
        _complain(json_line({"level": "notice", "message": whole}))
    else:
        _complain("".join(f"{visible(line)}\n" for line in (message, *more)))


def report_error(error: RelationsError, mode: Mode, more: Sequence[str] = ()) -> None:
    """Tell on stderr why there is no answer; `more` are lines below the hint."""
    if mode is Mode.JSON:
        hint = "\n".join([error.hint, *more]) if error.hint else None
        said = {"code": error.code, "message": error.message, "hint": hint}
        _complain(json_line({"schema_version": SCHEMA_VERSION, "error": said}))
        return
    below = [f"hint: {error.hint}", *more] if error.hint else []
    _complain("".join(f"{visible(line)}\n" for line in (f"error: {error.message}", *below)))


def visible(text: str) -> str:
    """`text` on one line, with every control character written out, so that none can act."""
    return text if text.isprintable() else text.translate(_escapes())


def plain_field(text: str) -> str:
    """`text` as a field between tabs: like `visible`, and so that it can be undone."""
    return visible(text.replace("\\", "\\\\"))


_CONTROLS = (
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
)
"""C0, DEL, C1, line separators and the signs that reverse the direction of text."""
_escaped: dict[int, str] = {}


def _escapes() -> dict[int, str]:
    """What is written in place of each of them; made when some text needs it, as most does not."""
    if not _escaped:
        for code in _CONTROLS:
            _escaped[code] = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004
        _escaped.update({ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"})
    return _escaped


def _complain(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)
