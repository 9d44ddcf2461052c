"""Every file of a workspace read a second time, the unusable ones too.

Every rule that a record can break is looked at here, so that what cannot be used is known by its
place.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from queries import naive, naive_entries, naive_record
from queries.naive_frontmatter import fields_of, split
from queries.naive_record import ULID

Row = dict[str, Any]
BUCKETS = ("open", "pending", "closed")
WORDS = {
    "state": {"intake": "planning"},
    "workflow_state": {"intake": "planning"},
    "status": {"intake": "planning", "open": "planning", "pending": "planning"},
}
"""Words that are read as another one, by the key that they are found at."""
LEFTOVERS = ("~", ".orig", ".rej", ".bak", ".swp", ".tmp")
WRONG = (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError)
"""What reading a bad file raises."""


class Unusable(NamedTuple):
    """A file, or a line of one, that cannot be used.

    Attributes:
        targets: what it names; None where that cannot be read.
    """

    holder: str
    path: str
    line: int | None
    targets: tuple[str, ...] | None


class Retirement(NamedTuple):
    holder: str
    retires: str
    path: str


@dataclass
class Read:
    """Everything that the files say.

    A folder that holds records and no item.md is here as a ticket of unknown state, too.
    """

    root: Path
    tickets: dict[str, Row] = field(default_factory=dict)
    records: list[Row] = field(default_factory=list)
    retirements: list[Retirement] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)

    def spoilt(
        self,
        holder: str,
        path: Path,
        line: int | None = None,
        targets: tuple[str, ...] | None = None,
    ) -> None:
        self.unusable.append(Unusable(holder, self.below(path), line, targets))

    def keep(self, record: Row, holder: str, path: Path, line: int | None) -> None:
        place = {"holder": holder, "path": self.below(path), "line": line}
        self.records.append(record | place)

    def below(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def read(root: Path) -> Read:
    """Every ticket and record of a workspace."""
    found = Read(root)
    for folder in ticket_folders(root / ".yoi" / "tickets"):
        holder = unicodedata.normalize("NFC", folder.name)
        files = list(record_files(folder / "artifacts" / "relations"))
        lists = [folder / "artifacts" / name for name in READERS]
        lists = [path for path in lists if path.is_file()]
        item = folder / "item.md"
        if item.is_file():
            add_ticket(found, holder, read_item(item))
        elif lists or any(is_named(path) for path in files):  # what is misnamed makes no ticket
            add_ticket(found, holder, NAMELESS)
        for path in files:
            read_file(found, holder, path)
        for path in lists:
            READERS[path.name](found, holder, path)
    retired = {(one.holder, one.retires): one.path for one in found.retirements}
    for one in found.records:
        one["retired_at"] = one["retired_at"] or retired.get((one["holder"], one["id"]))
    return found


def is_named(path: Path) -> bool:
    return path.is_file() and path.name.endswith(".md")


def ticket_folders(base: Path) -> Iterator[Path]:
    for parent in (base, *(base / bucket for bucket in BUCKETS)):
        for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
            is_bucket = parent == base and folder.name in BUCKETS
            if folder.is_dir() and not folder.name.startswith(".") and not is_bucket:
                yield folder


NAMELESS: Row = {"title": None, "state": None, "slugs": set()}


def add_ticket(found: Read, id_: str, known: Row) -> None:
    """Take a ticket in; of an id in two folders the state is unknown."""
    if id_ in found.tickets:
        other = found.tickets[id_]
        titles = [title for title in (known["title"], other["title"]) if title]
        slugs = known["slugs"] | other["slugs"]
        known = {"title": min(titles, default=None), "state": None, "slugs": slugs}
    found.tickets[id_] = known


def read_item(item: Path) -> Row:
    try:
        fields = fields_of(split(item.read_bytes())[0])
    except WRONG:
        return NAMELESS
    bucket = item.parent.parent.name
    words = [(key, fields[key]) for key in WORDS if key in fields]
    words.append(("status", bucket if bucket in BUCKETS else None))
    key, word = words[0]
    state = WORDS[key].get(word, word) if isinstance(word, str) else None
    title, slug = (
        value if isinstance(value, str) and value else None
        for value in (fields.get("title"), fields.get("slug"))
    )
    return {
        "title": title,
        "state": state if state in naive.STATES else None,
        "slugs": {slug} if slug else set(),
    }


def record_files(folder: Path) -> Iterator[Path]:
    """What is or could be a record: no dot-files and no leftovers."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name
        if name.startswith(".") or name in {"Thumbs.db", "desktop.ini"}:
            continue
        if path.is_dir():
            if name.endswith(".md") or any(path.iterdir()):
                yield path
        elif name.endswith(".md") or name in READERS or could_be_a_record(path):
            yield path


def could_be_a_record(path: Path) -> bool:
    """Whether a file without the ending could be one; a leftover where its original is gone."""
    is_ulid = ULID.match(path.name)
    if not is_ulid and not path.read_bytes().startswith(b"---"):
        return False
    ending = next((end for end in LEFTOVERS if path.name.endswith(end)), "")
    name = path.name[:26] if is_ulid else path.name.removesuffix(ending)
    originals = (path.with_name(f"{name}.md"), path.with_name(name))
    return not ending or not any(one.exists() for one in originals)


def read_file(found: Read, holder: str, path: Path) -> None:
    if path.is_dir():
        found.spoilt(holder, path)
        return
    data = path.read_bytes()
    try:
        parsed = naive_record.parse(data, holder, path.name)
    except WRONG:
        found.spoilt(holder, path, targets=naive_record.targets(data))
        return
    if "retires" in parsed:
        found.retirements.append(Retirement(holder, parsed["retires"], found.below(path)))
    else:
        found.keep(parsed, holder, path, None)


def read_json(found: Read, holder: str, path: Path) -> None:
    data = path.read_bytes()
    try:
        entries = naive_entries.listed(data)
    except WRONG:
        found.spoilt(holder, path, targets=naive_entries.targets(data))
        return
    parsed: list[Row] = []
    bad = 0
    for _, entry in entries:
        try:
            parsed.append(naive_entries.parse(entry, holder, naive_entries.JSON))
        except WRONG:
            bad += 1
    for _ in range(bad):  # each is a problem, and any of them spoils the file
        found.spoilt(holder, path, targets=naive_entries.targets(data))
    for (line, _), one in zip(entries, parsed, strict=True) if not bad else ():
        found.keep(one, holder, path, line)


def read_lines(found: Read, holder: str, path: Path) -> None:
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    for line, text in enumerate(data.split(b"\n"), start=1):
        if not text.strip(b" \t\r"):
            continue
        try:
            entry = naive_entries.load(text.decode())
            parsed = naive_entries.parse(entry, holder, naive_entries.PLAN)
        except WRONG:
            found.spoilt(holder, path, line, line_target(text))
            continue
        found.keep(parsed, holder, path, line)


def line_target(text: bytes) -> tuple[str, ...] | None:
    try:
        target = json.loads(text)["related_ticket"]
    except WRONG:
        return None
    return (target,) if isinstance(target, str) and target.strip() else None


READERS = {"relations.json": read_json, "orchestration-plan.jsonl": read_lines}
