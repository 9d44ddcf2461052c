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

DELAY = 1.0
"""Seconds before a bar appears."""


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A callback that draws a bar on a terminal, once the work has taken `DELAY` seconds."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    bars: list[Bar] = []
    start = time.monotonic()

    def step(done: int, total: int) -> None:
        if time.monotonic() - start < DELAY:
            return
        if not bars:
            bars.append(_start_bar(label))
        bars[0].update(bars[0].task_ids[0], completed=done, total=total)

    try:
        yield step
    finally:
        for bar in bars:
            bar.stop()


def _start_bar(label: str) -> Bar:
    from rich.progress import Progress as RichBar  # noqa: PLC0415  # Rich, only for a bar

    from yoi_relations.render.terminal.widths import console  # noqa: PLC0415  # Rich, only for a bar

    bar = RichBar(console=console(stderr=True), transient=True)
    bar.add_task(label, total=None)
    bar.start()
    return bar
