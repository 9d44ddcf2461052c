"""What is done with the program and to its cache, between questions and during one."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from between import once_after
from comparing import tables
from hypothesis import strategies as st
from queries import naive_reading

from campaign.deeds import Family, numbers, tickets
from campaign.ground import Ground, elsewhere, remove
from yoi_relations.index import build, refresh

VERSIONS = ((3, 2), (3, 1), (4, 2))
"""Of the schema and of the parser."""


def _add(ground: Ground, ticket: str, kind: str, other: str) -> None:
    ran = ground.workspace.run("add", ticket, kind, other, "--json")
    assert ran.code in (0, 2, 3), ran
    if ran.code == 0:
        assert (ground.workspace.root / ran.json["record"]["path"]).is_file(), ran


def _retire(ground: Ground, number: int) -> None:
    found = naive_reading.read(ground.workspace.root)
    if found.records:
        one = found.records[number % len(found.records)]
        place = one["path"] if one["line"] is None else f"{one['path']}:{one['line']}"
        ran = ground.workspace.run("retire", place, "--reason", "over")
        assert ran.code == 0, ran
        after = naive_reading.read(ground.workspace.root).records
        (now,) = (now for now in after if (now["path"], now["line"]) == (one["path"], one["line"]))
        assert now["retired_at"]


def _rebuild(ground: Ground) -> None:
    assert ground.workspace.run("rebuild").code == 0


def _refresh(ground: Ground) -> None:
    """A question in another process."""
    elsewhere(lambda: ground.workspace.run("show"))


def _version(ground: Ground, version: tuple[int, int]) -> None:
    ground.switch(*version)


def _drop(ground: Ground, what: str) -> None:
    index = ground.index()
    if what == "folder":
        shutil.rmtree(ground.cache, ignore_errors=True)
    elif what == "index":
        remove(index)
    elif what == "note":
        remove(index.with_suffix(".stamp"))
    else:
        for path in ground.cache.glob("*"):
            if path != index:
                remove(path)


def _damage(ground: Ground, how: str, number: int) -> None:
    path = ground.index()
    if how == "note" and ground.cache.is_dir():
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
    elif ground.is_asking:
        # What changes in the very file that is being read is a limit; docs/reliability.md has it.
        draft = ground.aside()
        draft.write_bytes(data)
        draft.replace(path)
    else:
        path.write_bytes(data)


def _keep(ground: Ground) -> None:
    """Copy the index, as a backup does."""
    path = ground.index()
    if path.is_file():
        ground.kept = ground.aside().with_name(path.name)
        shutil.copy2(path, ground.kept)


def _put_back(ground: Ground, renamed: bool) -> None:  # noqa: FBT001  # drawn
    """The copy, in place or by a rename; with its old dates, if those are not its only mark."""
    there = ground.cache / ground.kept.name if ground.kept else None
    if there is None or ground.kept is None or not ground.cache.is_dir() or there.is_dir():
        return
    copy = shutil.copyfile if ground.coarse else shutil.copy2
    if renamed or ground.is_asking:
        copy(ground.kept, draft := ground.aside())
        draft.replace(there)
    else:
        copy(ground.kept, there)


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


def slow_question(ground: Ground, meanwhile: Callable[[], None]) -> None:
    """Ask, and let something happen between the question's look at the disk and its going on.

    What was written before it started is in the answer; what is written meanwhile may be.
    """
    before = _rebuilt(ground)
    ground.is_asking = True
    with (
        once_after(refresh, "suspects", meanwhile),
        refresh.open_index(ground.found, lambda _: None) as index,
    ):
        answered = tables(index.connection)
    ground.is_asking = False
    assert answered in (before, _rebuilt(ground))


def _rebuilt(ground: Ground) -> dict[str, list[tuple[object, ...]]]:
    stored = build.build(ground.found, 1, lambda _done, _total: None)
    try:
        return tables(stored.connection)
    finally:
        stored.connection.close()
