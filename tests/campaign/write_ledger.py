"""The ledger of the stress test: the numbers of all writes, and what an answer may say of them.

Every writer numbers its writes. It notes a number as begun before the write, and as done after the
write has returned. A question in between may see either state; a later question must see the write.
"""

from __future__ import annotations

import mmap
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

AT = "2026-06-01T10:00:00Z"
TREES = ("one", "two")
WRITERS = (*(f"T{number:03}" for number in range(4)), "SLOW", "ADDED")
"""Tickets with a writer of their own in each work tree; the last one's is `relations add`."""
CHECKED_OUT = "CHAIN"
"""The ticket whose record holds the number of the commit that is checked out."""
TARGET = "TARGET"
RECORD = f"01KT{1:022}.md"
ENVIRON = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "YOI_RELATIONS_AUTHOR": "tester",
    "PYTHONPATH": str(Path(__file__).parents[1]),
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}
_SLOTS = [(tree, holder) for tree in TREES for holder in (*WRITERS, CHECKED_OUT)]
_NOTE = re.compile(r"(\w+) (\d{8}) (\d{8})")


def note(tree: str, number: int) -> str:
    """A record's note: who wrote it, and its number twice, so that half of a write shows."""
    return f"{tree} {number:08} {number:08}"


def record(text: str) -> bytes:
    """A record with this note, always of the same size."""
    data = f"---\nkind: related\ntarget: {TARGET}\nauthor: tester\nat: {AT}\n---\n{text}\n"
    return data.encode()


def record_path(tree: Path, holder: str) -> Path:
    """The record of a ticket with a writer."""
    return tree / ".yoi" / "tickets" / holder / "artifacts" / "relations" / RECORD


class Numbers:
    """Which writes have begun and are done, by work tree and ticket, shared between processes."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._words = memoryview(mmap.mmap(file.fileno(), 0)).cast("Q")

    @staticmethod
    def make(path: Path) -> None:
        """Create the file of the numbers, all 0."""
        path.write_bytes(bytes(16 * len(_SLOTS)))

    def begin(self, tree: str, holder: str) -> int:
        """The number of the write that begins now."""
        at = 2 * _SLOTS.index((tree, holder))
        self._words[at] += 1
        return self._words[at]

    def end(self, tree: str, holder: str) -> None:
        """Note that the last write that has begun is done."""
        at = 2 * _SLOTS.index((tree, holder))
        self._words[at + 1] = self._words[at]

    def begun(self, tree: str) -> dict[str, int]:
        """The last number that has begun, by ticket."""
        return {one: self._words[2 * at] for at, (of, one) in enumerate(_SLOTS) if of == tree}

    def done(self, tree: str) -> dict[str, int]:
        """The last number that is done, by ticket."""
        return {one: self._words[2 * at + 1] for at, (of, one) in enumerate(_SLOTS) if of == tree}


def contradictions(
    tree: str, notes: Iterable[tuple[str, str]], done: dict[str, int], begun: dict[str, int]
) -> Iterator[str]:
    """Where an answer contradicts the ledger, one text each.

    Args:
        tree: the work tree that was asked about.
        notes: ticket and note of every record in the answer.
        done: what was done before the question began.
        begun: what had begun when the answer was there.
    """
    seen: dict[str, int] = {}
    for holder, text in notes:
        match = _NOTE.fullmatch(text)
        if match is None or match[2] != match[3]:
            continue  # half of a write, which is as good as none
        if match[1] not in (tree, CHECKED_OUT):
            yield f"{holder} of {tree} says '{text}'"
        seen[holder] = max(seen.get(holder, 0), int(match[2]))
    for holder, number in done.items():
        # While a record is being written it may be absent, as it is for whoever reads the file.
        busy = begun[holder] > number
        if not number <= seen.get(holder, number if busy else -1) <= begun[holder]:
            yield f"{holder} of {tree} is {seen.get(holder)}, not {number} to {begun[holder]}"
