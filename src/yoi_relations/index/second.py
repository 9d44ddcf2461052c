"""A second process that does a part of the work: a copy of this one, and a pipe to read it from."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from yoi_relations.typed import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from typing import BinaryIO


class Second(NamedTuple):
    """A process that was started; read its answer, close `reader`, and wait for its end."""

    process: int
    reader: int


def start(answer: Callable[[BinaryIO], None]) -> Second | None:
    """A process that writes an answer; None where there can be none.

    What it has not written when it ends, whatever the reason, is the caller's to do.
    """
    try:
        reader, writer = os.pipe()
    except OSError:
        return None
    try:
        process = os.fork()
    except OSError:
        os.close(reader)
        os.close(writer)
        return None
    if process == 0:
        os.close(reader)
        _answer(writer, answer)
    os.close(writer)
    return Second(process, reader)


def end_of(second: Second) -> None:
    """Wait until it is gone."""
    # Where the caller ignores its children's ends, there is none to wait for.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(second.process, 0)


def _answer(writer: int, answer: Callable[[BinaryIO], None]) -> NoReturn:
    """In the second process: answer, and end without any of the first one's clean-up."""
    try:
        with open(writer, "wb") as file:
            answer(file)
    except BaseException:  # noqa: BLE001  # no whole answer: the first process does the work
        os._exit(1)
    os._exit(0)
