"""A network between a client and a PostgreSQL server: it takes time, counts, and can be cut."""

from __future__ import annotations

import contextlib
import queue
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from yoi_relations.server.connection import connect

_SOCKET = ".s.PGSQL.5432"
"""The name of the socket of a server with the usual port."""
_CHUNK = 1 << 16


class NetworkProxy:
    """A socket that leads to the socket of a server.

    Args:
        database: the URL of a database of the server.
        delay: seconds that bytes take in each direction.
        cuts: after how many bytes of the client each connection is cut, in the order in which they
            are opened; later ones are not cut.
    """

    def __init__(self, database: str, delay: float, cuts: Iterable[int]) -> None:
        values = conninfo_to_dict(database)
        self._server = f"{values['host']}/.s.PGSQL.{values['port']}"
        # The path of a socket must be short, and nobody else may connect.
        self._folder = tempfile.TemporaryDirectory(prefix="pg-")
        host = quote(self._folder.name, safe="")
        self.url = f"postgresql://{values['user']}@/{values['dbname']}?host={host}"
        self._delay = delay
        self._cuts = list(cuts)
        self.round_trips = 0
        """How often the server has answered what a client had sent."""
        self.sent = 0
        """Bytes of the client that have passed."""
        self.was_cut = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self._folder.name}/{_SOCKET}")
        self._listener.listen()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        """End all connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for each in self._open:
            _shut(each)
        for thread in self._threads:
            thread.join()
        for each in (self._listener, *self._open):
            each.close()
        self._folder.cleanup()

    def _start(self, function: object, *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments)  # type: ignore[arg-type]  # any
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                self._open += [client, server]
                server.connect(self._server)
                _Connection(self, client, server)

    def cut_of_next(self) -> int | None:
        """After how many bytes the next connection is cut, or None."""
        return self._cuts.pop(0) if self._cuts else None

    def pump(self, source: socket.socket, target: socket.socket, connection: _Connection) -> None:
        """Pass bytes on in one direction, each after the delay, in threads of their own."""
        under_way: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self._start(self._receive, source, connection, under_way)
        self._start(self._send, target, under_way)

    def _receive(
        self,
        source: socket.socket,
        connection: _Connection,
        under_way: queue.Queue[tuple[float, bytes]],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                passed, is_cut = connection.passes(source, data)
                under_way.put((time.monotonic() + self._delay, passed))
                if is_cut:
                    self.was_cut += 1
                    _shut(source)
                    break
        under_way.put((time.monotonic() + self._delay, b""))

    @staticmethod
    def _send(target: socket.socket, under_way: queue.Queue[tuple[float, bytes]]) -> None:
        while True:
            due, data = under_way.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if not data:
                _shut(target)
                return
            with contextlib.suppress(OSError):  # it has gone; what is left is dropped
                target.sendall(data)


class _Connection:
    """One connection: who sent last, and how many bytes of the client have passed."""

    def __init__(self, proxy: NetworkProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._left = proxy.cut_of_next()
        self._asked = False
        self._lock = threading.Lock()
        proxy.pump(client, server, self)
        proxy.pump(server, client, self)

    def passes(self, source: socket.socket, data: bytes) -> tuple[bytes, bool]:
        """What passes of `data`, and whether the connection is cut after it."""
        with self._lock:
            if source is not self._client:
                self._proxy.round_trips += self._asked
                self._asked = False
                return data, False
            self._asked = True
            passed = data[: self._left]
            self._proxy.sent += len(passed)
            if self._left is None:
                return data, False
            self._left -= len(passed)
            return passed, self._left == 0


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is shut already
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def network(
    database: str, *, delay: float = 0.0, cuts: Iterable[int] = ()
) -> Iterator[NetworkProxy]:
    """A network to the server of a database; parameters as of `NetworkProxy`."""
    proxy = NetworkProxy(database, delay, cuts)
    try:
        yield proxy
    finally:
        proxy.close()


def round_trips(database: str, delay: float, ask: Callable[[str], object]) -> int:
    """How often what `ask` does waits for the server, apart from connecting, which it does once.

    Without a delay, the server would answer a part of what is sent together.
    """
    with network(database, delay=delay) as proxy:
        with connect(proxy.url):
            pass
        connecting = proxy.round_trips
        ask(proxy.url)
    return proxy.round_trips - 2 * connecting
