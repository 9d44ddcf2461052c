"""Lists every source: the files that tickets and records are read from, straight from the disk.

A ticket folder is listed as a whole: its sources, and the probes, the paths whose stamps tell
whether it would be listed and read alike another time. Nothing is read here but folders. A folder
that cannot be listed ends the command, because it could hold anything; every other oddity becomes a
source with a fault, reported with its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.faults import Effect, Fault
from yoi_relations.files.formats import Format
from yoi_relations.files.stamps import ABSENT, NOT_THERE, stamp_of
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.typed import NamedTuple

BUCKETS = ("open", "pending", "closed")
ROOT = ""
"""The name of the folder that stands for the tickets root itself and its buckets."""
_LINK = Fault("is a symbolic link, which is not followed; put the folder itself here")
_NO_FOLDER = Fault("is not a folder; records are read from a folder of this name")
_NO_RECORD = Fault("is not a record: a record's file name ends in .md", Effect.NONE)
_ODD_NAME = Fault("has a name that is not UTF-8", Effect.NONE)


class Source(NamedTuple):
    """One file (or odd thing) below the tickets root.

    Attributes:
        path: below the workspace root, with ``/``, printable as UTF-8.
        fs_path: absolute, as the system calls want it.
        format: what it is read as.
        holder: the ticket id of its folder.
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


class Probe(NamedTuple):
    """A path below the tickets root, and its stamp from before anything behind it was read."""

    path: str
    stamp: bytes


class Folder(NamedTuple):
    """A ticket folder, or the tickets root, as it was listed.

    Attributes:
        name: below the tickets root; `ROOT` for the root itself.
        probes: what must be equal for the listing to be the same.
        sources: what there is to read; none for the root.
        is_link: whether it is a symbolic link, for whose target no stamp vouches.
    """

    name: str
    probes: list[Probe]
    sources: list[Source]
    is_link: bool = False


class Listing(NamedTuple):
    """The tickets root as it was listed.

    Attributes:
        folder: the root itself.
        names: of all that could be ticket folders, below the root.
        links: those of the names that are symbolic links, behind which anything may have changed.
    """

    folder: Folder
    names: list[str]
    links: list[str]


def list_root(workspace: Workspace) -> Listing:
    """The tickets root, and what could be ticket folders in it and in its buckets.

    Raises:
        UnreadableFolderError: it or one of its buckets cannot be listed.
    """
    root = workspace.tickets_path
    probes = [_probe(root, ".")]
    found = {entry.name: entry for entry in _list(root)}
    for bucket in BUCKETS:
        if bucket in found and found[bucket].is_dir(follow_symlinks=False):
            probes.append(_probe(root, bucket))
            inner = _list_if_there(f"{root}/{bucket}")
            found |= {f"{bucket}/{entry.name}": entry for entry in inner}
    links = [name for name, entry in found.items() if entry.is_symlink()]
    names = [name for name, entry in found.items() if entry.is_dir(follow_symlinks=False)]
    return Listing(Folder(ROOT, probes, []), names + links, links)


def list_folder(workspace: Workspace, name: str) -> Folder:
    """What lies in the folder `name` below the tickets root.

    Raises:
        UnreadableFolderError: a folder in it cannot be listed.
    """
    return _Listing(workspace, name).folder()


class _Listing:
    """Lists one ticket folder, and keeps a probe of everything it looked at."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self.root = workspace.tickets_path
        self.name = name
        self.probes: list[Probe] = []
        bucket, _, last = name.rpartition("/")
        self.bucket = bucket or None
        self.holder = printable(last)
        self.below = f"{printable(workspace.tickets_root)}/{printable(name)}"

    def folder(self) -> Folder:
        own = _probe(self.root, self.name)
        is_link = stat.S_ISLNK(_mode(own))
        return Folder(self.name, self.probes, list(self._sources(own)), is_link)

    def _sources(self, own: Probe) -> Iterator[Source]:
        mode = _mode(own)
        if stat.S_ISLNK(mode):
            self.probes.append(own)
            if os.path.isdir(self._absolute("")) or not os.path.exists(self._absolute("")):
                yield self._source("", Format.STRAY, _LINK)
        elif not stat.S_ISDIR(mode):
            self.probes.append(own)
        else:
            yield from self._files(own)

    def _files(self, own: Probe) -> Iterator[Source]:
        if self.holder != self.name.rpartition("/")[2]:
            yield self._source("", Format.STRAY, _ODD_NAME)
        item, artifacts = self._look("item.md"), self._look("artifacts")
        if not item or not artifacts:
            self.probes.append(own)  # tells when one of them appears
        if item:
            yield self._source("item.md", Format.ITEM)
        if stat.S_ISLNK(artifacts):
            yield self._source("artifacts", Format.STRAY, _LINK)
        elif artifacts and not stat.S_ISDIR(artifacts):
            yield self._source("artifacts", Format.STRAY, _NO_FOLDER)
        elif artifacts:
            yield from self._artifacts()

    def _artifacts(self) -> Iterator[Source]:
        for form in (Format.RELATIONS_JSON, Format.PLAN_JSONL):
            if self._look(f"artifacts/{form}"):
                yield self._source(f"artifacts/{form}", form)
        name = "artifacts/relations"
        mode = self._look(name)
        if mode and not stat.S_ISDIR(mode):
            yield self._source(name, Format.STRAY, _NO_FOLDER)
        elif mode:
            for entry in _list_if_there(self._absolute(name)):
                if not entry.name.startswith("."):
                    yield self._record(f"{name}/{entry.name}")

    def _record(self, name: str) -> Source:
        if not name.endswith(".md"):
            return self._source(name, Format.STRAY, _NO_RECORD)
        self._look(name)
        return self._source(name, Format.FRONTMATTER)

    def _look(self, name: str) -> int:
        """The mode of a file, which is remembered; 0 where there is none.

        What is absent needs no probe: the stamp of the folder above tells when it appears.
        """
        probe = _probe(self.root, f"{self.name}/{name}")
        if probe.stamp != ABSENT:
            self.probes.append(probe)
        return _mode(probe)

    def _source(self, name: str, form: Format, fault: Fault | None = None) -> Source:
        path = f"{self.below}/{printable(name)}" if name else self.below
        absolute = self._absolute(name)
        return Source(path, absolute, form, self.holder, self.below, self.bucket, fault)

    def _absolute(self, name: str) -> str:
        return os.path.join(self.root, self.name, name) if name else f"{self.root}/{self.name}"


def _probe(root: str, name: str) -> Probe:
    path = f"{root}/{name}"
    try:
        return Probe(name, stamp_of(os.lstat(path)))
    except OSError as error:
        if error.errno in NOT_THERE:
            return Probe(name, ABSENT)
        raise _unreadable(os.path.dirname(path), error) from error


def _mode(probe: Probe) -> int:
    return int.from_bytes(probe.stamp[40:48], "little")


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
