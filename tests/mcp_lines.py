"""A client of ``relations mcp`` that writes lines by hand, well-formed or not."""

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

from mcp_client import PATIENCE

from yoi_relations.files.workspace import ROOT_VARIABLE

BATCHES = "2025-03-26"
"""The revision that has arrays of messages."""
REVISIONS = ["2024-11-05", BATCHES, "2025-06-18", "2025-11-25"]
"""Those that begin with a handshake."""

Said = dict[str, Any] | bytes


def request(id_: Any, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


def notification(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def called(id_: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    """A call of a tool, by its name without the prefix."""
    return request(id_, "tools/call", name=f"relations_{tool}", arguments=arguments)


def opening(revision: str = "2025-06-18", **capabilities: Any) -> list[Said]:
    """The handshake; its request has the id 0."""
    client = {"name": "by hand", "version": "0"}
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


def lines(*said: Said | list[Any]) -> bytes:
    """Messages as they go over the pipe; bytes as they are."""
    texts = (one if isinstance(one, bytes) else json.dumps(one).encode() for one in said)
    return b"".join(text + b"\n" for text in texts)


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "yoi_relations", "mcp", *options]


def environment() -> dict[str, str]:
    known = {key: value for key, value in os.environ.items() if key != ROOT_VARIABLE}
    return known | {"YOI_RELATIONS_AUTHOR": "tester"}


class Piped:
    """The output of a server whose input was written at once and ended.

    Attributes:
        said: its messages, in their order.
        code: its exit status.
        err: what it wrote on stderr.
    """

    def __init__(self, folder: Path, data: bytes, *options: str) -> None:
        ran = subprocess.run(
            command(*options),
            cwd=folder,
            env=environment(),
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        self.said: list[Any] = [json.loads(line) for line in ran.stdout.splitlines()]
        self.code = ran.returncode
        self.err = ran.stderr.decode()

    @property
    def answers(self) -> dict[Any, Any]:
        """The answers by their ids."""
        return {one["id"]: one for one in self.said if "method" not in one}


class Hand:
    """A server process that is asked line by line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def say(self, *said: Said | list[Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(lines(*said))
        self.process.stdin.flush()

    def hear(self) -> Any:
        """The next message; None at the end."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def ask(self, said: dict[str, Any]) -> Any:
        """The answer to a request, which is the next message."""
        self.say(said)
        answer = self.hear()
        assert answer["id"] == said["id"]
        return answer

    def rest(self) -> list[Any]:
        """The messages after the end of the input."""
        assert self.process.stdin
        assert self.process.stdout
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        return [json.loads(line) for line in self.process.stdout]


@contextlib.contextmanager
def by_hand(folder: Path, *options: str, **streams: Any) -> Iterator[Hand]:
    """A server process that has not been asked anything yet."""
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
    }
    with subprocess.Popen(
        command(*options), cwd=folder, env=environment(), **(pipes | streams)
    ) as process:
        try:
            yield Hand(process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
