"""The three streams of the server's process: only the protocol may use the first two.

Whatever else in the process reads standard input finds its end, and what it prints is dropped.
Standard error never makes anything wait: many clients do not read it.
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
from typing import NoReturn, TextIO, cast

_CHUNK = 65536
"""Bytes that are read at once."""
_ABOVE_STANDARD = 3
"""The first file descriptor that is not one of the three."""
_MOST_WAITING = 256
"""Pieces of text that wait for a reader of standard error; more are dropped."""
_LAST_WORDS = 0.5
"""Seconds in which standard error has to take what was written, when the process ends."""


class ProcessStreams:
    """Standard input and output for the protocol; and standard error, for everything else."""

    def __init__(self) -> None:
        self._in = _taken(0, os.O_RDONLY)
        self._out = _taken(1, os.O_WRONLY)
        self._stderr = _NonBlockingWriter(2)
        sys.stderr = cast("TextIO", self._stderr)

    def read(self) -> bytes:
        """The bytes that come in next; none at the end of the input."""
        while True:
            try:
                return os.read(self._in, _CHUNK)
            except BlockingIOError:
                _wait(self._in, select.POLLIN)
            except OSError:
                return b""  # the connection was reset, for example

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            OSError: it cannot be sent.
        """
        _write(self._out, data)

    def wait_until_unread(self) -> None:
        """Return when nobody can read the output any more."""
        _wait(self._out, 0)  # what ends a connection is reported without being asked for

    def leave(self, code: int) -> NoReturn:
        """End the process at once, whatever its threads are doing."""
        self.drain()
        os._exit(code)

    def die(self, number: int) -> None:
        """End the process as the signal `number` does where nothing handles it."""
        self.drain()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def drain(self) -> None:
        """Give standard error a moment to take what was written."""
        self._stderr.drain(_LAST_WORDS)


class _NonBlockingWriter(io.TextIOBase):
    """A stream into which writing never blocks: a thread passes on what is written."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._waiting: queue.Queue[str | threading.Event] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._pass_on, daemon=True).start()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(text)
        return len(text)

    def drain(self, seconds: float) -> None:
        """Wait until all is passed on, for so many seconds at most."""
        passed = threading.Event()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(passed)
            passed.wait(seconds)

    def _pass_on(self) -> None:
        while True:
            one = self._waiting.get()
            if isinstance(one, threading.Event):
                one.set()
                continue
            with contextlib.suppress(OSError):
                _write(self._descriptor, one.encode("utf-8", "backslashreplace"))


def _taken(descriptor: int, mode: int) -> int:
    """A standard stream under a number of its own; the null device takes its place."""
    null = os.open(os.devnull, mode)
    try:
        own = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _ABOVE_STANDARD)
    except OSError:  # whoever started the process has closed it
        own = os.open(os.devnull, mode)
    os.dup2(null, descriptor)
    return own


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            _wait(descriptor, select.POLLOUT)


def _wait(descriptor: int, events: int) -> None:
    poll = select.poll()
    poll.register(descriptor, events)
    poll.poll()
