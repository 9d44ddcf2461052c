"""Operations on ticket files: each is drawn as plain data, then applied to real files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from queries.bad_sources import BAD_FILES, BAD_LINES
from queries.sample_ids import TIMES
from workspace_builder import A, B, C, D, ulid

from campaign.machine_world import TICKETS, World, remove

Operation = tuple[Any, ...]
StoredRecord = tuple[str, str, str]
"""Kind, target and time of a record."""
STATES = ("queued", "closed", "ready", "planning", "inprogress", "done")
KINDS = ("blocked_by", "conflicts_with", "after", "supersedes", "waiting", "accepted_plan")
RECORDS = (ulid(1), ulid(2))
BUCKETS = ("", "open", "closed")

tickets, records = st.sampled_from(TICKETS), st.sampled_from(RECORDS)
numbers = st.integers(0, 10_000)
write_modes = st.sampled_from(["in place", "in place", "renamed", "backdated", "replaced"])
statements = st.tuples(
    st.sampled_from(KINDS), st.sampled_from([A, B, C, D]), st.sampled_from(TIMES)
)
bad_files = st.sampled_from([*sorted(BAD_FILES), None])

Family = dict[str, tuple[st.SearchStrategy[Operation], Callable[..., None]]]
"""The strategy of the arguments and the function that applies the operation, by its name."""


def any_of(*families: Family) -> st.SearchStrategy[Operation]:
    """A strategy that draws any operation of the families."""
    named = [(name, values) for family in families for name, (values, _) in family.items()]
    return st.one_of([st.tuples(st.just(name), values) for name, values in named])


def _put(world: World, path: Path, data: bytes, mode: str) -> None:
    """Write a file in place or by a rename, with new dates or with the old ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.stat() if path.exists() else None
    if mode in {"renamed", "replaced"}:
        draft = path.with_name(".draft")
        draft.write_bytes(data)
        draft.replace(path)
    else:
        path.write_bytes(data)
    if before and mode in {"backdated", "replaced"} and not world.coarse:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _item(world: World, ticket: str, state: str, mode: str) -> None:
    text = f"---\ntitle: T\nstate: {state}\n---\n"  # some states have equal lengths
    _put(world, world.folder(ticket) / "item.md", text.encode(), mode)


def _record(world: World, ticket: str, name: str, statement: StoredRecord, mode: str) -> None:
    kind, target, at = statement
    aimed = "" if kind in {"waiting", "accepted_plan"} else f"target: {target}\n"
    text = f"---\nkind: {kind}\n{aimed}author: x\nat: {at}\n---\nWhy.\n"
    _put(world, _record_path(world, ticket, name), text.encode(), mode)


def _record_path(world: World, ticket: str, name: str) -> Path:
    return world.folder(ticket) / "artifacts" / "relations" / f"{name}.md"


def _retarget(world: World, number: int, target: str, mode: str) -> None:
    """Replace the target in a file of any format; its size does not change."""
    path = _pick(world.files(), number)
    data = path.read_bytes() if path else b""
    for ticket in (*TICKETS, D):
        if path and (old := b'"target": "%s"' % ticket.encode()) in data:
            _put(world, path, data.replace(old, b'"target": "%s"' % target.encode()), mode)
            return
        if path and (old := b"target: %s" % ticket.encode()) in data:
            _put(world, path, data.replace(old, b"target: %s" % target.encode()), mode)
            return


def _pick(paths: list[Path], number: int) -> Path | None:
    return paths[number % len(paths)] if paths else None


def _spoil(world: World, ticket: str, name: str, how: str | None, mode: str) -> None:
    """Write a record that cannot be used, or such an item.md."""
    if how is None:
        _put(world, world.folder(ticket) / "item.md", b"no frontmatter\n", mode)
    else:
        _put(world, _record_path(world, ticket, name), BAD_FILES[how].encode(), mode)


def _entry(ticket: str, statement: StoredRecord, other: str) -> dict[str, Any]:
    kind, target, at = statement
    aimed = {other: target} if target != ticket else {other: D}
    return {"ticket_id": ticket, "kind": kind, "author": "x", "at": at, **aimed}


def _lines(
    world: World, ticket: str, drawn: list[StoredRecord], bad: int | None, mode: str
) -> None:
    entries = []
    for one in drawn:
        entry = {"id": "p", **_entry(ticket, one, "related_ticket")}
        if entry["kind"] in {"waiting", "accepted_plan", "supersedes"}:
            entry |= {"kind": "waiting_capacity_note", "note": "full"}
        entries.append(json.dumps(entry).encode() + b"\n")
    if bad is not None:
        entries.append([*BAD_LINES.values()][bad % len(BAD_LINES)] + b"\n")
    path = world.folder(ticket) / "artifacts" / "orchestration-plan.jsonl"
    _put(world, path, b"".join(entries), mode)


def _list(world: World, ticket: str, drawn: list[StoredRecord], mode: str) -> None:
    entries = [_entry(ticket, one, "target") | {"kind": "related"} for one in drawn]
    text = json.dumps({"version": 1, "relations": entries}, indent=2)
    _put(world, world.folder(ticket) / "artifacts" / "relations.json", text.encode(), mode)


def _delete(world: World, number: int) -> None:
    if path := _pick(world.files(), number):
        path.unlink()


def _remove(world: World, ticket: str) -> None:
    shutil.rmtree(world.folder(ticket), ignore_errors=True)


def _move(world: World, number: int, ticket: str) -> None:
    """Move a record into another ticket; it replaces a record of that name."""
    path = _pick([one for one in world.files() if one.parent.name == "relations"], number)
    if path:
        to = _record_path(world, ticket, path.stem)
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)


def _put_in(world: World, ticket: str, bucket: str) -> None:
    _move_folder(world, world.folder(ticket), world.workspace.tickets / bucket / ticket)


def _rename(world: World, ticket: str, name: str) -> None:
    folder = world.folder(ticket)
    _move_folder(world, folder, folder.with_name(name))


def _move_folder(world: World, here: Path, there: Path) -> None:
    if here.exists() and not there.exists():
        there.parent.mkdir(exist_ok=True)
        here.rename(there)
        world.dated(there)


def _swap_files(world: World, one: int, other: int) -> None:
    items = [path for path in world.files() if path.name == "item.md"]
    here, there = _pick(items, one), _pick(items, other)
    if here and there:
        _swap(world, here, there)


def _swap_folders(world: World, one: str, other: str, below: str) -> None:
    here, there = world.folder(one) / below, world.folder(other) / below
    if here.is_dir() and there.is_dir():
        _swap(world, here, there)


def _swap(world: World, here: Path, there: Path) -> None:
    if here != there:
        aside = world.aside()
        here.rename(aside)
        there.rename(here)
        aside.rename(there)
        world.dated(here, there)


def _overwrite(world: World, ticket: str, other: str, clean: bool) -> None:  # noqa: FBT001  # drawn
    """Copy one ticket's folder over another, with dates, as `cp -a` and `rsync` do."""
    here, there = world.folder(ticket), world.folder(other)
    if here.is_dir() and here != there:
        if clean:
            remove(there)
        shutil.copytree(here, there, dirs_exist_ok=True)
        world.dated(there)


def _touch(world: World, number: int, hours: int) -> None:
    """Set a date, as `touch -d` does, also in the past."""
    path = _pick(world.files(), number)
    if path and not world.coarse:
        date = path.stat().st_mtime_ns - hours * 3_600 * 10**9
        os.utime(path, ns=(date, date))


WRITES: Family = {
    "item": (st.tuples(tickets, st.sampled_from(STATES), write_modes), _item),
    "record": (st.tuples(tickets, records, statements, write_modes), _record),
    "retarget": (st.tuples(numbers, st.sampled_from([A, B, C, D]), write_modes), _retarget),
    "spoil": (st.tuples(tickets, records, bad_files, write_modes), _spoil),
    "lines": (
        st.tuples(tickets, st.lists(statements, max_size=2), st.none() | numbers, write_modes),
        _lines,
    ),
    "list": (st.tuples(tickets, st.lists(statements, max_size=2), write_modes), _list),
    "delete": (st.tuples(numbers), _delete),
}
"""Each changes one file."""
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
