"""``relations completion run``: what the scripts call with each key that is pressed.

Whatever goes wrong, there is nothing to offer: an error would stand in a half-written line, and
meets the command too once it is sent off.
"""

from __future__ import annotations

import os
import signal

from yoi_relations.completion.candidates import Candidate, lines
from yoi_relations.completion.next_word import complete
from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.lean.sqlite import SqliteError
from yoi_relations.render.output import write_answer

TIME_LIMIT = 3
"""Seconds that somebody who pressed a key may be kept waiting; then nothing is offered."""


def answer(words: list[str], line: str | None) -> None:
    """Print what the last of `words` could become, or what stands at the end of `line`."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(TIME_LIMIT)
    try:
        write_answer(lines(complete(words) if line is None else _at_the_end(line)))
    except (RelationsError, OSError, SqliteError):
        pass
    finally:
        signal.alarm(0)


def _at_the_end(line: str) -> list[Candidate]:
    import shlex  # noqa: PLC0415  # only bash sends a line

    words, is_quoted = split_line(line)
    # Behind an open quote, only what needs none is sure to be read as it stands.
    return [one for one in complete(words) if not is_quoted or shlex.quote(one.value) == one.value]


def split_line(line: str) -> tuple[list[str], bool]:
    """The words of a line behind the program's, as bash splits it, and whether a quote is open.

    The last word is the one to complete; behind a space, it is empty.
    """
    import shlex  # noqa: PLC0415  # as above

    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quote that is still open: the last word goes on
        return [*words, lexer.token][1:], True
    return [*words, ""][1:] if line[-1:].isspace() else words[1:], False


def _give_up(_signal: int, _frame: object) -> None:
    os._exit(ExitCode.DONE)
