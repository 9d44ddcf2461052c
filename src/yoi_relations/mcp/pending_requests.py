"""What was asked and is not answered yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import anyio
from mcp_types import JSONRPCError, JSONRPCResponse

Id = str | int
Answer = JSONRPCResponse | JSONRPCError


class Batch:
    """Requests that came together; their answers go together.

    Attributes:
        open: how many of its messages are not dealt with; one more until all are read.
        answers: those that there are.
    """

    def __init__(self) -> None:
        self.open = 1
        self.answers: list[Answer] = []


class PendingRequest(NamedTuple):
    """A request that is open.

    Attributes:
        id: as the client wrote it.
        batch: what it came in, where it did not come alone.
    """

    id: Id
    batch: Batch | None


class PendingRequests:
    """The requests of the client.

    Attributes:
        ending: whether the process ends, so that nothing may begin to write.
    """

    def __init__(self) -> None:
        self.ending = False
        self._changed = anyio.Event()
        self._open: dict[Id, deque[PendingRequest]] = {}
        self._unwritten = 0
        self._writing: set[Id] = set()
        self._cancelled: set[Id] = set()

    def note(self, request: PendingRequest) -> None:
        """A request was read."""
        key = id_key(request.id)
        self._open.setdefault(key, deque()).append(request)
        self._cancelled.discard(key)
        self.expect()
        if request.batch is not None:
            request.batch.open += 1

    def expect(self) -> None:
        """One answer more has to be written."""
        self._unwritten += 1

    def begin_write(self, id_: Id) -> bool:
        """Whether this call may write; then it is not cancelled any more."""
        key = id_key(id_)
        if self.ending or key in self._cancelled:
            return False
        self._writing.add(key)
        return True

    def cancel(self, id_: Id) -> bool:
        """Whether this call may be cancelled; then it does not begin to write any more."""
        key = id_key(id_)
        if key in self._writing:
            return False
        if key in self._open:
            self._cancelled.add(key)
        return True

    def close(self, id_: Id) -> PendingRequest | None:
        """The oldest request of that id, which is open no longer; None where there is not any."""
        key = id_key(id_)
        requests = self._open.get(key)
        if requests is None:
            return None
        request = requests.popleft()
        if not requests:
            del self._open[key]
        return request

    def settle(self, id_: Id | None) -> None:
        """An answer is written, or will never be."""
        self._unwritten -= 1
        if id_ is not None:
            self._writing.discard(id_key(id_))
        self.tell()

    def tell(self) -> None:
        """Have those who wait look again."""
        self._changed.set()
        self._changed = anyio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked at whenever an answer was written."""
        while not condition():
            await self._changed.wait()

    def all_written(self) -> bool:
        """Whether everything that was read is answered."""
        return not self._unwritten

    def none_writes(self) -> bool:
        """Whether no call has begun to write that is not answered."""
        return not self._writing

    def rest(self) -> list[PendingRequest]:
        """The requests that are open."""
        return [request for requests in self._open.values() for request in requests]


def id_key(id_: Id) -> Id:
    """An id as the SDK tells them apart: "7" is 7."""
    try:
        return int(id_)
    except ValueError:
        return id_
