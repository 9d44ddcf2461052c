"""The connections of the server, of which strangers can hold only a few.

Every user of the machine can connect. Without a limit, somebody who opens connections and sends
nothing would use up the file descriptors, with which files are scanned too.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_STRANGERS = 64
"""Connections on which no request has been accepted; one more ends the oldest of them."""
BACKLOG = 32
"""Connections that wait to be opened. The event loop opens several times as many before it ends the
first; together they fit into 256 descriptors, the smallest usual limit of a process."""


class Connection(H11Protocol):
    """A connection, which is a stranger's until a request on it is accepted."""

    _strangers: dict[Connection, None]

    def accepted(self) -> None:
        """A request on this connection has been accepted."""
        self._strangers.pop(self, None)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See the base class; the oldest connection of a stranger may end."""
        super().connection_made(transport)
        self._strangers = self.app_state.setdefault("strangers", {})
        # Each request gets a copy of this as its scope's state.
        self.app_state = {"connection": self}
        self._strangers[self] = None
        if len(self._strangers) > MAX_STRANGERS:
            oldest = next(iter(self._strangers))
            del self._strangers[oldest]
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """See the base class."""
        super().connection_lost(exc)
        self._strangers.pop(self, None)
