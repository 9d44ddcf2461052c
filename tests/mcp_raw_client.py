"""A client of ``relations mcp`` that sends lines, valid or invalid, without the SDK."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mcp_client import TIMEOUT

from yoi_relations.files.workspace import ROOT_VARIABLE

BATCHES = "2025-03-26"
"""The revision of the protocol that has batches."""
REVISIONS = ["2024-11-05", BATCHES, "2025-06-18", "2025-11-25"]
"""The revisions that begin with a handshake."""

Message = dict[str, Any] | bytes


def request(id_: Any, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


def notification(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def tool_call(id_: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    """A request that calls a tool, named without its prefix."""
    return request(id_, "tools/call", name=f"relations_{tool}", arguments=arguments)


def handshake(revision: str = "2025-06-18", **capabilities: Any) -> list[Message]:
    """The handshake; its request has the id 0."""
    client = {"name": "raw client", "version": "0"}
    return [
        request(
            0,
            "initialize",
            protocolVersion=revision,
            capabilities=capabilities,
            clientInfo=client,
        ),
        notification("notifications/initialized"),
    ]


def encode(*messages: Message | list[Any]) -> bytes:
    """Messages as lines of JSON; bytes are not changed."""
    texts = (
        message if isinstance(message, bytes) else json.dumps(message).encode()
        for message in messages
    )
    return b"".join(text + b"\n" for text in texts)


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "yoi_relations", "mcp", *options]


def environment() -> dict[str, str]:
    variables = {key: value for key, value in os.environ.items() if key != ROOT_VARIABLE}
    return variables | {"YOI_RELATIONS_AUTHOR": "tester"}


class ServerRun:
    """A server that got all its input at once and has ended.

    Attributes:
        messages: its messages, in their order.
        code: its exit status.
        err: its standard error.
    """

    def __init__(self, folder: Path, data: bytes, *options: str) -> None:
        ran = subprocess.run(
            command(*options),
            cwd=folder,
            env=environment(),
            input=data,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        self.messages: list[Any] = [json.loads(line) for line in ran.stdout.splitlines()]
        self.code = ran.returncode
        self.err = ran.stderr.decode()

    @property
    def responses(self) -> dict[Any, Any]:
        """The responses by id."""
        return {message["id"]: message for message in self.messages if "method" not in message}


class RawClient:
    """A running server that gets one line at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def send(self, *messages: Message | list[Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(encode(*messages))
        self.process.stdin.flush()

    def receive(self) -> Any:
        """The next message; None at the end of the output."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def ask(self, message: dict[str, Any]) -> Any:
        """Send a request; its response, which must be the next message."""
        self.send(message)
        response = self.receive()
        assert response["id"] == message["id"]
        return response

    def rest(self) -> list[Any]:
        """End the input; the messages after that."""
        assert self.process.stdin
        assert self.process.stdout
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        return [json.loads(line) for line in self.process.stdout]


@contextlib.contextmanager
def raw_server(folder: Path, *options: str, **streams: Any) -> Iterator[RawClient]:
    """A new server process; killed at the end."""
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
    }
    with subprocess.Popen(
        command(*options), cwd=folder, env=environment(), **(pipes | streams)
    ) as process:
        try:
            yield RawClient(process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
