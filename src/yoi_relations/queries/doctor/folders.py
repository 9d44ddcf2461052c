"""Ids whose records or item.md are missing or in several folders: one finding per id."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from yoi_relations.files.locale_names import as_name
from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.command_lines import argument, shell_chain, shell_line
from yoi_relations.queries.doctor.findings import Code, Finding, found_at

_RECORDS = "artifacts/relations"
_FILES = ("artifacts/relations.json", "artifacts/orchestration-plan.jsonl")
_AT_ONCE = 100
"""Files that one command moves."""


class _Folders(NamedTuple):
    """The folders that go by one id, by path.

    Attributes:
        items: those with an item.md.
        others: those with records and without one.
    """

    id: str
    items: list[str]
    others: list[str]


def folder_findings(
    workspace: Workspace, connection: Connection, ids: Iterable[str]
) -> Iterator[Finding]:
    """A finding for each of `ids`, that several folders share or that has no item.md.

    Args:
        workspace: whose folders.
        connection: the index.
        ids: each only once in the answer.
    """
    for one in _load(connection, ids):
        if not one.items:
            yield _without_item(one)
        elif len(one.items) > 1:
            yield _several_items(one)
        else:
            yield _apart(workspace, one)


def _load(connection: Connection, ids: Iterable[str]) -> list[_Folders]:
    rows = connection.execute(
        "SELECT holder, folder, max(format = 'item') FROM source WHERE format <> 'stray'"
        " AND holder IN (SELECT value FROM json_each(?)) GROUP BY holder, folder"
        " ORDER BY holder, folder",
        (json_text(sorted(set(ids))),),
    )
    found: dict[str, _Folders] = {}
    for id_, folder, has_item in rows:
        one = found.setdefault(id_, _Folders(id_, [], []))
        (one.items if has_item else one.others).append(folder)
    return list(found.values())


def _without_item(one: _Folders) -> Finding:
    """Records whose item.md is nowhere: git may know where it was."""
    first, *more = one.others
    also = f"; so {'do' if len(more) > 1 else 'does'} {', '.join(more)}" if more else ""
    said = f"holds records but no item.md{also}; the state of the ticket is not known"
    items = [f"{folder}/item.md" for folder in one.others]
    command = shell_line("git", "log", "--diff-filter=D", "--oneline", "--", *items)
    where = f": {command}" if command else ""
    hint = f"restore the item.md; git may know the commit that removed it{where}"
    return found_at(first, Code.NO_ITEM, said, hint, [one.id]).with_commands(command)


def _several_items(one: _Folders) -> Finding:
    """Two tickets or two copies of one: only a person can tell."""
    first, *more = one.items + one.others
    said = f"has the same id as {', '.join(more)}; the ticket's state is not known"
    compare = shell_line("diff", "-r", "--", first, more[0]) or "diff -r"
    hint = (
        f"compare them ({compare}); move the records that only one has into the other's artifacts,"
        " decide which item.md holds, and move the other one out of the tickets root"
    )
    return found_at(first, Code.SHARED_ID, said, hint, [one.id])


def _apart(workspace: Workspace, one: _Folders) -> Finding:
    """Records that a merge left behind when the ticket's folder moved."""
    (home,), (first, *more) = one.items, one.others
    also = f"; so {'do' if len(more) > 1 else 'does'} {', '.join(more)}" if more else ""
    said = f"holds records of the ticket in {home}, and no item.md{also}; its state is not known"
    command = _moving(workspace, home, one.others)
    if command:
        hint = f"move the records to the item.md: {command}"
    else:
        pairs = [_compare(folder, home) for folder in one.others]
        whole = argument(home, "the folder with the item.md")
        hint = (
            f"bring the records together in {whole} by hand, because a name is taken"
            f" there or cannot be written in a command; compare first: {'; '.join(pairs)}; put"
            " every entry and every file that only one of them has into the other"
        )
    return found_at(first, Code.SHARED_ID, said, hint, [one.id]).with_commands(command)


def _compare(folder: str, home: str) -> str:
    return shell_line("diff", "-r", "--", f"{folder}/artifacts", f"{home}/artifacts") or "diff -r"


def _moving(workspace: Workspace, home: str, folders: Iterable[str]) -> str | None:
    """What moves all records of `folders` to `home`; None where a name is taken there."""
    taken: set[str] = set()
    lines: list[str | None] = [shell_line("mkdir", "-p", "--", f"{home}/{_RECORDS}")]
    root = workspace.root
    if not all(_is_free_way(root, f"{home}/{part}") for part in ("artifacts", _RECORDS)):
        return None
    for folder in folders:
        names = _names(root, folder)
        if names is None:
            return None
        for name in names:
            if name.casefold() in taken or os.path.lexists(os.path.join(root, as_name(home), name)):
                return None
            taken.add(name.casefold())
        lines += _moves(folder, home, names)
    return shell_chain(*lines)


def _names(root: str, folder: str) -> list[str] | None:
    """What records are read from in a folder, below it; None where that cannot be told."""
    try:
        parts = [f"{folder}/artifacts", f"{folder}/{_RECORDS}"]
        if not all(_is_free_way(root, part) for part in parts):
            return None
        place = os.path.join(root, as_name(folder))
        names = [name for name in _FILES if os.path.lexists(os.path.join(place, name))]
        records = os.path.join(place, _RECORDS)
        if os.path.isdir(records):
            names += [f"{_RECORDS}/{name}" for name in sorted(os.listdir(records))]
    except (OSError, ValueError):
        return None
    return names or None


def _is_free_way(root: str, path: str) -> bool:
    """Whether a path is a folder, or could become one."""
    try:
        return stat.S_ISDIR(os.lstat(os.path.join(root, as_name(path))).st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _moves(folder: str, home: str, names: list[str]) -> Iterator[str | None]:
    """`mv` never overwrites with ``-n``, and needs a folder where the target ends in a slash."""
    for place in ("artifacts", _RECORDS):
        there = [name for name in names if os.path.dirname(name) == place]
        for start in range(0, len(there), _AT_ONCE):
            paths = [f"{folder}/{name}" for name in there[start : start + _AT_ONCE]]
            yield shell_line("mv", "-n", "--", *paths, f"{home}/{place}/")
