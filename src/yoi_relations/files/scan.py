"""Lists every source: the files that tickets and records are read from, straight from the disk.

Nothing is read here but folders. A folder that cannot be listed ends the command, because it could
hold anything; every other oddity becomes a source with a fault, reported with its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.faults import Effect, Fault
from yoi_relations.files.workspace import Workspace

BUCKETS = ("open", "pending", "closed")
_LINK = Fault("is a symbolic link, which is not followed; put the folder itself here")
_NO_FOLDER = Fault("is not a folder; records are read from a folder of this name")
_NO_RECORD = Fault("is not a record: a record's file name ends in .md", Effect.NONE)


class Format(StrEnum):
    """What a source is read as."""

    ITEM = "item"
    FRONTMATTER = "frontmatter"
    RELATIONS_JSON = "relations.json"
    PLAN_JSONL = "orchestration-plan.jsonl"
    STRAY = "stray"
    """Nothing that can be read: only its fault counts."""


@dataclass(frozen=True)
class Source:
    """One file (or odd thing) below the tickets root.

    Attributes:
        path: below the workspace root, with ``/``, printable as UTF-8.
        fs_path: absolute, as the system calls want it.
        format: what it is read as.
        holder: the ticket id of its folder; empty outside any ticket folder.
        folder: the ticket folder's path, like `path`.
        bucket: the bucket the ticket folder lies in, or None.
        fault: why it cannot be used, where the listing alone tells, or None.
    """

    path: str
    fs_path: str
    format: Format
    holder: str
    folder: str
    bucket: str | None
    fault: Fault | None = None


@dataclass(frozen=True)
class _Folder:
    """A ticket folder on its way into sources."""

    workspace: Workspace
    fs_path: str
    bucket: str | None

    def source(self, name: str, form: Format, fault: Fault | None = None) -> Source:
        fs_path = os.path.join(self.fs_path, name) if name else self.fs_path
        path = printable(os.path.relpath(fs_path, self.workspace.root))
        folder = printable(os.path.relpath(self.fs_path, self.workspace.root))
        holder = printable(os.path.basename(self.fs_path))
        return Source(path, fs_path, form, holder, folder, self.bucket, fault)


def printable(name: str) -> str:
    """`name` as text that UTF-8 can hold: each byte that is none is written as an escape."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def scan(workspace: Workspace) -> list[Source]:
    """Every source below the tickets root, sorted by path.

    Raises:
        UnreadableFolderError: a folder on the way cannot be listed.
    """
    found: list[Source] = []
    for entry in _list(workspace.tickets_path):
        found += _root_entry(workspace, entry)
    _list(workspace.tickets_path)  # gone meanwhile? Then what was found is no answer
    return sorted(found, key=lambda source: (source.path, source.fs_path))


def _root_entry(workspace: Workspace, entry: os.DirEntry[str]) -> Iterator[Source]:
    yield from _ticket_folder(workspace, entry, None)
    if entry.name in BUCKETS and entry.is_dir(follow_symlinks=False):
        for inner in _list_if_there(entry.path):
            yield from _ticket_folder(workspace, inner, entry.name)


def _ticket_folder(
    workspace: Workspace, entry: os.DirEntry[str], bucket: str | None
) -> Iterator[Source]:
    folder = _Folder(workspace, entry.path, bucket)
    if entry.is_symlink():
        if os.path.isdir(entry.path) or not os.path.exists(entry.path):
            yield folder.source("", Format.STRAY, _LINK)
    elif entry.is_dir(follow_symlinks=False):
        yield from _ticket_files(folder)


def _ticket_files(folder: _Folder) -> Iterator[Source]:
    name = os.path.basename(folder.fs_path)
    if printable(name) != name:
        yield folder.source("", Format.STRAY, Fault("has a name that is not UTF-8", Effect.NONE))
    if _mode(folder, "item.md") is not None:
        yield folder.source("item.md", Format.ITEM)
    artifacts = _mode(folder, "artifacts")
    if artifacts is None:
        return
    if stat.S_ISLNK(artifacts):
        yield folder.source("artifacts", Format.STRAY, _LINK)
    elif not stat.S_ISDIR(artifacts):
        yield folder.source("artifacts", Format.STRAY, _NO_FOLDER)
    else:
        for form in (Format.RELATIONS_JSON, Format.PLAN_JSONL):
            if _mode(folder, f"artifacts/{form}") is not None:
                yield folder.source(f"artifacts/{form}", form)
        yield from _record_files(folder)


def _record_files(folder: _Folder) -> Iterator[Source]:
    name = "artifacts/relations"
    mode = _mode(folder, name)
    if mode is None:
        return
    if not stat.S_ISDIR(mode):
        yield folder.source(name, Format.STRAY, _NO_FOLDER)
        return
    for entry in _list_if_there(os.path.join(folder.fs_path, name)):
        if entry.name.endswith(".md") and not entry.name.startswith("."):
            yield folder.source(f"{name}/{entry.name}", Format.FRONTMATTER)
        elif not entry.name.startswith("."):
            yield folder.source(f"{name}/{entry.name}", Format.STRAY, _NO_RECORD)


def _mode(folder: _Folder, name: str) -> int | None:
    """The type bits of a file in a ticket folder, or None where there is none."""
    path = os.path.join(folder.fs_path, name)
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(os.path.dirname(path), error) from error


def _list(path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except OSError as error:
        raise _unreadable(path, error) from error


def _list_if_there(path: str) -> list[os.DirEntry[str]]:
    """A folder's entries; none where it vanished since its parent was listed."""
    try:
        return _list(path)
    except UnreadableFolderError:
        if os.path.lexists(path):
            raise
        return []


def _unreadable(path: str, error: OSError) -> UnreadableFolderError:
    if isinstance(error, FileNotFoundError):
        return UnreadableFolderError(
            f"{path}: there is no such folder", "create it, or name another tickets root"
        )
    return UnreadableFolderError(
        f"{path}: cannot be listed: {error.strerror}",
        "make the folder readable; without it no answer would be complete",
    )
