"""Building blocks of mistakes with the place or the name of a file or a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from queries.file_mistakes import Mistake, Pick, files, folders

Move = Callable[[Path, Pick], None]


def move(*patterns: str, to: Move, unless: str = "no such text") -> Mistake:
    """A mistake with the place or the name of a file, but for those that hold some text."""

    def make(root: Path, pick: Pick) -> bool:
        found = [path for path in files(root, *patterns) if unless not in path.read_text()]
        if found:
            to(pick.of(found), pick)
        return bool(found)

    return make


def move_folder(to: Move, unless: str = "no such state") -> Mistake:
    """A mistake with the place or the name of a ticket's folder, but for those in one state."""

    def make(root: Path, pick: Pick) -> bool:
        found = [one for one in folders(root) if unless not in (one / "item.md").read_text()]
        if found:
            to(pick.of(found), pick)
        return bool(found)

    return make


def named(change: Callable[[str], str]) -> Move:
    """Another name in the same folder."""

    def rename(path: Path, _: Pick) -> None:
        to = path.parent / change(path.name)
        to.parent.mkdir(exist_ok=True)
        path.rename(to)

    return rename


def copy_beside(name: Callable[[str], str]) -> Move:
    def copy(path: Path, _: Pick) -> None:
        to = path.parent / name(path.name)
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, to)

    return copy


def into(*parts: str) -> Move:
    """To another place, counted from the tickets root."""

    def put(path: Path, _: Pick) -> None:
        base = next(one for one in path.parents if one.name == "tickets")
        to = base.joinpath(*parts)
        to.mkdir(parents=True, exist_ok=True)
        path.rename(to / path.name)

    return put


def copy_into(*parts: str) -> Move:
    def put(path: Path, _: Pick) -> None:
        base = next(one for one in path.parents if one.name == "tickets")
        if not base.joinpath(*parts, path.name).exists():
            shutil.copytree(path, base.joinpath(*parts, path.name))

    return put


def up(levels: int) -> Move:
    def put(path: Path, _: Pick) -> None:
        path.rename(path.parents[levels] / path.name)

    return put


def rename_parent(name: str) -> Move:
    def rename(path: Path, _: Pick) -> None:
        path.parent.rename(path.parent.parent / name)

    return rename
