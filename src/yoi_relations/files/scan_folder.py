"""Lists a ticket folder's sources: the files that a ticket and its records are read from.

A folder is listed as a whole: its sources, and the probes, the paths whose stamps tell
whether it would be listed and read alike another time. A folder that cannot be listed ends the
command, because it could hold anything; every other oddity becomes a source with a fault, reported
with its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from yoi_relations.files.nfc import composed
from yoi_relations.files.read_source import read_at_once
from yoi_relations.files.source import Effect, Fault, Format, Source, SourceError
from yoi_relations.files.stat_collector import StatCollector
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
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.lean.types import NamedTuple

_LINK = Fault("is a symbolic link, which is not followed; put the folder itself here")
_NO_FOLDER = Fault("is not a folder; records are read from a folder of this name")
_ODD_NAME = Fault("has a name that is not UTF-8", Effect.NONE)
_FILES = {form.encode(): form for form in (Format.RELATIONS_JSON, Format.PLAN_JSONL)}
_RECORDS = b"%s/%s" % (ARTIFACTS, RELATIONS)
_PLACES = frozenset((RELATIONS, *_FILES, b".gitkeep"))
"""What most often lies in artifacts/, and is never in a wrong place there."""


class Folder(NamedTuple):
    """A ticket folder, or the tickets root, as it was listed.

    Attributes:
        paths: what must be equal for the listing to be the same: below the tickets root, in the
            file system's bytes.
        stamps: theirs, from before anything behind them was read.
        sources: what there is to read; none for the root.
        contents: of each source, its bytes, where they were read on the way.
        is_link: whether it is a symbolic link, for whose target no stamp vouches.
        is_unreliable: whether something that is no source could not be read, which may pass.
        vouched: paths, as in `Source`, of further sources, which are as they were; they were not
            read.
    """

    paths: list[bytes]
    stamps: list[bytes]
    sources: list[Source]
    contents: list[bytes | None]
    is_link: bool = False
    is_unreliable: bool = False
    vouched: Collection[str] = ()


def _printable(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


class FolderScanner:
    """Lists ticket folders, and reads on the way what can be read.

    Args:
        workspace: whose folders.
        vouching: by path below the tickets root, stamps of sources: one that still has its stamp
            is not read.
    """

    def __init__(
        self,
        workspace: Workspace,
        vouching: Mapping[bytes, bytes] = MappingProxyType({}),
    ) -> None:
        self.root = os.fsencode(workspace.tickets_path)
        self.below = printable(workspace.tickets_root)
        self.vouching = vouching

    def list_folder(self, name: bytes) -> Folder:
        """What lies in the folder `name` below the tickets root, or in the file of that name.

        Raises:
            UnreadableFolderError: a folder in it cannot be listed.
        """
        return _Listing(self, name).folder()


class _Listing(StatCollector):
    """Lists one ticket folder, or one file that lies beside those."""

    def __init__(self, lister: FolderScanner, name: bytes) -> None:
        super().__init__(lister.root, name)
        self.vouching = lister.vouching
        self.vouched: list[str] = []
        self.sources: list[Source] = []
        self.contents: list[bytes | None] = []
        bucket, _, last = name.rpartition(b"/")
        self.bucket = bucket.decode() or None
        self.holder = composed(_printable(last))
        self.below = f"{lister.below}/{_printable(name)}"
        self.is_odd = last.decode("utf-8", "replace") != _printable(last)

    def folder(self) -> Folder:
        own = self.lstat(b"")
        mode = own.st_mode if own else 0
        is_link = stat.S_ISLNK(mode)
        if is_link:
            self.keep(b"", own)
            if os.path.isdir(self.place) or not os.path.exists(self.place):
                self._source(b"", Format.STRAY, _LINK)
        elif stat.S_ISDIR(mode):
            self._files(own)
        elif stat.S_ISREG(mode) and is_loose(self.name):
            self._loose()
        else:
            self.keep(b"", own)
        # By position, which costs least.
        return Folder(
            self.paths,
            self.stamps,
            self.sources,
            self.contents,
            is_link,
            self.is_unreliable,
            self.vouched,
        )

    def _loose(self) -> None:
        """Take a file beside the folders of tickets where it could be a record."""
        if self.may_hold(b"", may_state):
            folder = os.path.dirname(self.below)  # whose record it could be, nobody knows
            self.sources.append(
                Source(self.below, self.place, Format.STRAY, "", folder, self.bucket, LOOSE)
            )
            self.contents.append(None)
        if not self.paths:
            self.keep(b"", None)  # gone meanwhile

    def _files(self, own: os.stat_result | None) -> None:
        if self.is_odd:
            self._source(b"", Format.STRAY, _ODD_NAME)
        item, artifacts = self._file(b"/item.md", Format.ITEM), self.look(ARTIFACTS)
        if not item or not artifacts:
            self.keep(b"", own)  # tells when one of them appears
        if stat.S_ISDIR(artifacts):
            self._artifacts()
        elif artifacts:
            self._source(ARTIFACTS, Format.STRAY, _no_folder(artifacts))
        if not (item and artifacts) and not (self.bucket is None and self.holder in BUCKETS):
            self._unread(without_artifacts(self) if not artifacts else ())
            self._unread(without_item(self) if not item else ())

    def _artifacts(self) -> None:
        present = self._names()
        for name, form in _FILES.items():
            if name in present:
                self._file(b"%s/%s" % (ARTIFACTS, name), form)
        records = self._records() if RELATIONS in present else []
        if not _PLACES.issuperset(present):
            self._unread(in_artifacts(self, present, records))

    def _names(self) -> Collection[bytes]:
        """What lies in artifacts/, or could: one listing is less work than looks at what is not."""
        try:
            return os.listdir(self.place + ARTIFACTS)
        except OSError:  # a folder that may be entered and not listed; a look will tell
            return (*_FILES, RELATIONS)

    def _records(self) -> list[bytes]:
        """Take the folder of records; the names in it."""
        mode = self.look(_RECORDS)
        if not stat.S_ISDIR(mode):
            if mode:
                self._source(_RECORDS, Format.STRAY, _no_folder(mode))
            return []
        names = self.names(_RECORDS)
        for name in names:
            if not name.startswith(b"."):
                self._record(name, names)
        return names

    def _record(self, name: bytes, present: list[bytes]) -> None:
        path = b"%s/%s" % (_RECORDS, name)
        if not name.endswith(b".md"):
            fault = among_records(self, _RECORDS, name, present)
            if fault:
                self._source(path, Format.STRAY, fault)
        elif not self._file(path, Format.FRONTMATTER):
            self._source(path, Format.FRONTMATTER)

    def _file(self, name: bytes, form: Format) -> bool:
        """Take a file that is a source; whether there is one."""
        if self._is_vouched(name):
            return True
        try:
            status, content = read_at_once(self.place + name, form)
        except (OSError, SourceError):  # `read_source` reads it again, and says what is wrong
            if not self.look(name):
                return False
            self._source(name, form)
        else:
            self.keep(name, status)
            self._source(name, form, content=content)
        return True

    def _is_vouched(self, name: bytes) -> bool:
        """Take a source that has the stamp that vouches for it; whether it has."""
        stamp = self.vouching.get(self.name + name)
        if stamp is None or not self.keep_if_as(name, stamp):
            return False
        self.vouched.append(self.below + _printable(name))
        return True

    def _unread(self, found: Iterable[StrayFault]) -> None:
        for name, fault in found:
            self._source(name, Format.STRAY, fault)

    def _source(
        self, name: bytes, form: Format, fault: Fault | None = None, content: bytes | None = None
    ) -> None:
        path = self.below + _printable(name)
        place = self.place + name
        self.sources.append(Source(path, place, form, self.holder, self.below, self.bucket, fault))
        self.contents.append(content)


def _no_folder(mode: int) -> Fault:
    """What is wrong with something of this mode that stands where a folder should."""
    return _LINK if stat.S_ISLNK(mode) else _NO_FOLDER
