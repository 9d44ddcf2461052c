"""Shares numbered items of work with a forked child, and yields the results in order.

Both processes take the next number from one pipe, so that neither waits for the other. This process
does every item whose result the child does not send, because it failed or was killed.
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
from yoi_relations.lean.types import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import FileIO
    from typing import BinaryIO

MAX_ITEMS = 2000
"""The most items: their numbers fit into the smallest pipe of any system."""
_NUMBER = struct.Struct("=H")
_HEADER = struct.Struct("=HI")
"""Of one result: the number of the item, and the size of the result in bytes."""
_PIPE_SIZE = 1 << 20
"""Bytes of results that the child may be ahead, where the system allows it."""

Work = Callable[[int], Any]


def run_shared(work: Work, count: int) -> Generator[Any]:
    """Yield ``work(0)`` to ``work(count - 1)``, computed in two processes where that is possible.

    The results are values that `marshal` can write; `count` is at most `MAX_ITEMS`.
    """
    with contextlib.ExitStack() as stack:
        child = stack.enter_context(ForkedChild())
        try:
            queue = stack.enter_context(_new_queue(count))
        except OSError:  # the system has no pipe left
            is_started = False
        else:
            is_started = child.start(lambda file: _write_results(work, queue, file))
        if is_started:
            yield from _in_order(work, count, queue, _ChildResults(child.reader))
        else:
            yield from map(work, range(count))


def _new_queue(count: int) -> FileIO:
    """The numbers of the items that are not taken yet, in a pipe that both processes read."""
    reader, writer = os.pipe()
    with open(writer, "wb") as file:
        file.write(b"".join(map(_NUMBER.pack, range(count))))
    return open(reader, "rb", buffering=0)


def _take(queue: FileIO) -> int | None:
    """Take the next number; None if there is none left."""
    data = queue.read(_NUMBER.size)
    return _NUMBER.unpack(data)[0] if data else None


class _ChildResults:
    """The results that the child sends; none will come any more once this has `ended`."""

    def __init__(self, reader: int) -> None:
        self.ended = False
        self._reader = reader
        self._poll = select.poll()
        self._poll.register(reader)
        with contextlib.suppress(OSError, AttributeError):
            fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)

    def is_ready(self) -> bool:
        """Whether `next` would not wait: there is data, or the end."""
        return not self.ended and bool(self._poll.poll(0))

    def next(self) -> tuple[int, Any] | None:
        """Wait for the next result, and return it after its number; None at the end."""
        header = self._read(_HEADER.size)
        if header:
            number, size = _HEADER.unpack(header)
            body = self._read(size)
            if body:
                return number, marshal.loads(body)  # noqa: S302  # a fork of this process wrote it
        self.ended = True
        return None

    def _read(self, size: int) -> bytes:
        """Exactly `size` bytes; none if the pipe ends before."""
        parts = []
        while size and (part := os.read(self._reader, size)):
            parts.append(part)
            size -= len(part)
        return b"" if size else b"".join(parts)


def _write_results(work: Work, queue: FileIO, file: BinaryIO) -> None:
    """Do items and write their results; runs in the child."""
    while (number := _take(queue)) is not None:
        body = marshal.dumps(work(number))
        file.write(_HEADER.pack(number, len(body)) + body)
        file.flush()


def _in_order(work: Work, count: int, queue: FileIO, child: _ChildResults) -> Iterator[Any]:
    results: dict[int, Any] = {}
    for number in range(count):
        while number not in results:
            if child.ended:  # the child took this item and did not finish it
                results[number] = work(number)
            elif child.is_ready() or (taken := _take(queue)) is None:
                results.update(filter(None, [child.next()]))
            else:
                results[taken] = work(taken)
        yield results.pop(number)
