"""Building blocks of mistakes within a file.

A mistake takes a workspace and a `Pick`, alters one file or one place, and says whether it did.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from queries import misspellings

T = TypeVar("T")
Change = Callable[[bytes, "Pick"], bytes]
RECORDS = "artifacts/relations/*.md"
JSON = "artifacts/relations.json"
LINES = "artifacts/orchestration-plan.jsonl"


class Pick:
    """Picks one of several, by a number that was drawn."""

    def __init__(self, number: int) -> None:
        self.number = number

    def of(self, several: Sequence[T]) -> T:
        self.number, at = divmod(self.number, len(several))
        return several[at]


Mistake = Callable[[Path, Pick], bool]


def folders(root: Path) -> list[Path]:
    """The folder of each ticket."""
    return sorted(item.parent for item in (root / ".yoi" / "tickets").rglob("item.md"))


def files(root: Path, *patterns: str) -> list[Path]:
    """Files of tickets."""
    return sorted(
        path for folder in folders(root) for pattern in patterns for path in folder.glob(pattern)
    )


def edit(*patterns: str, change: Change) -> Mistake:
    """A mistake within one of the files that it alters."""

    def make(root: Path, pick: Pick) -> bool:
        changed = []
        for path in files(root, *patterns):
            before = path.read_bytes()
            after = change(before, Pick(pick.number))
            if after != before:
                changed.append((path, after))
        if changed:
            path, after = pick.of(changed)
            path.write_bytes(after)
        return bool(changed)

    return make


def sub(pattern: str, by: str) -> Change:
    """The first place where a pattern is, replaced."""
    return lambda data, _: re.sub(pattern.encode(), by.encode(), data, count=1, flags=re.MULTILINE)


def respelled(spelled: str) -> Change:
    """Another spelling of the ticket that a record names."""

    def change(data: bytes, pick: Pick) -> bytes:
        found = list(
            re.finditer(r'(?:target: |"(?:target|related_ticket)": ?)"?([^\s"]+)', text(data))
        )
        if not found:
            return data
        at = pick.of(found)
        other = pick.of(found)[1]
        name = misspellings.SPELLINGS[spelled](at[1], other)
        is_quoted = text(data)[at.start(1) - 1] == '"'
        written = json.dumps(name)[1:-1] if is_quoted else json.dumps(name, ensure_ascii=False)
        return (text(data)[: at.start(1)] + written + text(data)[at.end(1) :]).encode()

    return change


def upper(pattern: str) -> Change:
    """The last group of a pattern in capitals."""

    def change(data: bytes, _: Pick) -> bytes:
        found = re.search(pattern.encode(), data, flags=re.MULTILINE)
        if not found:
            return data
        return data[: found.start(1)] + found[1].upper() + data[found.end(1) :]

    return change


def where(sign: str, mistake: Mistake) -> Mistake:
    """A mistake that is one only where some item.md holds a text."""

    def make(root: Path, pick: Pick) -> bool:
        texts = [path.read_text() for path in files(root, "item.md")]
        return any(sign in text for text in texts) and mistake(root, pick)

    return make


def text(data: bytes) -> str:
    return data.decode()


def cut_within_a_line(data: bytes, pick: Pick) -> bytes:
    """The end is lost, and some of the last line that is left."""
    places = [
        at
        for at in range(1, len(data))
        if data[at - 1 : at] != b"\n" and data[at : at + 1] != b"\n"
    ]
    return data[: pick.of(places)] if places else data


def cut_anywhere_in_head(data: bytes, pick: Pick) -> bytes:
    """The end is lost, from within the frontmatter on."""
    return data[: pick.of(range(data.index(b"\n---", 3) + 3))]


def without_a_line(marker: bytes) -> Change:
    def change(data: bytes, _: Pick) -> bytes:
        lines = data.split(b"\n")
        found = [n for n, line in enumerate(lines) if n and line.startswith(marker)]
        return b"\n".join(lines[: found[0]] + lines[found[0] + 1 :]) if found else data

    return change


def conflict(*, ours: bool = True, middle: bool = True, theirs: bool = True) -> Change:
    """Conflict markers around one line: all of them, or those that a half resolution leaves."""

    def change(data: bytes, pick: Pick) -> bytes:
        lines = data.split(b"\n")
        at = pick.of(range(len(lines)))
        left = [b"<<<<<<< HEAD"] * ours + [lines[at]] + [b"======="] * middle
        left += [lines[at]] + [b">>>>>>> topic"] * theirs
        return b"\n".join([*lines[:at], *left, *lines[at + 1 :]])

    return change


def in_the_head(change: Change) -> Change:
    """A change that leaves the body alone."""

    def within(data: bytes, pick: Pick) -> bytes:
        end = data.index(b"\n---", 3) + 1
        return change(data[:end], pick) + data[end:]

    return within


def doubled(data: bytes, pick: Pick) -> bytes:
    """A key of the frontmatter that is there twice."""
    lines = data.split(b"\n")
    at = pick.of([n for n, line in enumerate(lines) if n and b": " in line])
    return b"\n".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])


def other_line_end(sign: str) -> Change:
    """One line of the frontmatter ends as it does elsewhere."""

    def change(data: bytes, pick: Pick) -> bytes:
        end = data.index(b"\n---", 3)
        at = pick.of([n for n in range(5, end + 1) if data[n : n + 1] == b"\n"] or [end])
        return data[:at] + sign.encode() + data[at + 1 :]

    return change


def entries(alter: Callable[[dict[str, Any]], Any]) -> Change:
    """A change to one entry of a list."""

    def change(data: bytes, pick: Pick) -> bytes:
        is_list = data.startswith(b"{\n")
        found = json.loads(data)["relations"] if is_list else list(map(json.loads, lines_of(data)))
        at = pick.of(range(len(found)))
        found[at] = alter(found[at])
        if is_list:
            return json.dumps({"version": 1, "relations": found}, indent=2).encode() + b"\n"
        return b"".join(json.dumps(entry).encode() + b"\n" for entry in found)

    return change


def lines_of(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.strip()]


def renamed_key(key: str, to: str) -> Change:
    return entries(
        lambda entry: {(to if name == key else name): value for name, value in entry.items()}
    )


def of_retirements(change: Change) -> Change:
    return lambda data, pick: change(data, pick) if b"\nretires: " in data else data
