"""Runs `relations watch` in its own process, and reads what it prints."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Self

import pytest
from workspace_builder import Workspace

TIMEOUT = 30.0
"""Seconds until an expected line counts as missing; generous for a busy machine."""


class Stream:
    """The lines of a stream, as they come."""

    def __init__(self, stream: Any) -> None:
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: Any) -> None:
        with stream:
            for line in stream:
                self._queue.put(line)

    def until(self, enough: Callable[[list[str]], bool]) -> list[str]:
        """Wait until the lines are enough; all lines so far."""
        end = time.monotonic() + TIMEOUT
        while not enough(self.lines):
            try:
                self.lines.append(self._queue.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"expected more lines than {self.lines}")
        return self.lines

    def rest(self) -> list[str]:
        """Wait until the stream has ended; all lines."""
        self._thread.join(TIMEOUT)
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return self.lines


def start_program(
    workspace: Workspace, *arguments: str, within: tuple[str, ...] = (), environ: dict[str, str]
) -> subprocess.Popen[str]:
    """Start the program in a workspace, optionally by the command `within`; its output is piped."""
    return subprocess.Popen(
        [*within, sys.executable, "-m", "yoi_relations", *arguments],
        cwd=workspace.root,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def without_verdicts(changes: list[Any]) -> list[Any]:
    """The changes without those of verdicts, which depend on the times of scans."""
    return [change for change in changes if change["change"] != "verdict_changed"]


class Watcher:
    """A process of `relations watch`, optionally started by the command `within`."""

    def __init__(
        self, workspace: Workspace, *options: str, within: tuple[str, ...] = (), **environ: str
    ) -> None:
        self.process = start_program(workspace, "watch", *options, within=within, environ=environ)
        assert self.process.stdout
        self.stdout = self.process.stdout
        self.err = Stream(self.process.stderr)
        self._out: Stream | None = None

    @property
    def out(self) -> Stream:
        self._out = self._out or Stream(self.stdout)
        return self._out

    def ready(self) -> Self:
        """Wait for the first scan of a workspace that has no index yet."""
        self.err.until(
            lambda lines: any("there was none of this version" in line for line in lines)
        )
        return self

    def changes(self, count: int) -> list[Any]:
        """Wait for `count` changes of a watcher with --json; all changes so far."""
        return self.changes_until(lambda changes: len(changes) >= count)

    def changes_until(self, enough: Callable[[list[Any]], bool]) -> list[Any]:
        """Wait until the changes of a watcher with --json are enough; all changes so far."""
        changes: list[Any] = []

        def parsed(lines: list[str]) -> bool:
            changes.extend(json.loads(line) for line in lines[len(changes) :])
            return enough(changes)

        self.out.until(parsed)
        return changes

    def ends(self) -> int:
        return self.process.wait(TIMEOUT)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._out:
            self._out.rest()
        self.stdout.close()
        self.err.rest()


Start = Callable[..., Watcher]
