"""Runs `relations serve` in its own process, and sends requests to it."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Mapping
from email.message import Message
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from watch_process import TIMEOUT, Stream, start_program
from workspace_builder import Workspace

Headers = Mapping[str, str | None]
"""A header with the value None is not sent."""


class Response(NamedTuple):
    """A response that has been read."""

    status: int
    headers: Message
    body: bytes


class Server:
    """A process of `relations serve`, which ends with the context.

    Attributes:
        first_line: what it has printed.
        address: of the page, with the secret.
        port: of the address.
        first: path and query of the address.
    """

    def __init__(self, workspace: Workspace, *options: str, **environ: str) -> None:
        self.process = start_program(workspace, "serve", *options, environ=environ)
        assert self.process.stdout
        self.err = Stream(self.process.stderr)
        self.first_line = self.process.stdout.readline()
        self.out = Stream(self.process.stdout)

    def __enter__(self) -> Self:
        assert self.first_line, self.err.rest()
        line = self.first_line
        self.address: str = json.loads(line)["address"] if line.startswith("{") else line.strip()
        parts = urlsplit(self.address)
        assert parts.port
        self.port = parts.port
        self.first = f"{parts.path}?{parts.query}"
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @contextlib.contextmanager
    def open(
        self, path: str, method: str = "GET", headers: Headers | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """A response that has not been read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"Host": f"127.0.0.1:{self.port}"} | dict(headers or {})).items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders()
            with connection.getresponse() as response:
                yield response

    def request(self, path: str, method: str = "GET", headers: Headers | None = None) -> Response:
        """A response with its body."""
        with self.open(path, method, headers) as response:
            return Response(response.status, response.headers, response.read())

    def cookie(self) -> dict[str, str]:
        """The header that the browser sends after it has opened the address."""
        response = self.request(self.first)
        assert response.status == 303
        return {"Cookie": response.headers["Set-Cookie"].partition(";")[0]}

    def data(self, cookie: Headers) -> Any:
        """The JSON value that the page shows."""
        response = self.request("/data", headers=cookie)
        assert response.status == 200
        return json.loads(response.body)

    @contextlib.contextmanager
    def events(self, cookie: Headers) -> Iterator[Iterator[Any]]:
        """The data of each event of the stream."""
        with self.open("/events", headers=cookie) as response:
            lines = iter(response.readline, b"")
            yield (
                json.loads(line.removeprefix(b"data: "))
                for line in lines
                if line.startswith(b"data: ")
            )

    def stop(self) -> int:
        """Interrupt it; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(2)
        self.process.wait(TIMEOUT)
        self.out.rest()
        self.err.rest()
        return self.process.returncode
