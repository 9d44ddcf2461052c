"""Shares numbered pieces of work with a second process, and gives their results in order.

Both take the next number out of one pipe, so that neither waits for the other. Whatever the second
does not deliver, because it failed or was killed, the first does.
"""

from __future__ import annotations

import contextlib
import fcntl
import marshal
import os
import select
import struct
from collections.abc import Callable, Generator, Iterator

from yoi_relations.index.forked_child import ForkedChild
from yoi_relations.lean.types import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from typing import BinaryIO

MOST = 2000
"""Pieces that can be shared: their numbers fit into the smallest pipe there is."""
_NUMBER = struct.Struct("=H")
_HEAD = struct.Struct("=HI")
_PIPE_SIZE = 1 << 20
"""Bytes of results that the second process may be ahead, where the system allows it."""

Work = Callable[[int], Any]


def shared(work: Work, count: int) -> Generator[Any]:
    """The results of ``work(0)`` to ``work(count - 1)``, made in two processes where that can be.

    Args:
        work: makes one result, of plain values alone.
        count: how many there are, at most `MOST`.
    """
    with contextlib.ExitStack() as stack:
        second = stack.enter_context(ForkedChild())
        try:
            numbers = stack.enter_context(_Numbers(count))
        except OSError:  # no pipe to be had
            started = False
        else:
            started = second.start(lambda file: _deliver(work, numbers, file))
        if started:
            yield from _in_order(work, count, numbers, _Deliveries(second.reader))
        else:
            yield from map(work, range(count))


class _Numbers:
    """The numbers that nobody has taken yet, in a pipe that both processes read."""

    def __init__(self, count: int) -> None:
        self._reader, writer = os.pipe()
        with open(writer, "wb") as file:
            file.write(b"".join(map(_NUMBER.pack, range(count))))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._reader)

    def take(self) -> int | None:
        """The next number, now taken; None where there is none left."""
        data = os.read(self._reader, _NUMBER.size)
        return _NUMBER.unpack(data)[0] if data else None


class _Deliveries:
    """What comes from the second process, through the pipe that is read at `reader`."""

    def __init__(self, reader: int) -> None:
        self._reader = reader
        self._poll = select.poll()
        self._poll.register(reader)
        self.ended = False
        with contextlib.suppress(OSError, AttributeError):
            fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)

    def waiting(self) -> bool:
        """Whether something has come, be it the end."""
        return not self.ended and bool(self._poll.poll(0))

    def next(self) -> tuple[int, Any] | None:
        """A number and its result, waited for; None where no more will come."""
        head = self._exactly(_HEAD.size)
        if head:
            number, size = _HEAD.unpack(head)
            body = self._exactly(size)
            if body:
                return number, marshal.loads(body)  # noqa: S302  # our own process wrote it
        self.ended = True
        return None

    def _exactly(self, size: int) -> bytes:
        """So many bytes, or none where they do not come."""
        parts = []
        while size and (part := os.read(self._reader, size)):
            parts.append(part)
            size -= len(part)
        return b"" if size else b"".join(parts)


def _deliver(work: Work, numbers: _Numbers, file: BinaryIO) -> None:
    """In the second process: make results and write them."""
    for number in iter(numbers.take, None):
        body = marshal.dumps(work(number))
        file.write(_HEAD.pack(number, len(body)) + body)
        file.flush()


def _in_order(work: Work, count: int, numbers: _Numbers, delivered: _Deliveries) -> Iterator[Any]:
    results: dict[int, Any] = {}
    for number in range(count):
        while number not in results:
            if delivered.ended:  # and what it had taken is lost
                results[number] = work(number)
            elif delivered.waiting() or (mine := numbers.take()) is None:
                results.update(filter(None, [delivered.next()]))
            else:
                results[mine] = work(mine)
        yield results.pop(number)
