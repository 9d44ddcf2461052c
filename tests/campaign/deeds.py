"""What is done to the tickets: each deed is drawn as plain data, then done to real files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from building import A, B, C, D, ulid
from hypothesis import strategies as st
from queries.making_ids import TIMES
from queries.spoiling import BAD_FILES, BAD_LINES

from campaign.ground import TICKETS, Ground, remove

Deed = tuple[Any, ...]
STATES = ("queued", "closed", "ready", "planning", "inprogress", "done")
KINDS = ("blocked_by", "conflicts_with", "after", "supersedes", "waiting", "accepted_plan")
RECORDS = (ulid(1), ulid(2))
BUCKETS = ("", "open", "closed")

tickets, records = st.sampled_from(TICKETS), st.sampled_from(RECORDS)
numbers = st.integers(0, 10_000)
ways = st.sampled_from(["in place", "in place", "renamed", "backdated", "replaced"])
says = st.tuples(st.sampled_from(KINDS), st.sampled_from([A, B, C, D]), st.sampled_from(TIMES))
spoils = st.sampled_from([*sorted(BAD_FILES), None])

Family = dict[str, tuple[st.SearchStrategy[Deed], Callable[..., None]]]
"""By name, what is drawn for a deed, and what does it."""


def drawn(*families: Family) -> st.SearchStrategy[Deed]:
    """Any deed of these families."""
    named = [(name, values) for family in families for name, (values, _) in family.items()]
    return st.one_of([st.tuples(st.just(name), values) for name, values in named])


def _put(ground: Ground, path: Path, data: bytes, way: str) -> None:
    """Write a file in place, by a rename, with its old dates, or with those of an unpacked one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.stat() if path.exists() else None
    if way in {"renamed", "replaced"}:
        draft = path.with_name(".draft")
        draft.write_bytes(data)
        draft.replace(path)
    else:
        path.write_bytes(data)
    if before and way in {"backdated", "replaced"} and not ground.coarse:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _item(ground: Ground, ticket: str, state: str, way: str) -> None:
    text = f"---\ntitle: T\nstate: {state}\n---\n"  # several states are of one length
    _put(ground, ground.folder(ticket) / "item.md", text.encode(), way)


def _record(ground: Ground, ticket: str, name: str, said: Deed, way: str) -> None:
    kind, target, at = said
    aimed = "" if kind in {"waiting", "accepted_plan"} else f"target: {target}\n"
    text = f"---\nkind: {kind}\n{aimed}author: x\nat: {at}\n---\nWhy.\n"
    _put(ground, _record_path(ground, ticket, name), text.encode(), way)


def _record_path(ground: Ground, ticket: str, name: str) -> Path:
    return ground.folder(ticket) / "artifacts" / "relations" / f"{name}.md"


def _retarget(ground: Ground, number: int, target: str, way: str) -> None:
    """Name another ticket in a file, of whatever format; its size stays as it was."""
    path = _pick(ground.files(), number)
    data = path.read_bytes() if path else b""
    for ticket in (*TICKETS, D):
        if path and (old := b'"target": "%s"' % ticket.encode()) in data:
            _put(ground, path, data.replace(old, b'"target": "%s"' % target.encode()), way)
            return
        if path and (old := b"target: %s" % ticket.encode()) in data:
            _put(ground, path, data.replace(old, b"target: %s" % target.encode()), way)
            return


def _pick(paths: list[Path], number: int) -> Path | None:
    return paths[number % len(paths)] if paths else None


def _spoil(ground: Ground, ticket: str, name: str, how: str | None, way: str) -> None:
    """A record that is of no use; or an item."""
    if how is None:
        _put(ground, ground.folder(ticket) / "item.md", b"no frontmatter\n", way)
    else:
        _put(ground, _record_path(ground, ticket, name), BAD_FILES[how].encode(), way)


def _entry(ticket: str, said: Deed, other: str) -> dict[str, Any]:
    kind, target, at = said
    aimed = {other: target} if target != ticket else {other: D}
    return {"ticket_id": ticket, "kind": kind, "author": "x", "at": at, **aimed}


def _lines(ground: Ground, ticket: str, said: list[Deed], bad: int | None, way: str) -> None:
    entries = []
    for one in said:
        entry = {"id": "p", **_entry(ticket, one, "related_ticket")}
        if entry["kind"] in {"waiting", "accepted_plan", "supersedes"}:
            entry |= {"kind": "waiting_capacity_note", "note": "full"}
        entries.append(json.dumps(entry).encode() + b"\n")
    if bad is not None:
        entries.append([*BAD_LINES.values()][bad % len(BAD_LINES)] + b"\n")
    path = ground.folder(ticket) / "artifacts" / "orchestration-plan.jsonl"
    _put(ground, path, b"".join(entries), way)


def _list(ground: Ground, ticket: str, said: list[Deed], way: str) -> None:
    entries = [_entry(ticket, one, "target") | {"kind": "related"} for one in said]
    text = json.dumps({"version": 1, "relations": entries}, indent=2)
    _put(ground, ground.folder(ticket) / "artifacts" / "relations.json", text.encode(), way)


def _delete(ground: Ground, number: int) -> None:
    if path := _pick(ground.files(), number):
        path.unlink()


def _remove(ground: Ground, ticket: str) -> None:
    shutil.rmtree(ground.folder(ticket), ignore_errors=True)


def _move(ground: Ground, number: int, ticket: str) -> None:
    """A record into another ticket, over one of that name."""
    path = _pick([one for one in ground.files() if one.parent.name == "relations"], number)
    if path:
        to = _record_path(ground, ticket, path.stem)
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)


def _put_in(ground: Ground, ticket: str, bucket: str) -> None:
    _move_folder(ground, ground.folder(ticket), ground.workspace.tickets / bucket / ticket)


def _rename(ground: Ground, ticket: str, name: str) -> None:
    folder = ground.folder(ticket)
    _move_folder(ground, folder, folder.with_name(name))


def _move_folder(ground: Ground, here: Path, there: Path) -> None:
    if here.exists() and not there.exists():
        there.parent.mkdir(exist_ok=True)
        here.rename(there)
        ground.dated(there)


def _swap_files(ground: Ground, one: int, other: int) -> None:
    items = [path for path in ground.files() if path.name == "item.md"]
    here, there = _pick(items, one), _pick(items, other)
    if here and there:
        _swap(ground, here, there)


def _swap_folders(ground: Ground, one: str, other: str, below: str) -> None:
    here, there = ground.folder(one) / below, ground.folder(other) / below
    if here.is_dir() and there.is_dir():
        _swap(ground, here, there)


def _swap(ground: Ground, here: Path, there: Path) -> None:
    if here != there:
        aside = ground.aside()
        here.rename(aside)
        there.rename(here)
        aside.rename(there)
        ground.dated(here, there)


def _overwrite(ground: Ground, ticket: str, other: str, clean: bool) -> None:  # noqa: FBT001  # drawn
    """One ticket's folder by a copy of another's, dates and all, as `cp -a` and `rsync` do."""
    here, there = ground.folder(ticket), ground.folder(other)
    if here.is_dir() and here != there:
        if clean:
            remove(there)
        shutil.copytree(here, there, dirs_exist_ok=True)
        ground.dated(there)


def _touch(ground: Ground, number: int, hours: int) -> None:
    """As `touch -d`, into the past as well."""
    path = _pick(ground.files(), number)
    if path and not ground.coarse:
        date = path.stat().st_mtime_ns - hours * 3_600 * 10**9
        os.utime(path, ns=(date, date))


WRITES: Family = {
    "item": (st.tuples(tickets, st.sampled_from(STATES), ways), _item),
    "record": (st.tuples(tickets, records, says, ways), _record),
    "retarget": (st.tuples(numbers, st.sampled_from([A, B, C, D]), ways), _retarget),
    "spoil": (st.tuples(tickets, records, spoils, ways), _spoil),
    "lines": (st.tuples(tickets, st.lists(says, max_size=2), st.none() | numbers, ways), _lines),
    "list": (st.tuples(tickets, st.lists(says, max_size=2), ways), _list),
    "delete": (st.tuples(numbers), _delete),
}
"""Each of them alters one file."""
MOVES: Family = {
    "remove": (st.tuples(tickets), _remove),
    "move": (st.tuples(numbers, tickets), _move),
    "put in": (st.tuples(tickets, st.sampled_from(BUCKETS)), _put_in),
    "rename": (st.tuples(tickets, st.sampled_from([*TICKETS, D])), _rename),
    "swap files": (st.tuples(numbers, numbers), _swap_files),
    "swap folders": (
        st.tuples(tickets, tickets, st.sampled_from(["", "artifacts"])),
        _swap_folders,
    ),
    "overwrite": (st.tuples(tickets, tickets, st.booleans()), _overwrite),
    "touch": (st.tuples(numbers, st.integers(0, 3)), _touch),
}
