"""The open descriptors of this process, none of which a test may add."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def opened(folder: str | Path) -> Iterator[int]:
    """The descriptor of a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def all_closed() -> Iterator[Callable[[], None]]:
    """Fail at the end, and whenever the function is called, if something is open that was not."""
    gc.collect()  # what earlier tests left open is not closed in between
    before = _opened()

    def check() -> None:
        assert _opened() <= before

    yield check
    check()


def _opened() -> set[tuple[str, str]]:
    """Each descriptor, and what it is open on."""
    found = set()
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the one that lists
            found.add((descriptor, os.readlink(f"/proc/self/fd/{descriptor}")))
    return found
