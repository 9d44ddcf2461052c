"""A progress bar on stderr, for work that takes longer than a second."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

from yoi_relations.index.handle import Progress
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

PATIENCE = 1.0
"""Seconds that pass before a bar appears."""


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A callback that draws a bar once the work has taken a while; only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    bars: list[Bar] = []
    start = time.monotonic()

    def step(done: int, total: int) -> None:
        if time.monotonic() - start < PATIENCE:
            return
        if not bars:
            bars.append(_started(label))
        bars[0].update(bars[0].task_ids[0], completed=done, total=total)

    try:
        yield step
    finally:
        for bar in bars:
            bar.stop()


def _started(label: str) -> Bar:
    """A bar on stderr."""
    from rich.progress import Progress as RichBar  # noqa: PLC0415  # only for a person who waits

    from yoi_relations.render.terminal.widths import console  # noqa: PLC0415  # likewise

    bar = RichBar(console=console(stderr=True), transient=True)
    bar.add_task(label, total=None)
    bar.start()
    return bar
