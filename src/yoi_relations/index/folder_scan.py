"""Scans ticket folders: lists them, reads their sources, and digests what it read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType

from yoi_relations.files.file_tree import FileTree
from yoi_relations.files.read_source import read_source
from yoi_relations.files.scan_folder import Folder
from yoi_relations.files.source import Source, SourceError, UnreadableError
from yoi_relations.files.sources import TicketSource
from yoi_relations.lean.types import NamedTuple


class ReadSource(NamedTuple):
    """A source, its content or the reason why it cannot be used, and the digest of that."""

    source: Source
    content: bytes | SourceError
    digest: bytes


class FolderScan(NamedTuple):
    """A ticket folder as it was scanned.

    Attributes:
        name: below the tickets root, in the file system's bytes.
        reads: its sources, except those with reliable stamps, which were not read.
    """

    name: bytes
    folder: Folder
    reads: list[ReadSource]

    @property
    def is_unreliable(self) -> bool:
        """Whether another scan could give another result although no stamp changes."""
        unreadable = any(isinstance(read.content, UnreadableError) for read in self.reads)
        return unreadable or self.folder.is_unreliable or self.folder.is_link


def scan_folders(
    tickets: TicketSource,
    names: list[bytes],
    reliable: Mapping[bytes, bytes] = MappingProxyType({}),
) -> Iterator[FolderScan]:
    """List and read the units `names`, such as ticket folders.

    A source whose stamp is the one in `reliable`, by path, is not read.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    for name in names:
        folder = tickets.scan(name, reliable)
        yield FolderScan(name, folder, list(_reads(folder, tickets.files)))


def _reads(folder: Folder, files: FileTree) -> Iterator[ReadSource]:
    """The sources of a folder, read; a source that has vanished meanwhile is left out."""
    for source, listed in zip(folder.sources, folder.contents, strict=True):
        try:
            content = read_source(source, files) if listed is None else listed
        except SourceError as error:
            targets = source.fault.targets if source.fault else None
            reason = "\n".join(["not read: " + error.message, *(targets or ())])
            yield ReadSource(source, error, sha256(reason.encode()).digest())
        else:
            if content is not None:
                yield ReadSource(source, content, content_digest(content))


def content_digest(content: bytes) -> bytes:
    """The digest of a source that was read, from the bytes that it is parsed from."""
    return sha256(b"read: " + content).digest()
