"""The files of a revision: a tree of git objects as a `FileTree`.

A path is that of a checkout in the work tree of the repository. Links are followed within the tree;
what is outside of it does not exist. A submodule is an empty folder, as in a fresh checkout.
"""

from __future__ import annotations

import errno
import os
import stat

from yoi_relations.errors import GitError
from yoi_relations.files.file_tree import AtRevision, ObjectEntry, ObjectStatus
from yoi_relations.files.workspace import printable_bytes
from yoi_relations.git.objects import (
    FOLDER,
    LINK,
    SUBMODULE,
    ObjectReader,
    ReadAhead,
    TreeEntry,
    list_tree,
    missing,
)
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STAGED = ":"
"""The name of the staging area, in place of a revision."""
_MAX_LINKS = 40
"""Links on one path, as Linux has it."""
_LINK_LIMIT = 4096
"""Bytes of the target of a link, as Linux has it."""
_LIKELY = (b"/item.md", b"/artifacts/relations.json", b"/artifacts/orchestration-plan.jsonl")
_LIKELY_FOLDER = b"/artifacts/relations/"
_INNER_FOLDERS = (b"artifacts", b"relations")
"""In a ticket folder, the folder with sources; and in that one, the folder of records."""


def revision_words(at: AtRevision) -> str:
    """A revision in a sentence: its name, or that it is what is staged."""
    return "what is staged" if at.name == STAGED else at.name


class GitTree:
    """A tree of objects at the place of a work tree; `close` it when done.

    Args:
        reader: reads its objects; it is closed with the tree.
        at: the revision.
        top: absolute path of the work tree.
        tree: id of the tree, in hexadecimal.
        may_list: whether `read_ahead` may start a process; it does nothing without.
    """

    can_fork = False

    def __init__(
        self,
        reader: ObjectReader,
        at: AtRevision,
        top: str,
        tree: str,
        *,
        may_list: Callable[[], bool],
    ) -> None:
        self.at = at
        self._may_list = may_list
        self._reader = reader
        self._top = os.fsencode(top).rstrip(b"/")
        self._root = TreeEntry(FOLDER, tree, b"")
        self._folders: dict[bytes, dict[bytes, TreeEntry]] = {}
        """The entries of folders, by their paths without links."""
        self._ahead: ReadAhead | None = None
        self._replaced: dict[bytes, bytes] = {}

    def replace(self, path: bytes, data: bytes) -> None:
        """Let a file of the tree, whose absolute path has no links, have other content."""
        self._replaced[path] = data

    def lstat(self, path: bytes) -> ObjectStatus:
        """The status of a path; that of the link itself where it is one."""
        return _status(self._find(path, follow=False)[1])

    def stat(self, path: str | bytes) -> ObjectStatus:
        """The status of what a path leads to."""
        return _status(self._find(path, follow=True)[1])

    def listdir(self, path: bytes) -> list[bytes]:
        """The names in a folder."""
        return list(self._folder(*self._find(path, follow=True)))

    def entries(self, path: str) -> list[ObjectEntry]:
        """The entries of a folder."""
        inside = self._folder(*self._find(path, follow=True))
        return [
            ObjectEntry(os.fsdecode(name), _status(entry).st_mode) for name, entry in inside.items()
        ]

    def realpath(self, path: str, *, strict: bool = False) -> str:
        """The path without links; of a path that does not exist, as it is, unless `strict`."""
        try:
            return os.fsdecode(self._find(path, follow=True)[0])
        except OSError:
            if strict:
                raise
            return os.path.normpath(path)

    def read(self, path: bytes, limit: int) -> tuple[ObjectStatus, bytes]:
        """The status of a regular file, and at most `limit` bytes of it; links are not followed.

        Raises:
            OSError: there is no such file.
            GitError: its content is missing in a partial clone, or git failed.
        """
        place, entry = self._find(path, follow=False)
        status = _status(entry)
        if entry.mode == LINK:
            raise _error(errno.ELOOP, place)
        if not stat.S_ISREG(status.st_mode):
            raise _error(errno.EINVAL, place)
        return status, self._content(place, entry, limit)

    def tree_id(self, folder: str) -> str:
        """The id of the tree at `folder`, which names all that is below it; empty if it has none.

        Raises:
            OSError: there is no such folder.
        """
        place, entry = self._find(folder, follow=True)
        if entry.mode != FOLDER:
            raise _error(errno.ENOTDIR, place)
        return entry.id

    def read_ahead(self, folder: str) -> None:
        """List all that is below `folder`, so that its files are read many at once.

        Raises:
            OSError: there is no such folder.
            GitError: a part of it is missing in a partial clone, or git failed.
        """
        if not self._may_list():
            return
        place, root = self._find(folder, follow=True)
        self._read_ahead(place, list_tree(self._reader.scratch, root.id))

    def read_folders_ahead(self, folder: str, names: Iterable[bytes]) -> None:
        """List the ticket folders `names` below `folder`; their files are read many at once.

        Raises:
            OSError: there is no such folder.
            GitError: a part of it is missing in a partial clone, or git failed.
        """
        place, _ = self._find(folder, follow=True)
        level = self._list_all(b"%s/%s" % (place, name) for name in names)
        listed = level
        for inner in _INNER_FOLDERS:
            level = self._list_all(b"%s/%s" % (above, inner) for above in level)
            listed = listed + level
        files = sorted(
            (b"%s/%s" % (above, name), entry.id)
            for above in listed
            for name, entry in self._folders[above].items()
        )
        self._ahead = ReadAhead(self._reader, [id_ for path, id_ in files if _is_likely(path)])

    def _list_all(self, places: Iterable[bytes]) -> list[bytes]:
        """List those of these places that are folders; the folders above them were listed."""
        found = {}
        for place in places:
            above, _, name = place.rpartition(b"/")
            entry = self._folders.get(above, {}).get(name)
            if entry is not None and entry.mode == FOLDER:
                found[place] = entry.id
        unlisted = [place for place in found if place not in self._folders]
        trees = self._reader.trees([found[place] for place in unlisted])
        self._folders |= zip(unlisted, map(_by_name, trees), strict=True)
        return list(found)

    def changed_paths(self, old: str, new: str, opened: Iterable[str]) -> list[bytes] | None:
        """The names that differ between two trees, and those in the folders that are `opened`.

        None if one of the trees is not here.
        """
        try:
            changed = self._unequal(b"", old, new)
            return changed + [
                path
                for folder in map(os.fsencode, opened)
                if folder in changed
                for path in self._unequal(folder + b"/", *self._inside(folder, old, new))
            ]
        except GitError:
            return None

    def _unequal(self, prefix: bytes, *trees: str | None) -> list[bytes]:
        """The names of what differs between two trees, of which one may be missing."""
        old, new = (set(self._reader.tree(id_)) if id_ else set() for id_ in trees)
        return sorted({prefix + entry.path for entry in old ^ new})

    def _inside(self, name: bytes, *trees: str) -> list[str | None]:
        """For each tree, the id of the tree that it has at `name`."""
        return [
            next(
                (e.id for e in self._reader.tree(id_) if e.path == name and e.mode == FOLDER), None
            )
            for id_ in trees
        ]

    def forget(self) -> None:
        """Free what was read ahead and listed; it is read again if it is needed."""
        self._folders.clear()
        self._ahead = None

    def close(self) -> None:
        """End the processes of git."""
        self.forget()
        self._reader.__exit__()

    def _read_ahead(self, place: bytes, entries: Iterable[TreeEntry]) -> None:
        """List the `entries` below `place`; those that a scan will read are read many at once."""
        ids = []
        for entry in entries:
            path = b"%s/%s" % (place, entry.path)
            above, _, name = path.rpartition(b"/")
            self._listed(above, place)[name] = TreeEntry(entry.mode, entry.id, name)
            if _is_likely(path):
                ids.append(entry.id)
        self._ahead = ReadAhead(self._reader, ids)

    def _find(self, path: str | bytes, *, follow: bool) -> tuple[bytes, TreeEntry]:
        """A path without links, and its entry. If `follow`, the last name may be a link, too."""
        path = os.fsencode(path).rstrip(b"/")
        above, _, name = path.rpartition(b"/")
        entry = self._folders.get(above, {}).get(name)
        if entry is not None and not (follow and entry.mode == LINK):
            return path, entry
        if path == self._top:
            return path, self._root
        if not path.startswith(self._top + b"/"):
            raise _error(errno.ENOENT, path)
        return self._walk(path, follow=follow)

    def _walk(self, path: bytes, *, follow: bool) -> tuple[bytes, TreeEntry]:
        place, entry, links = self._top, self._root, 0
        names = path[len(place) + 1 :].split(b"/")[::-1]
        while names:
            name = names.pop()
            inside = self._folder(place, entry)
            if name in (b"", b"."):
                continue
            if name == b"..":
                place, entry = self._parent(place, path)
            elif name not in inside:
                raise _error(errno.ENOENT, path)
            elif inside[name].mode == LINK and (follow or names):
                links += 1
                target = self._content(place, inside[name], _LINK_LIMIT)
                if links > _MAX_LINKS:
                    raise _error(errno.ELOOP, path)
                if target.startswith(b"/"):
                    raise _error(errno.ENOENT, path)
                names += target.split(b"/")[::-1]
            else:
                place, entry = b"%s/%s" % (place, name), inside[name]
        return place, entry

    def _parent(self, place: bytes, path: bytes) -> tuple[bytes, TreeEntry]:
        if place == self._top:
            raise _error(errno.ENOENT, path)
        above, _, _ = place.rpartition(b"/")
        if above == self._top:
            return above, self._root
        outer, _, name = above.rpartition(b"/")
        return above, self._folders[outer][name]

    def _folder(self, place: bytes, entry: TreeEntry) -> dict[bytes, TreeEntry]:
        """The entries of the folder at `place`, by name."""
        found = self._folders.get(place)
        if found is None:
            if not stat.S_ISDIR(_status(entry).st_mode):
                raise _error(errno.ENOTDIR, place)
            listed = [] if entry.mode == SUBMODULE else self._reader.tree(entry.id)
            found = self._folders[place] = _by_name(listed)
        return found

    def _listed(self, place: bytes, root: bytes) -> dict[bytes, TreeEntry]:
        """The entries of a folder below `root`, to be filled."""
        found = self._folders.get(place)
        if found is None:
            found = self._folders[place] = {}
            if place != root:
                above, _, name = place.rpartition(b"/")
                self._listed(above, root)[name] = TreeEntry(FOLDER, "", name)
        return found

    def _content(self, place: bytes, entry: TreeEntry, limit: int) -> bytes:
        if place in self._replaced:
            return self._replaced[place][:limit]
        found = self._ahead.take(entry.id) if self._ahead else None
        if found is None:
            found = self._reader.read(entry.id, limit)
        if not found.type:
            path = os.path.relpath(place, self._top)
            raise missing(f"{self.at.name}: {printable_bytes(path)}")
        return found.data[:limit]


def _status(entry: TreeEntry) -> ObjectStatus:
    if entry.mode in (FOLDER, SUBMODULE):
        return _FOLDER_STATUS
    return _LINK_STATUS if entry.mode == LINK else _FILE_STATUS


_FOLDER_STATUS = ObjectStatus(stat.S_IFDIR)
_LINK_STATUS = ObjectStatus(stat.S_IFLNK)
_FILE_STATUS = ObjectStatus(stat.S_IFREG)


def _is_likely(path: bytes) -> bool:
    """Whether a scan will read a path of a file."""
    return path.endswith(_LIKELY) or _LIKELY_FOLDER in path


def _by_name(entries: list[TreeEntry]) -> dict[bytes, TreeEntry]:
    # No file system can hold the other names, and they could lead out of a folder.
    return {entry.path: entry for entry in entries if _is_name(entry.path)}


def _is_name(name: bytes) -> bool:
    return name not in (b"", b".", b"..") and b"/" not in name


def _error(number: int, path: bytes) -> OSError:
    return OSError(number, os.strerror(number), os.fsdecode(path))
