"""A second process that does a part of the work: a copy of this one, and a pipe to read it from.

Whatever comes between, an interrupt included, it is gone when the ``with`` statement ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from yoi_relations.lean.types import TYPE_CHECKING, NoReturn, Self

if TYPE_CHECKING:
    import signal
    from typing import BinaryIO
else:
    # What `signal` is made of: that one imports enum, which costs start-up.
    import _signal as signal


class ForkedChild:
    """A process that is yet to be started; use it in a ``with`` statement.

    Attributes:
        reader: the end of the pipe that its answer is read from, once it is started.
    """

    def __init__(self) -> None:
        self.reader = -1
        self._process = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._process:
            return
        os.close(self.reader)  # at which it fails if it still writes
        try:  # noqa: SIM105  # contextlib costs start-up
            os.waitpid(self._process, 0)
        except ChildProcessError:
            pass  # where the caller ignores its children's ends, there is none to wait for

    def start(self, answer: Callable[[BinaryIO], object]) -> bool:
        """Have it write an answer; False where there can be no such process, or none would help.

        What it has not written when it ends, whatever the reason, is the caller's to do.
        """
        if not _may_help():
            return False
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        try:
            # Between the fork and the note of it, a handler could raise: in the first process,
            # which would forget the second, and in the second, which would go on as the first.
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            self._fork(answer, before)
        except OSError:
            return False
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return True

    def whole_answer(self) -> bytes:
        """All that it writes; nothing where it was not started."""
        if not self._process:
            return b""
        return b"".join(iter(lambda: os.read(self.reader, 1 << 20), b""))

    def _fork(self, answer: Callable[[BinaryIO], object], mask: set[int]) -> None:
        reader, writer = os.pipe()
        try:
            process = os.fork()
        except OSError:
            os.close(reader)
            os.close(writer)
            raise
        if process == 0:
            os.close(reader)
            _answer(writer, answer, mask)
        os.close(writer)
        self.reader, self._process = reader, process


def _may_help() -> bool:
    """Whether there is a second core, and no other thread's locks would be copied along."""
    threads = sys.modules.get("threading")
    return len(os.sched_getaffinity(0)) > 1 and (threads is None or threads.active_count() == 1)


def _answer(writer: int, answer: Callable[[BinaryIO], object], mask: set[int]) -> NoReturn:
    """In the second process: answer, and end without any of the first one's clean-up."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with open(writer, "wb") as file:
            answer(file)
    except BaseException:  # noqa: BLE001  # no whole answer: the first process does the work
        os._exit(1)
    os._exit(0)
