"""The three standard streams of the server process; only the protocol uses the first two.

Other code in the process reads an empty standard input, and what it prints is discarded. A write to
standard error never blocks, because many clients do not read it.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import queue
import select
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn, TextIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 65536
"""Bytes that are read at once."""
_FIRST_FREE = 3
"""The first file descriptor after those of the standard streams."""
_MAX_QUEUED = 256
"""Pieces of text that are queued for standard error; more are discarded."""
_DRAIN_TIME = 0.5
"""Seconds that the end of the process waits for standard error."""


class ProcessStreams:
    """Standard input and output for the protocol, and standard error for everything else.

    Attributes:
        input: standard input; empty after an error, such as a connection that was reset.
    """

    def __init__(self) -> None:
        self.input = io.BufferedReader(_Input(_take_over(0, os.O_RDONLY)), _CHUNK)
        self._out = _take_over(1, os.O_WRONLY)
        self._stderr = _NonBlockingWriter(2)
        sys.stderr = cast("TextIO", self._stderr)

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            OSError: it cannot be sent.
        """
        _write(self._out, data)

    def wait_until_unread(self) -> None:
        """Return when the output has no reader any more."""
        _poll(self._out, 0)  # errors and hang-ups are always reported

    def exit(self, code: int) -> NoReturn:
        """End the process at once, without waiting for its threads."""
        self.drain()
        os._exit(code)

    def exit_by_signal(self, number: int) -> None:
        """End the process by the default action of the signal `number`."""
        self.drain()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def drain(self) -> None:
        """Wait up to `_DRAIN_TIME` until standard error is written."""
        self._stderr.drain(_DRAIN_TIME)


class _Input(io.RawIOBase):
    """A stream whose reads wait for data, even if the descriptor does not block."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while True:
            try:
                return os.readv(self._descriptor, [buffer])
            except BlockingIOError:
                _poll(self._descriptor, select.POLLIN)
            except OSError:
                return 0


class _NonBlockingWriter(io.TextIOBase):
    """A text stream whose writes never block: a thread writes the queued text."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._queue: queue.Queue[str | threading.Event] = queue.Queue(_MAX_QUEUED)
        threading.Thread(target=self._write_queued, daemon=True).start()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(text)
        return len(text)

    def drain(self, seconds: float) -> None:
        """Wait until all queued text is written, `seconds` at most."""
        written = threading.Event()
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(written)
            written.wait(seconds)

    def _write_queued(self) -> None:
        while True:
            item = self._queue.get()
            if isinstance(item, threading.Event):
                item.set()
                continue
            with contextlib.suppress(OSError):
                _write(self._descriptor, item.encode("utf-8", "backslashreplace"))


def _take_over(descriptor: int, mode: int) -> int:
    """A duplicate of a standard stream, which is replaced by the null device."""
    null = os.open(os.devnull, mode)
    try:
        duplicate = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE)
    except OSError:  # the parent process closed it
        duplicate = os.open(os.devnull, mode)
    os.dup2(null, descriptor)
    return duplicate


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            _poll(descriptor, select.POLLOUT)


def _poll(descriptor: int, events: int) -> None:
    poll = select.poll()
    poll.register(descriptor, events)
    poll.poll()
