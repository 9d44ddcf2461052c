"""A forked child that does a part of the work, and a pipe to read its output from.

The child has ended when the ``with`` statement ends, also after an interrupt.
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
    # `signal` wraps this module, and imports `enum`, which costs start-up.
    import _signal as signal


class ForkedChild:
    """A child process that is not started yet; use it in a ``with`` statement.

    Attributes:
        reader: descriptor of the pipe to read its output from; -1 before the start.
    """

    def __init__(self) -> None:
        self.reader = -1
        self._process = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._process:
            return
        os.close(self.reader)  # a child that still writes fails now
        try:  # noqa: SIM105  # contextlib costs start-up
            os.waitpid(self._process, 0)
        except ChildProcessError:
            pass  # a caller that ignores SIGCHLD has no child to wait for

    def start(self, write_output: Callable[[BinaryIO], object]) -> bool:
        """Start the child, which calls `write_output` and ends.

        The caller has to do whatever work has no output in the end.

        Returns:
            False where no child can be started, or one would not help.
        """
        if not _can_help():
            return False
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        try:
            # A signal handler could raise between the fork and the assignment of its result. Then
            # the parent would forget the child, or the child would continue as the parent.
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            self._fork(write_output, mask)
        except OSError:
            return False
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return True

    def read_all(self) -> bytes:
        """Wait for the child, and return all its output; nothing where it was not started."""
        if not self._process:
            return b""
        return b"".join(iter(lambda: os.read(self.reader, 1 << 20), b""))

    def _fork(self, write_output: Callable[[BinaryIO], object], mask: set[int]) -> None:
        reader, writer = os.pipe()
        try:
            process = os.fork()
        except OSError:
            os.close(reader)
            os.close(writer)
            raise
        if process == 0:
            os.close(reader)
            _run_child(writer, write_output, mask)
        os.close(writer)
        self.reader, self._process = reader, process


def _can_help() -> bool:
    """Whether there is a second core, and no other thread whose locks the fork would copy."""
    threads = sys.modules.get("threading")
    return len(os.sched_getaffinity(0)) > 1 and (threads is None or threads.active_count() == 1)


def _run_child(writer: int, write_output: Callable[[BinaryIO], object], mask: set[int]) -> NoReturn:
    """Write the output, and end without the clean-up that is the parent's."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with open(writer, "wb") as file:
            write_output(file)
    except BaseException:  # noqa: BLE001  # the output is incomplete, so the parent does the work
        os._exit(1)
    os._exit(0)
