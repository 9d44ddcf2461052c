"""Clients of ``relations mcp``: the SDK's own, each with a real server process behind it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError
from mcp_types import ErrorData, ListRootsResult, Root

PATIENCE = 60.0
"""Seconds after which an answer is missed; on a busy machine all takes longer."""
_SOURCE = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
"""Of the environment, what decides which source is run."""
ADDED = {"exit_code", "hint"}
"""What an answer has beyond the document of the command line."""
ADDED_TO_CHECK = ADDED | {"count", "returned", "truncated"}


@dataclass
class Roots:
    """What a client says when it is asked for its roots.

    Attributes:
        paths: of the roots.
        asked: how often it was asked.
        error: a code to refuse with.
    """

    paths: list[Path | str] = field(default_factory=list)
    asked: int = 0
    error: int | None = None

    async def __call__(self, context: Any) -> ListRootsResult | ErrorData:
        assert context
        self.asked += 1
        if self.error is not None:
            return ErrorData(code=self.error, message="the client is out of order")
        uris: list[Any] = [
            path if isinstance(path, str) else path.resolve().as_uri() for path in self.paths
        ]
        return ListRootsResult(roots=[Root(uri=uri) for uri in uris])


class Asker:
    """A client that is connected, and what it is answered."""

    def __init__(self, portal: BlockingPortal, client: Client, err: IO[str]) -> None:
        self.portal = portal
        self.client = client
        self._err = err

    @property
    def tools(self) -> dict[str, Any]:
        """The tools that the server lists, as they stand in its JSON."""
        listed = self.portal.call(self.client.list_tools).tools
        return {tool.name: _plain(tool) for tool in listed}

    def starts(self, tool: str, **arguments: Any) -> Future[Any]:
        """A call on its way."""
        return self.portal.start_task_soon(self.client.call_tool, tool, arguments)

    def ask(self, tool: str, **arguments: Any) -> Any:
        """The document that a tool answers with."""
        return document(self.starts(tool, **arguments).result())

    def error(self, tool: str, **arguments: Any) -> Any:
        """The error that a tool answers with."""
        result = self.starts(tool, **arguments).result()
        assert result.is_error
        assert result.structured_content is None
        (content,) = result.content
        return json.loads(content.text)["error"]

    def refusal(self, tool: str, **arguments: Any) -> str:
        """What the protocol itself says against a call."""
        try:
            self.ask(tool, **arguments)
        except MCPError as error:
            return error.message
        raise AssertionError(tool)

    def read(self, uri: str) -> Any:
        """The text of a resource, and of which kind it is."""
        (content,) = self.portal.call(self.client.read_resource, uri).contents
        return content

    @property
    def stderr(self) -> str:
        self._err.seek(0)
        return self._err.read()


def document(result: Any) -> Any:
    """The structured answer, which the text has to equal."""
    assert not result.is_error, result
    (content,) = result.content
    assert json.loads(content.text) == result.structured_content
    return result.structured_content


def _plain(value: Any) -> Any:
    return value.model_dump(by_alias=True, mode="json", exclude_none=True)


@contextlib.contextmanager
def connected(
    folder: Path, *options: str, roots: Roots | None = None, mode: str = "auto", **environ: str
) -> Iterator[Asker]:
    """A client of a server that was started in `folder`, by a shell that knows nothing else."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "yoi_relations", "mcp", *options],
        cwd=folder,
        env=_SOURCE | {"YOI_RELATIONS_AUTHOR": "tester", "PYTHONWARNINGS": "error"} | environ,
    )
    with tempfile.TemporaryFile("w+", encoding="utf-8") as err, start_blocking_portal() as portal:
        transport = stdio_client(server, errlog=err)
        client = Client(
            transport, mode=mode, list_roots_callback=roots, read_timeout_seconds=PATIENCE
        )
        with portal.wrap_async_context_manager(client):
            yield Asker(portal, client, err)


def said_to(folder: Path, lines: list[bytes]) -> list[list[Any]]:
    """What a server says to each line as it stands, by the time it answers the one behind it."""
    command = [sys.executable, "-m", "yoi_relations", "mcp"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        answers = (json.loads(answer) for answer in server.stdout or ())

        def said(line: bytes, method: str, **params: Any) -> list[Any]:
            assert server.stdin
            last = {"jsonrpc": "2.0", "id": "last", "method": method, "params": params}
            server.stdin.write(line + b"\n" + json.dumps(last).encode() + b"\n")
            server.stdin.flush()
            return list(itertools.takewhile(lambda one: one["id"] != "last", answers))

        client = {"name": "tester", "version": "1"}
        said(b"", "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=client)
        found = [said(line, "ping") for line in lines]
        server.communicate()
        assert server.returncode == 0
    return found
