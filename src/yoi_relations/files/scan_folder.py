"""Lists a ticket folder's sources: the files that a ticket and its records are read from.

A folder that cannot be listed ends the command, because it could hold anything. Every stray
becomes a source with a fault, reported with its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from yoi_relations.files.file_tree import Status, exists, is_folder
from yoi_relations.files.nfc import composed
from yoi_relations.files.read_source import read_at_once
from yoi_relations.files.source import Effect, Fault, Format, Source, SourceError
from yoi_relations.files.stat_collector import StatCollector
from yoi_relations.files.stat_stamp import stamp_of
from yoi_relations.files.stray.contents import may_state
from yoi_relations.files.stray.names import BUCKETS, RELATIONS, is_loose
from yoi_relations.files.stray.sources import (
    ARTIFACTS,
    LOOSE,
    StrayFault,
    among_records,
    in_artifacts,
    without_artifacts,
    without_item,
)
from yoi_relations.files.workspace import Workspace, printable_bytes
from yoi_relations.lean.types import NamedTuple

_LINK = Fault("is a symbolic link, which is not followed; put the folder itself here")
_NO_FOLDER = Fault("is not a folder; records are read from a folder of this name")
_NOT_UTF8 = Fault("has a name that is not UTF-8", Effect.NONE)
_FILES = {form.encode(): form for form in (Format.RELATIONS_JSON, Format.PLAN_JSONL)}
_PLACES = frozenset((RELATIONS, *_FILES, b".gitkeep"))
"""The usual names in artifacts/, none of which is a stray."""


class Folder(NamedTuple):
    """A ticket folder, or the tickets root, as it was scanned.

    Attributes:
        paths: those that the result depends on: below the tickets root, in the file system's
            bytes.
        stamps: of `paths`, each taken before the content was read.
        sources: what there is to read; empty for the root.
        contents: the bytes of each source, or None if they are still to be read.
        is_link: whether it is a symbolic link. No stamp shows a change in its target.
        is_unreliable: whether a file that is not a source could not be read. Another scan may
            succeed.
        unchanged: paths, as in `Source`, of further sources. They have the stamps that were given
            to the scanner, and were not read.
    """

    paths: list[bytes]
    stamps: list[bytes]
    sources: list[Source]
    contents: list[bytes | None]
    is_link: bool = False
    is_unreliable: bool = False
    unchanged: Collection[str] = ()


class FolderScanner:
    """Lists ticket folders and reads the sources in them.

    Args:
        workspace: the workspace of the folders.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.files = workspace.files
        self.root = os.fsencode(workspace.base)
        self.prefix = workspace.prefix

    def scan(self, name: bytes, reliable: Mapping[bytes, bytes] = MappingProxyType({})) -> Folder:
        """Scan the folder, or the file, that is called `name` below the tickets root.

        Args:
            name: below the tickets root.
            reliable: reliable stamps of sources by their paths below the tickets root. A source
                that still has its stamp is not read.

        Raises:
            UnreadableFolderError: a folder in it cannot be listed.
        """
        return TicketFolderScan(self, name, reliable).run()


class TicketFolderScan(StatCollector):
    """The scan of one ticket folder, or of one loose file in the tickets root or a bucket.

    Attributes:
        records: the folder of records in Markdown, below the ticket folder.
        holder: as in `Source`, like `folder` and `bucket`.
    """

    records = b"%s/%s" % (ARTIFACTS, RELATIONS)

    def __init__(
        self, scanner: FolderScanner, name: bytes, reliable: Mapping[bytes, bytes]
    ) -> None:
        super().__init__(scanner.files, scanner.root, name)
        self.reliable = reliable
        self.unchanged: list[str] = []
        self.sources: list[Source] = []
        self.contents: list[bytes | None] = []
        bucket, _, last = name.rpartition(b"/")
        self.bucket = bucket.decode() or None
        self.holder = composed(printable_bytes(last))
        self.below = scanner.prefix + printable_bytes(name)
        self.folder: str | None = self.below
        self.has_odd_name = last.decode("utf-8", "replace") != printable_bytes(last)

    def run(self) -> Folder:
        """Scan it."""
        own = self.lstat(b"")
        mode = own.st_mode if own else 0
        is_link = stat.S_ISLNK(mode)
        if is_link:
            self.add(b"", own)
            if is_folder(self.files, self.place) or not exists(self.files.stat, self.place):
                self._source(b"", Format.STRAY, _LINK)
        elif stat.S_ISDIR(mode):
            self._files(own)
        elif stat.S_ISREG(mode) and is_loose(self.name):
            self.scan_loose()
        else:
            self.add(b"", own)
        return self.result(is_link=is_link)

    def result(self, *, is_link: bool = False) -> Folder:
        """What was scanned."""
        # By position, which costs least.
        return Folder(
            self.paths,
            self.stamps,
            self.sources,
            self.contents,
            is_link,
            self.is_unreliable,
            self.unchanged,
        )

    def scan_loose(self) -> None:
        """Add a loose file as a stray if it could be a record."""
        if self.may_hold(b"", may_state):
            folder = os.path.dirname(self.below)  # its holder is not known
            self.sources.append(
                Source(self.below, self.place, Format.STRAY, "", folder, self.bucket, LOOSE)
            )
            self.contents.append(None)
        if not self.paths:
            self.add(b"", None)  # it vanished

    def _files(self, own: Status | None) -> None:
        if self.has_odd_name:
            self._source(b"", Format.STRAY, _NOT_UTF8)
        item, artifacts = self.scan_file(b"/item.md", Format.ITEM), self.add_mode(ARTIFACTS)
        if not item or not artifacts:
            self.add(b"", own)  # its stamp changes when one of them appears
        if stat.S_ISDIR(artifacts):
            self._artifacts()
        elif artifacts:
            self._source(ARTIFACTS, Format.STRAY, _no_folder(artifacts))
        if not (item and artifacts) and not (self.bucket is None and self.holder in BUCKETS):
            self._strays(without_artifacts(self) if not artifacts else ())
            self._strays(without_item(self) if not item else ())

    def _artifacts(self) -> None:
        try:  # one listing costs less than the status of each missing file
            present: Collection[bytes] = self.files.listdir(self.place + ARTIFACTS)
        except OSError:  # it may allow search and not listing; each file is tried then
            present = (*_FILES, RELATIONS)
        for name, form in _FILES.items():
            if name in present:
                self.scan_file(b"%s/%s" % (ARTIFACTS, name), form)
        records = self.scan_records() if RELATIONS in present else []
        if not _PLACES.issuperset(present):
            self._strays(in_artifacts(self, present, records))

    def scan_records(self) -> list[bytes]:
        """Add the files in the folder of records, and return the names in it."""
        folder = self.records
        mode = self.add_mode(folder)
        if not stat.S_ISDIR(mode):
            if mode:
                self._source(folder, Format.STRAY, _no_folder(mode))
            return []
        names = self.names(folder)
        for name in names:
            path = b"%s/%s" % (folder, name)
            if name.startswith(b"."):
                continue
            if not name.endswith(b".md"):
                fault = among_records(self, folder, name, names)
                if fault:
                    self._source(path, Format.STRAY, fault)
            elif not self.scan_file(path, Format.FRONTMATTER):
                self._source(path, Format.FRONTMATTER)
        return names

    def scan_file(self, name: bytes, form: Format) -> bool:
        """Add a file as a source; return whether it exists."""
        if self._add_unchanged(name):
            return True
        try:
            status, content = read_at_once(self.files, self.place + name, form)
        except (OSError, SourceError):  # `read_source` reads it again, and says what is wrong
            if not self.add_mode(name):
                return False
            self._source(name, form)
        else:
            self.add(name, status)
            self._source(name, form, content=content)
        return True

    def _add_unchanged(self, name: bytes) -> bool:
        """Add a source that still has its reliable stamp; return whether it does."""
        stamp = self.reliable.get(self.name + name)
        status = self.lstat(name) if stamp else None
        if stamp is None or status is None or stamp_of(status) != stamp:
            return False
        self.paths.append(self.name + name)
        self.stamps.append(stamp)
        self.unchanged.append(self.below + printable_bytes(name))
        return True

    def _strays(self, found: Iterable[StrayFault]) -> None:
        for name, fault in found:
            self._source(name, Format.STRAY, fault)

    def _source(
        self, name: bytes, form: Format, fault: Fault | None = None, content: bytes | None = None
    ) -> None:
        path = self.below + printable_bytes(name)
        place = self.place + name
        self.sources.append(Source(path, place, form, self.holder, self.folder, self.bucket, fault))
        self.contents.append(content)


def _no_folder(mode: int) -> Fault:
    """The fault of a path of this mode where a folder should be."""
    return _LINK if stat.S_ISLNK(mode) else _NO_FOLDER
