"""Checks that a test leaves no descriptor of this process open."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def opened(folder: str | Path) -> Iterator[int]:
    """A descriptor of a folder, closed at the end."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def all_closed() -> Iterator[Callable[[], None]]:
    """Fail at the end, and when the function is called, if a new descriptor is open."""
    gc.collect()  # so that descriptors of earlier tests are not closed later
    before = _opened()

    def check() -> None:
        assert _opened() <= before

    yield check
    check()


def _opened() -> set[tuple[str, str]]:
    """The open descriptors, with their paths."""
    found = set()
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the descriptor of the listing itself
            found.add((descriptor, os.readlink(f"/proc/self/fd/{descriptor}")))
    return found
