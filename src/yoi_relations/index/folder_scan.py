"""Looks at ticket folders on the disk: lists and reads them, and digests what it read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType

from yoi_relations.files.read_source import read_source
from yoi_relations.files.scan_folder import Folder, FolderScanner
from yoi_relations.files.source import Source, SourceError, UnreadableError
from yoi_relations.files.workspace import Workspace
from yoi_relations.lean.types import NamedTuple


class ReadSource(NamedTuple):
    """A source, what was in it (or why that is not known), and the digest of that."""

    source: Source
    content: bytes | SourceError
    digest: bytes


class FolderScan(NamedTuple):
    """A folder as it is now; `name` in the file system's bytes.

    Attributes:
        name: below the tickets root.
        folder: as it was listed.
        reads: its sources, but for those that stamps vouch for.
    """

    name: bytes
    folder: Folder
    reads: list[ReadSource]

    @property
    def is_unreliable(self) -> bool:
        """Whether it may be read otherwise another time, though no stamp differs."""
        unreadable = any(isinstance(read.content, UnreadableError) for read in self.reads)
        return unreadable or self.folder.is_unreliable or self.folder.is_link


def scan_folders(
    workspace: Workspace,
    names: list[bytes],
    vouching: Mapping[bytes, bytes] = MappingProxyType({}),
) -> Iterator[FolderScan]:
    """List and read the folders `names` below the tickets root.

    Args:
        workspace: whose.
        names: in the file system's bytes.
        vouching: stamps of sources that need not be read, as in `FolderScanner`.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    scanner = FolderScanner(workspace, vouching)
    for name in names:
        folder = scanner.scan(name)
        yield FolderScan(name, folder, list(_reads(folder)))


def _reads(folder: Folder) -> Iterator[ReadSource]:
    """The sources of a folder, read; those that are gone by now left out."""
    for source, taken in zip(folder.sources, folder.contents, strict=True):
        try:
            content = read_source(source) if taken is None else taken
        except SourceError as error:
            named = source.fault.targets if source.fault else None
            reason = "\n".join(["not read: " + error.message, *(named or ())])
            yield ReadSource(source, error, sha256(reason.encode()).digest())
        else:
            if content is not None:
                yield ReadSource(source, content, sha256(b"read: " + content).digest())
