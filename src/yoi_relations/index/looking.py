"""Looks at ticket folders on the disk: lists and reads them, and digests what it read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType

from yoi_relations.files.faults import SourceError, UnreadableError
from yoi_relations.files.reading import read_at_once, read_source
from yoi_relations.files.scan import Folder, Lister, Source
from yoi_relations.files.workspace import Workspace
from yoi_relations.typed import NamedTuple


class Read(NamedTuple):
    """A source, what was in it (or why that is not known), and the digest of that."""

    source: Source
    content: bytes | SourceError
    digest: bytes


class Look(NamedTuple):
    """A folder as it is now; `name` in the file system's bytes.

    Attributes:
        name: below the tickets root.
        folder: as it was listed.
        reads: its sources, but for those that stamps vouch for.
    """

    name: bytes
    folder: Folder
    reads: list[Read]

    @property
    def may_pass(self) -> bool:
        """Whether it may be read otherwise another time, though no stamp differs."""
        unreadable = any(isinstance(read.content, UnreadableError) for read in self.reads)
        return unreadable or self.folder.is_doubtful or self.folder.is_link


def look_at(
    workspace: Workspace,
    names: list[bytes],
    vouching: Mapping[bytes, bytes] = MappingProxyType({}),
) -> Iterator[Look]:
    """List and read the folders `names` below the tickets root.

    Args:
        workspace: whose.
        names: in the file system's bytes.
        vouching: stamps of sources that need not be read, as in `Lister`.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    lister = Lister(workspace, read_at_once, vouching)
    for name in names:
        folder = lister.list_folder(name)
        yield Look(name, folder, list(_reads(folder)))


def _reads(folder: Folder) -> Iterator[Read]:
    """The sources of a folder, read; those that are gone by now left out."""
    for source, taken in zip(folder.sources, folder.contents, strict=True):
        try:
            content = read_source(source) if taken is None else taken
        except SourceError as error:
            named = source.fault.targets if source.fault else None
            reason = "\n".join(["not read: " + error.message, *(named or ())])
            yield Read(source, error, sha256(reason.encode()).digest())
        else:
            if content is not None:
                yield Read(source, content, sha256(b"read: " + content).digest())
