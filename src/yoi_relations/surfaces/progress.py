"""A progress bar on stderr, for work that takes longer than a second."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

from yoi_relations.index.refresh import Progress

PATIENCE = 1.0
"""Seconds that pass before a bar appears."""


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A callback that draws a bar once the work has taken a while; only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415  # only for a person who waits
    from rich.progress import Progress as Bar  # noqa: PLC0415  # likewise

    bar = Bar(console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=None)
    start = time.monotonic()

    def step(done: int, total: int) -> None:
        if time.monotonic() - start >= PATIENCE:
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield step
    finally:
        bar.stop()
