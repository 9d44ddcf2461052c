"""Reads objects in a scratch repository: one by one as they are needed, or many at once.

An object that is not here, because the clone is partial or shallow, is missing; it is not fetched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from yoi_relations.errors import GitError
from yoi_relations.git.process import GitProcess
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from yoi_relations.git.repository import Repository
    from yoi_relations.git.scratch import ScratchRepository

OBJECT_LIMIT = 64 << 20
"""Bytes of a tree or a commit that are read. A larger one is an error."""
_LAST_SECOND = 1 << 62
"""Later than any calendar has; SQLite can store it, and the numbers of many later commits."""
LINK, SUBMODULE, FOLDER = 0o120000, 0o160000, 0o040000
"""Modes of tree entries that are not files."""
_BATCH = ("cat-file", "--batch")
_AHEAD = 60
"""Objects that are asked for before the first is read. Their ids fit into the smallest pipe, so
that git and this process never wait for each other."""
_AHEAD_LIMIT = 256 << 10
"""Bytes of an object that `ReadAhead` reads; a larger one is read when it is needed."""
_HELD_LIMIT = 16 << 20
"""Bytes of all objects that it has read and that were not used yet."""


class GitObject(NamedTuple):
    """An object.

    Attributes:
        id: in hexadecimal; as it was asked for, if the object is missing.
        type: ``commit``, ``tree``, ``tag`` or ``blob``; empty if it is missing.
        size: in bytes.
        data: its content, or the start of it.
    """

    id: str
    type: str
    size: int
    data: bytes


class TreeEntry(NamedTuple):
    """An entry of a tree; `path` is below the tree, in the bytes that git holds."""

    mode: int
    id: str
    path: bytes


class ObjectReader:
    """Reads one object after the other, with one process. Use it in a ``with`` statement.

    Args:
        repository: the repository.
        cache: absolute path of the cache folder, as in `ScratchRepository`.
        for_objects: whether git will write objects, as there.
        known: objects that `read` need not ask git for, by id.

    Attributes:
        noted: where `read` notes what it returns, by id; None if nobody wants that.
    """

    def __init__(
        self,
        repository: Repository,
        cache: str | None,
        *,
        for_objects: bool = False,
        known: Mapping[str, GitObject] | None = None,
    ) -> None:
        self.noted: dict[str, GitObject] | None = None
        self._repository = repository
        self._cache = cache
        self._for_objects = for_objects
        self._known = known or {}
        self._scratch: ScratchRepository | None = None
        self._process: GitProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.__exit__()
        if self._scratch is not None:
            self._scratch.__exit__()

    @property
    def scratch(self) -> ScratchRepository:
        """Where git reads the objects; it is made if necessary.

        Raises:
            OSError: no temporary folder can be written.
            GitError: the format of the objects is unknown.
        """
        if self._scratch is None:
            from yoi_relations.git.scratch import ScratchRepository  # noqa: PLC0415  # what is known needs none

            made = ScratchRepository(self._repository, self._cache, for_objects=self._for_objects)
            self._scratch = made.__enter__()
        return self._scratch

    def read(self, name: str, limit: int = OBJECT_LIMIT) -> GitObject:
        """The object of this name, such as an id or ``ID^{}``; at most `limit` bytes of it.

        Raises:
            OSError: git cannot be started.
            GitError: git failed.
            GitTimeoutError: git was silent for too long.
        """
        found = self._known.get(name)
        if found is None:
            (found,) = self.read_all([name], limit)
        if self.noted is not None:
            self.noted[found.id] = found
        return found if len(found.data) <= limit else found._replace(data=found.data[:limit])

    def read_all(self, names: Sequence[str], limit: int = OBJECT_LIMIT) -> Iterator[GitObject]:
        """The objects of these names, as `read` returns each; the iterator is read to its end."""
        if self._process is None:
            if not names:
                return
            self._process = self.scratch.start(*_BATCH, stdin=None)
        for start in range(0, len(names), _AHEAD):
            part = names[start : start + _AHEAD]
            self._process.write(os.fsencode("".join(f"{name}\n" for name in part)))
            for _ in part:
                yield _next_object(self._process, limit)

    def tree(self, id_: str) -> list[TreeEntry]:
        """The entries of a tree, without those of the trees in it.

        Raises:
            GitError: it is missing, or not a tree, or git failed.
            OSError, GitTimeoutError: as in `read`.
        """
        return _entries_of(self.read(id_))

    def trees(self, ids: Sequence[str]) -> Iterator[list[TreeEntry]]:
        """The entries of each tree, as `tree` returns them; the iterator is read to its end."""
        return map(_entries_of, self.read_all(ids))


class ReadAhead:
    """Objects that are read before they are needed, in the order in which that will probably be."""

    def __init__(self, reader: ObjectReader, ids: Iterable[str]) -> None:
        self._reader = reader
        self._uses: dict[str, int] = {}
        """How often each object is still needed."""
        for id_ in ids:
            self._uses[id_] = self._uses.get(id_, 0) + 1
        self._unread = iter([*self._uses])
        self._held: dict[str, GitObject] = {}
        self._size = 0
        """Bytes of the objects in `_held`."""

    def take(self, id_: str) -> GitObject | None:
        """The object with this id; None if it is too large, or not, or no longer, among them."""
        if id_ not in self._uses:
            return None
        while id_ not in self._held:
            if self._size > _HELD_LIMIT:  # the scan does not need what was expected
                self._uses.clear()
                self._held.clear()
                return None
            for found in self._reader.read_all(list(islice(self._unread, _AHEAD)), _AHEAD_LIMIT):
                self._held[found.id] = found
                self._size += len(found.data)
        found = self._held[id_]
        self._uses[id_] -= 1
        if not self._uses[id_]:
            del self._uses[id_], self._held[id_]
            self._size -= len(found.data)
        return found if found.size <= _AHEAD_LIMIT else None


def list_tree(scratch: ScratchRepository, id_: str) -> Iterator[TreeEntry]:
    """All entries below a tree that are not trees, sorted as git does.

    Raises:
        OSError: git cannot be started.
        GitError: a tree is missing, or git failed.
        GitTimeoutError: git was silent for too long.
    """
    with scratch.start("ls-tree", "-r", "-z", "--full-tree", id_, stdin=b"") as process:
        for line in process.split(b"\0"):
            head, _, path = line.partition(b"\t")
            mode, _, id_of_entry = head.decode().split(" ")
            yield TreeEntry(int(mode, 8), id_of_entry, path)
        process.check()


def object_id(object_format: str, type_: str, data: bytes) -> str:
    """The id that git gives an object with this content."""
    content = b"%s %d\0%s" % (type_.encode(), len(data), data)
    if object_format == "sha1":
        from yoi_relations.lean.sha1 import sha1  # noqa: PLC0415  # few objects need it

        return sha1(content, usedforsecurity=False).hexdigest()
    from yoi_relations.lean.digest import sha256  # noqa: PLC0415  # as above

    return sha256(content, usedforsecurity=False).hexdigest()


def commit_seconds(text: bytes) -> int:
    """The time of a commit, in seconds since 1970; 0, as git shows it, if it cannot be read."""
    try:
        return min(int(text), _LAST_SECOND)
    except ValueError:
        return 0


def missing(what: str) -> GitError:
    """The error for an object that is needed and not here."""
    return GitError(
        f"{what}: is missing in this repository, which is a partial or shallow clone, or damaged",
        "fetch it with git (git fetch --refetch --no-filter, or --unshallow), and run it again",
    )


def _next_object(process: GitProcess, limit: int) -> GitObject:
    """The next answer of ``cat-file --batch``."""
    line = process.until(b"\n")
    if line is None:
        raise process.failure()
    words = line.decode("utf-8", "replace").rsplit(" ", 2)
    if len(words) == 3 and words[2].isdecimal():  # noqa: PLR2004  # id, type and size
        size = int(words[2])
        data = process.exactly(min(size, limit))
        process.skip(size - len(data) + 1)  # and the newline
        return GitObject(words[0], words[1], size, data)
    if words[-1] == "missing":
        return GitObject(line.decode("utf-8", "replace").removesuffix(" missing"), "", 0, b"")
    raise process.failure()


def _entries_of(tree: GitObject) -> list[TreeEntry]:
    if not tree.type:
        raise missing(f"tree {tree.id}")
    if tree.type != "tree" or len(tree.data) < tree.size:
        raise GitError(f"{tree.type} {tree.id}: is not a tree, or is too large", "check the clone")
    return list(_entries(tree.data, len(tree.id) // 2))


def _entries(tree: bytes, id_size: int) -> Iterator[TreeEntry]:
    """The entries of a tree object, whose ids have `id_size` bytes."""
    at = 0
    while at < len(tree):
        space = tree.index(b" ", at)
        end = tree.index(b"\0", space)
        id_ = tree[end + 1 : end + 1 + id_size]
        yield TreeEntry(int(tree[at:space], 8), id_.hex(), tree[space + 1 : end])
        at = end + 1 + id_size
