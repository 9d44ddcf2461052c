"""Clients of ``relations mcp``: those of the SDK, each with a real server process."""

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

TIMEOUT = 60.0
"""Seconds until a response counts as missing; generous for a busy machine."""
_SOURCE = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
"""The environment variables that select the source to run."""
ADDED = {"exit_code", "hint"}
"""Fields of an answer that the document of the command line does not have."""
ADDED_TO_CHECK = ADDED | {"count", "returned", "truncated"}


@dataclass
class Roots:
    """Answers the server's requests for the client's roots.

    Attributes:
        paths: paths or URIs of the roots.
        requests: how many requests there were.
        error: the code of an error to answer with, or None.
    """

    paths: list[Path | str] = field(default_factory=list)
    requests: int = 0
    error: int | None = None

    async def __call__(self, context: Any) -> ListRootsResult | ErrorData:
        assert context
        self.requests += 1
        if self.error is not None:
            return ErrorData(code=self.error, message="the client is out of order")
        uris: list[Any] = [
            path if isinstance(path, str) else path.resolve().as_uri() for path in self.paths
        ]
        return ListRootsResult(roots=[Root(uri=uri) for uri in uris])


class SdkClient:
    """A connected client of the SDK, called from synchronous tests."""

    def __init__(self, portal: BlockingPortal, sdk_client: Client, err: IO[str]) -> None:
        self.portal = portal
        self.sdk_client = sdk_client
        self._err = err

    @property
    def tools(self) -> dict[str, Any]:
        """The listed tools as JSON values, by name."""
        listed = self.portal.call(self.sdk_client.list_tools).tools
        return {tool.name: _plain(tool) for tool in listed}

    def start_call(self, tool: str, **arguments: Any) -> Future[Any]:
        """Start a call; its future result."""
        return self.portal.start_task_soon(self.sdk_client.call_tool, tool, arguments)

    def ask(self, tool: str, **arguments: Any) -> Any:
        """Call a tool; the document that it answers."""
        return document(self.start_call(tool, **arguments).result())

    def error(self, tool: str, **arguments: Any) -> Any:
        """Call a tool; the error that it answers."""
        result = self.start_call(tool, **arguments).result()
        assert result.is_error
        assert result.structured_content is None
        (content,) = result.content
        return json.loads(content.text)["error"]

    def protocol_error(self, tool: str, **arguments: Any) -> str:
        """Call a tool; the message of the protocol error."""
        try:
            self.ask(tool, **arguments)
        except MCPError as error:
            return error.message
        raise AssertionError(tool)

    def read(self, uri: str) -> Any:
        """The content of a resource: its text and MIME type."""
        (content,) = self.portal.call(self.sdk_client.read_resource, uri).contents
        return content

    @property
    def stderr(self) -> str:
        self._err.seek(0)
        return self._err.read()


def document(result: Any) -> Any:
    """The structured content, which must equal the text."""
    assert not result.is_error, result
    (content,) = result.content
    assert json.loads(content.text) == result.structured_content
    return result.structured_content


def _plain(value: Any) -> Any:
    return value.model_dump(by_alias=True, mode="json", exclude_none=True)


@contextlib.contextmanager
def connected(
    folder: Path, *options: str, roots: Roots | None = None, mode: str = "auto", **environ: str
) -> Iterator[SdkClient]:
    """A client of a server started in `folder`, with a minimal environment."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "yoi_relations", "mcp", *options],
        cwd=folder,
        env=_SOURCE | {"YOI_RELATIONS_AUTHOR": "tester", "PYTHONWARNINGS": "error"} | environ,
    )
    with tempfile.TemporaryFile("w+", encoding="utf-8") as err, start_blocking_portal() as portal:
        transport = stdio_client(server, errlog=err)
        sdk_client = Client(
            transport, mode=mode, list_roots_callback=roots, read_timeout_seconds=TIMEOUT
        )
        with portal.wrap_async_context_manager(sdk_client):
            yield SdkClient(portal, sdk_client, err)


def responses_to_lines(folder: Path, lines: list[bytes]) -> list[list[Any]]:
    """For each line, the responses of the server before it answers the next request."""
    command = [sys.executable, "-m", "yoi_relations", "mcp"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        messages = (json.loads(line) for line in server.stdout or ())

        def responses(line: bytes, method: str, **params: Any) -> list[Any]:
            assert server.stdin
            last = {"jsonrpc": "2.0", "id": "last", "method": method, "params": params}
            server.stdin.write(line + b"\n" + json.dumps(last).encode() + b"\n")
            server.stdin.flush()
            return list(itertools.takewhile(lambda message: message["id"] != "last", messages))

        info = {"name": "tester", "version": "1"}
        responses(b"", "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=info)
        found = [responses(line, "ping") for line in lines]
        server.communicate()
        assert server.returncode == 0
    return found
