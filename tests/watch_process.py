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

PATIENCE = 30.0
"""Seconds until an expected line counts as missing; a busy machine takes longer."""


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
        """All lines so far, once they are enough."""
        end = time.monotonic() + PATIENCE
        while not enough(self.lines):
            try:
                self.lines.append(self._queue.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"not enough: {self.lines}")
        return self.lines

    def rest(self) -> list[str]:
        """All lines, once the stream has ended."""
        self._thread.join(PATIENCE)
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return self.lines


def without_verdicts(told: list[Any]) -> list[Any]:
    """The changes of files; verdicts between them depend on when a scan came."""
    return [one for one in told if one["change"] != "verdict_changed"]


class Watcher:
    """A watching process, with or without an index when it starts; `within` runs it."""

    def __init__(
        self, workspace: Workspace, *options: str, within: tuple[str, ...] = (), **environ: str
    ) -> None:
        self.process = subprocess.Popen(
            [*within, sys.executable, "-m", "yoi_relations", "watch", *options],
            cwd=workspace.root,
            env=os.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
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
        self.err.until(lambda lines: any("there was none yet" in line for line in lines))
        return self

    def told(self, count: int) -> list[Any]:
        """The first changes of a watcher with --json."""
        return self.told_until(lambda told: len(told) >= count)

    def told_until(self, enough: Callable[[list[Any]], bool]) -> list[Any]:
        """All changes of a watcher with --json so far, once they are enough."""
        told: list[Any] = []

        def parsed(lines: list[str]) -> bool:
            told.extend(json.loads(line) for line in lines[len(told) :])
            return enough(told)

        self.out.until(parsed)
        return told

    def ends(self) -> int:
        return self.process.wait(PATIENCE)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._out:
            self._out.rest()
        self.stdout.close()
        self.err.rest()


Start = Callable[..., Watcher]
