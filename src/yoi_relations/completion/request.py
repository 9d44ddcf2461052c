"""``relations completion run``, which the scripts call at each Tab key.

After any error it offers nothing: a message would be printed into the user's command line, and the
command itself will report the error when it is run.
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
"""Seconds; after that, nothing is offered."""


def write_candidates(words: list[str], line: str | None) -> None:
    """Print the candidates for the last of `words`, or for the end of `line` if that is given."""
    signal.signal(signal.SIGALRM, lambda *_: os._exit(ExitCode.DONE))
    signal.alarm(TIME_LIMIT)
    try:
        write_answer(lines(complete(words) if line is None else _complete_line(line)))
    except (RelationsError, OSError, SqliteError):
        pass
    finally:
        signal.alarm(0)


def _complete_line(line: str) -> list[Candidate]:
    import shlex  # noqa: PLC0415  # only bash sends a line

    words, is_quoted = split_line(line)
    found = complete(words)
    # After an open quote, a word that itself needs quoting could be read differently.
    return [c for c in found if shlex.quote(c.value) == c.value] if is_quoted else found


def split_line(line: str) -> tuple[list[str], bool]:
    """The words of a line, split as bash does, and whether a quote is open at its end.

    The program's name is left out. The last word is the one to complete; after a space it is empty.
    """
    import shlex  # noqa: PLC0415  # only bash sends a line

    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quote is still open
        return [*words, lexer.token][1:], True
    return [*words, ""][1:] if line[-1:].isspace() else words[1:], False
