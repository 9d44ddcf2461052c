"""Findings about ids without an item.md, or with several folders: one finding per id."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from yoi_relations.files.file_tree import exists, is_folder
from yoi_relations.files.locale_names import as_name
from yoi_relations.files.source import SpanningCode
from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.command_lines import argument, shell_chain, shell_line
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_at, found_problem

_RECORDS = "artifacts/relations"
_FILES = ("artifacts/relations.json", "artifacts/orchestration-plan.jsonl")
_CODES = (SpanningCode.NO_ITEM, SpanningCode.SHARED_ID)
_BATCH = 100
"""Files that one `mv` moves."""


class _Folders(NamedTuple):
    """The folders with one id, by path.

    Attributes:
        id: the id.
        items: paths of the folders with an item.md.
        others: paths of the folders with records and without an item.md.
    """

    id: str
    items: list[str]
    others: list[str]


def folder_findings(contents: Contents) -> Iterator[Finding]:
    """A finding for each id that several folders share or that has no item.md."""
    if contents.workspace.tool:
        yield from _task_findings(contents)
        return
    ids = {problem.about for problem in contents.problems if problem.code in _CODES}
    for folders in _load(contents.connection, ids):
        if not folders.items:
            yield _missing_item(folders)
        elif len(folders.items) > 1:
            yield _shared_id(folders)
        else:
            yield _left_records(contents.workspace, folders)


def _task_findings(contents: Contents) -> Iterator[Finding]:
    """The same where another tool keeps the tickets: records without a task, and shared ids."""
    shared: set[str] = set()
    for problem in contents.problems:
        if problem.code == SpanningCode.NO_ITEM:
            hint = (
                "the task was renamed or removed; restore it, or, if it has another id now, record"
                " the same for that one with relations add, and retire this record"
            )
            yield found_problem(problem, Code.NO_ITEM, hint, history=False)
        elif problem.code == SpanningCode.SHARED_ID and problem.about not in shared:
            shared.add(problem.about)
            hint = "compare the files, and give one of the tasks another id, or remove a copy"
            yield found_problem(problem, Code.SHARED_ID, hint, history=False)


def _load(connection: Connection, ids: Iterable[str]) -> list[_Folders]:
    rows = connection.execute(
        "SELECT holder, folder, max(format = 'item') FROM source WHERE format <> 'stray'"
        " AND holder IN (SELECT value FROM json_each(?)) GROUP BY holder, folder"
        " ORDER BY holder, folder",
        (json_text(sorted(ids)),),
    )
    found: dict[str, _Folders] = {}
    for id_, folder, has_item in rows:
        folders = found.setdefault(id_, _Folders(id_, [], []))
        (folders.items if has_item else folders.others).append(folder)
    return list(found.values())


def _missing_item(folders: _Folders) -> Finding:
    """Records without an item.md: git may know where it was."""
    first, *more = folders.others
    also = f"; so {'do' if len(more) > 1 else 'does'} {', '.join(more)}" if more else ""
    text = f"holds records but no item.md{also}; the state of the ticket is not known"
    items = [f"{folder}/item.md" for folder in folders.others]
    command = shell_line("git", "log", "--diff-filter=D", "--oneline", "--", *items)
    where = f": {command}" if command else ""
    hint = f"restore the item.md; git may know the commit that removed it{where}"
    return found_at(first, Code.NO_ITEM, text, hint, [folders.id]).with_commands(command)


def _shared_id(folders: _Folders) -> Finding:
    """Two tickets, or two copies of one ticket: a person has to decide."""
    first, *more = folders.items + folders.others
    text = f"has the same id as {', '.join(more)}; the ticket's state is not known"
    compare = shell_line("diff", "-r", "--", first, more[0]) or "diff -r"
    hint = (
        f"compare them ({compare}); move the records that only one has into the other's artifacts,"
        " decide which item.md is right, and move the other folder out of the tickets root"
    )
    return found_at(first, Code.SHARED_ID, text, hint, [folders.id])


def _left_records(workspace: Workspace, folders: _Folders) -> Finding:
    """Records that a merge left in the old folder of a ticket that moved."""
    (home,), (first, *more) = folders.items, folders.others
    also = f"; so {'do' if len(more) > 1 else 'does'} {', '.join(more)}" if more else ""
    text = f"holds records of the ticket in {home}, and no item.md{also}; its state is not known"
    command = _move_command(workspace, home, folders.others)
    if command:
        hint = f"move the records to the item.md: {command}"
    else:
        pairs = [_compare(folder, home) for folder in folders.others]
        whole = argument(home, "the folder with the item.md")
        hint = (
            f"merge the records into {whole} by hand, because a name is taken there or cannot"
            f" be written in a command; compare first: {'; '.join(pairs)}; put every entry and"
            " every file that only one of them has into the other"
        )
    return found_at(first, Code.SHARED_ID, text, hint, [folders.id]).with_commands(command)


def _compare(folder: str, home: str) -> str:
    return shell_line("diff", "-r", "--", f"{folder}/artifacts", f"{home}/artifacts") or "diff -r"


def _move_command(workspace: Workspace, home: str, folders: Iterable[str]) -> str | None:
    """The command that moves all records of `folders` to `home`; None if a name is taken there."""
    taken: set[str] = set()
    lines: list[str | None] = [shell_line("mkdir", "-p", "--", f"{home}/{_RECORDS}")]
    if not all(_may_be_folder(workspace, f"{home}/{part}") for part in ("artifacts", _RECORDS)):
        return None
    for folder in folders:
        names = _source_names(workspace, folder)
        if names is None:
            return None
        for name in names:
            if name.casefold() in taken or _exists(workspace, f"{home}/{name}"):
                return None
            taken.add(name.casefold())
        lines += _moves(folder, home, names)
    return shell_chain(*lines)


def _source_names(workspace: Workspace, folder: str) -> list[str] | None:
    """The sources of records in a folder, relative to it; None if they cannot be listed."""
    try:
        parts = [f"{folder}/artifacts", f"{folder}/{_RECORDS}"]
        if not all(_may_be_folder(workspace, part) for part in parts):
            return None
        names = [name for name in _FILES if _exists(workspace, f"{folder}/{name}")]
        records = _place(workspace, f"{folder}/{_RECORDS}")
        if is_folder(workspace.files, records):
            listed = sorted(map(os.fsdecode, workspace.files.listdir(records)))
            names += [f"{_RECORDS}/{name}" for name in listed]
    except (OSError, ValueError):
        return None
    return names or None


def _place(workspace: Workspace, path: str) -> bytes:
    return os.fsencode(os.path.join(workspace.root, as_name(path)))


def _exists(workspace: Workspace, path: str) -> bool:
    return exists(workspace.files.lstat, _place(workspace, path))


def _may_be_folder(workspace: Workspace, path: str) -> bool:
    """Whether a path is a folder, or could become one."""
    try:
        return stat.S_ISDIR(workspace.files.lstat(_place(workspace, path)).st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _moves(folder: str, home: str, names: list[str]) -> Iterator[str | None]:
    """The `mv` commands; ``-n`` never overwrites, and a target with a slash must be a folder."""
    for place in ("artifacts", _RECORDS):
        there = [name for name in names if os.path.dirname(name) == place]
        for start in range(0, len(there), _BATCH):
            paths = [f"{folder}/{name}" for name in there[start : start + _BATCH]]
            yield shell_line("mv", "-n", "--", *paths, f"{home}/{place}/")
