"""Listens on a loopback address, and serves the page until it is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import tempfile
import webbrowser
from collections.abc import Iterator

import uvicorn
from sse_starlette.sse import AppStatus

from yoi_relations.call import Call, Origin
from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.index.handle import Trust
from yoi_relations.render.serve import write_address
from yoi_relations.serve.access import Access
from yoi_relations.serve.app import make_app
from yoi_relations.serve.connections import BACKLOG, Connection
from yoi_relations.serve.live_page import DatabasePage, FilesPage, LivePage, ScanSignal

HOST = "127.0.0.1"
_GRACE_SECONDS = 1
"""Seconds that open responses get at the end."""
_REDIRECT = '<!doctype html><meta http-equiv="refresh" content="0; url={url}">\n'


def serve(call: Call, origin: Origin, port: int, *, open_browser: bool) -> ExitCode:
    """Serve the page of a workspace, or of a database, until an interrupt.

    Args:
        call: the options of the command.
        origin: what the page shows.
        port: to listen on; 0 for any that is free.
        open_browser: whether to open the address in a browser.

    Raises:
        RelationsError: the port is in use, or the first scan fails.
        KeyboardInterrupt: it was interrupted.
    """
    with _listening(port) as listener:
        port = listener.getsockname()[1]
        access = Access(port)
        live: LivePage
        if origin.database is None:
            live = FilesPage(call.workspace(), call.trust or Trust.STAT, call.notify)
        else:
            live = DatabasePage(lambda: call.open_catalog(origin, quiet=True), call.notify)
        address = f"http://{HOST}:{port}/?token={access.token}"
        write_address(call.mode, address)
        with _browser(address) if open_browser else contextlib.nullcontext():
            asyncio.run(_serve(live, access, listener))
    return ExitCode.DONE


async def _serve(live: LivePage, access: Access, listener: socket.socket) -> None:
    signal = ScanSignal()
    app = make_app(live, access, lambda: signal)
    config = uvicorn.Config(
        app,
        http=Connection,
        backlog=BACKLOG,
        ws="none",
        lifespan="off",
        log_config=None,
        # Strangers could write warnings into the terminal of the person who runs the server.
        log_level="error",
        # The access log would hold the token.
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    # Streams end by themselves, before their tasks would be cancelled.
    AppStatus.enable_automatic_graceful_drain = False
    live.start(signal.set)
    try:
        await _Server(config, signal).serve(sockets=[listener])
    finally:
        live.stop()


class _Server(uvicorn.Server):
    """A server that ends the streams of events when it shuts down."""

    def __init__(self, config: uvicorn.Config, signal: ScanSignal) -> None:
        super().__init__(config)
        self._signal = signal

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._signal.end()
        await super().shutdown(sockets)


def _listening(port: int) -> socket.socket:
    """A socket that listens on `port` of the loopback address.

    Raises:
        RelationsError: it cannot listen there.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "not a port"
        raise RelationsError(
            f"{HOST}:{port}: cannot listen: {reason}", "leave out --port to take any free port"
        ) from error
    return listener


@contextlib.contextmanager
def _browser(address: str) -> Iterator[None]:
    """Open `address` in a browser, through a file that only this user can read.

    On the command line of the browser, every user of the machine could read the token.
    """
    descriptor, path = tempfile.mkstemp(prefix="relations-", suffix=".html")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(_REDIRECT.format(url=address))
        webbrowser.open(f"file://{path}")
        yield
    finally:
        os.unlink(path)
