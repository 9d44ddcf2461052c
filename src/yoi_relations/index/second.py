"""A second process that does a part of the work: a copy of this one, and a pipe to read it from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from yoi_relations.typed import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from typing import BinaryIO


class Second(NamedTuple):
    """A process that was started; read its answer from `reader`, then `end` it."""

    process: int
    reader: int

    def whole_answer(self) -> bytes:
        """All that it writes; then it is gone."""
        parts = list(iter(lambda: os.read(self.reader, 1 << 20), b""))
        self.end()
        return b"".join(parts)

    def end(self) -> None:
        """Close the pipe, at which it fails if it still writes, and wait until it is gone."""
        os.close(self.reader)
        try:  # noqa: SIM105  # contextlib costs start-up
            os.waitpid(self.process, 0)
        except ChildProcessError:
            pass  # where the caller ignores its children's ends, there is none to wait for


def start(answer: Callable[[BinaryIO], object]) -> Second | None:
    """A process that writes an answer; None where there can be none, or none would help.

    What it has not written when it ends, whatever the reason, is the caller's to do.
    """
    if not _may_help():
        return None
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


def _may_help() -> bool:
    """Whether there is a second core, and no other thread's locks would be copied along."""
    threads = sys.modules.get("threading")
    return len(os.sched_getaffinity(0)) > 1 and (threads is None or threads.active_count() == 1)


def _answer(writer: int, answer: Callable[[BinaryIO], object]) -> NoReturn:
    """In the second process: answer, and end without any of the first one's clean-up."""
    try:
        with open(writer, "wb") as file:
            answer(file)
    except BaseException:  # noqa: BLE001  # no whole answer: the first process does the work
        os._exit(1)
    os._exit(0)
