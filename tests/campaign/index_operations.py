"""Commands that write, and damage to the cache, between questions and during one."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from hypothesis import strategies as st
from index_comparison import tables
from interleaving import once_after
from queries import naive_reading

from campaign.machine_world import World, remove, run_in_fork
from campaign.operations import Family, numbers, tickets
from yoi_relations.index import build, freshness

VERSIONS = ((3, 2), (3, 1), (4, 2))
"""Of the schema and of the parser."""


def _add(world: World, ticket: str, kind: str, other: str) -> None:
    ran = world.workspace.run("add", ticket, kind, other, "--json")
    assert ran.code in (0, 2, 3), ran
    if ran.code == 0:
        assert (world.workspace.root / ran.json["record"]["path"]).is_file(), ran


def _retire(world: World, number: int) -> None:
    found = naive_reading.read(world.workspace.root)
    if found.records:
        one = found.records[number % len(found.records)]
        place = one["path"] if one["line"] is None else f"{one['path']}:{one['line']}"
        ran = world.workspace.run("retire", place, "--reason", "over")
        assert ran.code == 0, ran
        after = naive_reading.read(world.workspace.root).records
        (now,) = (now for now in after if (now["path"], now["line"]) == (one["path"], one["line"]))
        assert now["retired_at"]


def _rebuild(world: World) -> None:
    assert world.workspace.run("rebuild").code == 0


def _refresh(world: World) -> None:
    """A question in another process."""
    run_in_fork(lambda: world.workspace.run("show"))


def _version(world: World, version: tuple[int, int]) -> None:
    world.set_version(*version)


def _drop(world: World, what: str) -> None:
    index = world.index()
    if what == "folder":
        shutil.rmtree(world.cache, ignore_errors=True)
    elif what == "index":
        remove(index)
    elif what == "note":
        remove(index.with_suffix(".stamp"))
    else:
        for path in world.cache.glob("*"):
            if path != index:
                remove(path)


def _damage(world: World, how: str, number: int) -> None:
    path = world.index()
    if how == "note" and world.cache.is_dir():
        path.with_suffix(".stamp").write_bytes(bytes([number % 256]) * 48)
    if how == "note" or not path.is_file():
        return
    data = bytearray(path.read_bytes())
    at = number * 7919 % max(len(data), 1)
    if how == "cut":
        del data[at:]
    elif how == "garbage":
        data = bytearray(b"no database at all\n" * (number % 500))
    elif data:
        data[at] ^= 1 << number % 8
    if how == "folder":
        path.unlink()
        path.mkdir()
    elif world.is_asking:
        # A change in the file that is being read is a documented limit; see docs/reliability.md.
        draft = world.aside()
        draft.write_bytes(data)
        draft.replace(path)
    else:
        path.write_bytes(data)


def _keep(world: World) -> None:
    """Copy the index, as a backup does."""
    path = world.index()
    if path.is_file():
        world.kept = world.aside().with_name(path.name)
        shutil.copy2(path, world.kept)


def _put_back(world: World, renamed: bool) -> None:  # noqa: FBT001  # drawn
    """Restore the copy, in place or by a rename; with its old dates, unless only they differ."""
    there = world.cache / world.kept.name if world.kept else None
    if there is None or world.kept is None or not world.cache.is_dir() or there.is_dir():
        return
    copy = shutil.copyfile if world.coarse else shutil.copy2
    if renamed or world.is_asking:
        copy(world.kept, draft := world.aside())
        draft.replace(there)
    else:
        copy(world.kept, there)


COMMANDS: Family = {
    "add": (
        st.tuples(tickets, st.sampled_from(["blocked-by", "after", "related"]), tickets),
        _add,
    ),
    "retire": (st.tuples(numbers), _retire),
    "rebuild": (st.just(()), _rebuild),
    "refresh": (st.just(()), _refresh),
    "version": (st.tuples(st.sampled_from(VERSIONS)), _version),
}
INDEX: Family = {
    "drop": (st.tuples(st.sampled_from(["index", "folder", "note", "all but the index"])), _drop),
    "damage": (
        st.tuples(st.sampled_from(["cut", "flip", "garbage", "folder", "note"]), numbers),
        _damage,
    ),
    "keep": (st.just(()), _keep),
    "put back": (st.tuples(st.booleans()), _put_back),
}


def slow_question(world: World, meanwhile: Callable[[], None]) -> None:
    """Ask a question, and call `meanwhile` right after it has compared the disk with the index.

    The answer has everything written before the question; it may have what was written since.
    """
    before = _rebuilt(world)
    world.is_asking = True
    with (
        once_after(freshness, "compare_stamps", meanwhile),
        freshness.open_index(world.found, lambda _: None) as index,
    ):
        answered = tables(index.connection)
    world.is_asking = False
    assert answered in (before, _rebuilt(world))


def _rebuilt(world: World) -> dict[str, list[tuple[object, ...]]]:
    stored = build.build_index(world.found, 1, lambda _done, _total: None)
    try:
        return tables(stored.connection)
    finally:
        stored.connection.close()
