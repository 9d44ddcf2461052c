"""The requests of the client that are not answered yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import anyio
from mcp_types import JSONRPCError, JSONRPCResponse

Id = str | int
Response = JSONRPCResponse | JSONRPCError


class Batch:
    """Requests that came in one array; their responses are sent in one array.

    Attributes:
        unfinished: how many of its messages are not finished; plus 1 until all are read.
        responses: the responses so far.
    """

    def __init__(self) -> None:
        self.unfinished = 1
        self.responses: list[Response] = []


class PendingRequest(NamedTuple):
    """A request that is not answered yet, and the batch that it came in."""

    id: Id  # as the client sent it
    batch: Batch | None


class PendingRequests:
    """All requests that are not answered yet.

    Attributes:
        shutting_down: whether the process ends, so that no call may begin to write.
    """

    def __init__(self) -> None:
        self.shutting_down = False
        self._changed = anyio.Event()
        self._open: dict[Id, deque[PendingRequest]] = {}
        self._unsent = 0
        self._writing: set[Id] = set()
        self._cancelled: set[Id] = set()

    def add(self, request: PendingRequest) -> None:
        """Add a request that was read."""
        key = id_key(request.id)
        self._open.setdefault(key, deque()).append(request)
        self._cancelled.discard(key)
        self.add_unsent_response()
        if request.batch is not None:
            request.batch.unfinished += 1

    def add_unsent_response(self) -> None:
        """Count one more response that must be sent."""
        self._unsent += 1

    def begin_write(self, id_: Id) -> bool:
        """Whether this call may write; if so, it can no longer be cancelled."""
        key = id_key(id_)
        if self.shutting_down or key in self._cancelled:
            return False
        self._writing.add(key)
        return True

    def cancel(self, id_: Id) -> bool:
        """Whether this call may be cancelled; if so, it can no longer begin to write."""
        key = id_key(id_)
        if key in self._writing:
            return False
        if key in self._open:
            self._cancelled.add(key)
        return True

    def remove(self, id_: Id) -> PendingRequest | None:
        """Remove and return the oldest request with this id; None if there is none."""
        key = id_key(id_)
        requests = self._open.get(key)
        if requests is None:
            return None
        request = requests.popleft()
        if not requests:
            del self._open[key]
        return request

    def mark_sent(self, id_: Id | None) -> None:
        """Record that a response was sent, or will never be sent."""
        self._unsent -= 1
        if id_ is not None:
            self._writing.discard(id_key(id_))
        self._changed.set()
        self._changed = anyio.Event()

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` is true; it is checked after every response."""
        while not condition():
            await self._changed.wait()

    def all_sent(self) -> bool:
        """Whether every request that was read is answered."""
        return not self._unsent

    def none_writing(self) -> bool:
        """Whether every call that began to write is answered."""
        return not self._writing

    def all(self) -> list[PendingRequest]:
        """All requests."""
        return [request for requests in self._open.values() for request in requests]


def id_key(id_: Id) -> Id:
    """An id as the SDK compares ids: "7" equals 7."""
    try:
        return int(id_)
    except ValueError:
        return id_
