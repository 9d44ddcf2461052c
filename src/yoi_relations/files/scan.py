"""Lists a ticket folder's sources: the files that a ticket and its records are read from.

A folder is listed as a whole: its sources, and the probes, the paths whose stamps tell
whether it would be listed and read alike another time. A folder that cannot be listed ends the
command, because it could hold anything; every other oddity becomes a source with a fault, reported
with its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Container

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.composing import composed
from yoi_relations.files.faults import Effect, Fault, SourceError
from yoi_relations.files.formats import Format
from yoi_relations.files.stamps import ABSENT, NOT_THERE, is_gone, stamp_of
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.typed import NamedTuple

_LINK = Fault("is a symbolic link, which is not followed; put the folder itself here")
_NO_FOLDER = Fault("is not a folder; records are read from a folder of this name")
_NO_RECORD = Fault("is not a record: a record's file name ends in .md", Effect.NONE)
_ODD_NAME = Fault("has a name that is not UTF-8", Effect.NONE)
_FILES = {form.encode(): form for form in (Format.RELATIONS_JSON, Format.PLAN_JSONL)}
_RECORDS = b"/artifacts/relations"


class Source(NamedTuple):
    """One file (or odd thing) below the tickets root.

    Attributes:
        path: below the workspace root, with ``/``, printable as UTF-8.
        fs_path: absolute, in the file system's bytes.
        format: what it is read as.
        holder: the ticket id of its folder: the folder's name in Unicode NFC.
        folder: the ticket folder's path, like `path`.
        bucket: the bucket the ticket folder lies in, or None.
        fault: why it cannot be used, where the listing alone tells, or None.
    """

    path: str
    fs_path: bytes
    format: Format
    holder: str
    folder: str
    bucket: str | None
    fault: Fault | None = None


class Folder(NamedTuple):
    """A ticket folder, or the tickets root, as it was listed.

    Attributes:
        paths: what must be equal for the listing to be the same: below the tickets root, in the
            file system's bytes.
        stamps: theirs, from before anything behind them was read.
        sources: what there is to read; none for the root.
        contents: of each source, its bytes, where they were read on the way.
        is_link: whether it is a symbolic link, for whose target no stamp vouches.
    """

    paths: list[bytes]
    stamps: list[bytes]
    sources: list[Source]
    contents: list[bytes | None]
    is_link: bool = False


def _printable(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


Reader = Callable[[bytes, Format], tuple[os.stat_result, bytes]]
"""Takes a path, and what it is read as; gives the status from before, and the bytes. An OSError or
a SourceError says that it could not."""


class Lister:
    """Lists ticket folders, and reads on the way what can be read.

    Args:
        workspace: whose folders.
        read: how to read a file. One that is opened need not be looked at before.
    """

    def __init__(self, workspace: Workspace, read: Reader | None = None) -> None:
        self.root = os.fsencode(workspace.tickets_path)
        self.below = printable(workspace.tickets_root)
        self.read = read

    def list_folder(self, name: bytes) -> Folder:
        """What lies in the folder `name` below the tickets root.

        Raises:
            UnreadableFolderError: a folder in it cannot be listed.
        """
        return _Listing(self, name).folder()


class _Listing:
    """Lists one ticket folder, and keeps a probe of everything it looked at."""

    def __init__(self, lister: Lister, name: bytes) -> None:
        self.read = lister.read
        self.name = name
        self.place = b"%s/%s" % (lister.root, name)
        self.paths: list[bytes] = []
        self.stamps: list[bytes] = []
        self.sources: list[Source] = []
        self.contents: list[bytes | None] = []
        bucket, _, last = name.rpartition(b"/")
        self.bucket = bucket.decode() or None
        self.holder = composed(_printable(last))
        self.below = f"{lister.below}/{_printable(name)}"
        self.is_odd = last.decode("utf-8", "replace") != _printable(last)

    def folder(self) -> Folder:
        own = self._lstat(b"")
        mode = own.st_mode if own else 0
        is_link = stat.S_ISLNK(mode)
        if is_link:
            self._keep(b"", own)
            if os.path.isdir(self.place) or not os.path.exists(self.place):
                self._source(b"", Format.STRAY, _LINK)
        elif not stat.S_ISDIR(mode):
            self._keep(b"", own)
        else:
            self._files(own)
        return Folder(self.paths, self.stamps, self.sources, self.contents, is_link)

    def _files(self, own: os.stat_result | None) -> None:
        if self.is_odd:
            self._source(b"", Format.STRAY, _ODD_NAME)
        item, artifacts = self._file(b"/item.md", Format.ITEM), self._look(b"/artifacts")
        if not item or not artifacts:
            self._keep(b"", own)  # tells when one of them appears
        if stat.S_ISDIR(artifacts):
            self._artifacts()
        elif artifacts:
            self._source(b"/artifacts", Format.STRAY, _no_folder(artifacts))

    def _artifacts(self) -> None:
        present = self._names()
        for name, form in _FILES.items():
            if name in present:
                self._file(b"/artifacts/" + name, form)
        mode = self._look(_RECORDS) if b"relations" in present else 0
        if mode and not stat.S_ISDIR(mode):
            self._source(_RECORDS, Format.STRAY, _no_folder(mode))
        elif mode:
            for entry in _names_if_there(self.place + _RECORDS):
                if not entry.startswith(b"."):
                    self._record(b"%s/%s" % (_RECORDS, entry))

    def _names(self) -> Container[bytes]:
        """What lies in artifacts/, or could: one listing is less work than looks at what is not."""
        try:
            return os.listdir(self.place + b"/artifacts")
        except OSError:  # a folder that may be entered and not listed; a look will tell
            return (*_FILES, b"relations")

    def _record(self, name: bytes) -> None:
        if not name.endswith(b".md"):
            self._source(name, Format.STRAY, _NO_RECORD)
        elif not self._file(name, Format.FRONTMATTER):
            self._source(name, Format.FRONTMATTER)

    def _file(self, name: bytes, form: Format) -> bool:
        """Take a file that is a source; whether there is one."""
        if self.read:
            try:
                status, content = self.read(self.place + name, form)
            except (OSError, SourceError):
                pass  # whoever reads it by itself will be told why
            else:
                self._keep(name, status)
                self._source(name, form, content=content)
                return True
        if not self._look(name):
            return False
        self._source(name, form)
        return True

    def _look(self, name: bytes) -> int:
        """The mode of a file, which is remembered; 0 where there is none.

        What is absent needs no probe: the stamp of the folder above tells when it appears.
        """
        status = self._lstat(name)
        if status is None:
            return 0
        self._keep(name, status)
        return status.st_mode

    def _lstat(self, name: bytes) -> os.stat_result | None:
        path = self.place + name
        try:
            return os.lstat(path)
        except OSError as error:
            if error.errno in NOT_THERE:
                return None
            raise unreadable(os.fsdecode(os.path.dirname(path)), error) from error

    def _keep(self, name: bytes, status: os.stat_result | None) -> None:
        self.paths.append(self.name + name)
        self.stamps.append(stamp_of(status) if status else ABSENT)

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


def _names_if_there(path: bytes) -> list[bytes]:
    """What lies in a folder; nothing where it vanished since its parent was listed."""
    try:
        return os.listdir(path)
    except OSError as error:
        if is_gone(path):
            return []
        raise unreadable(os.fsdecode(path), error) from error


def unreadable(path: str, error: OSError) -> UnreadableFolderError:
    """The error about a folder that cannot be listed."""
    if isinstance(error, FileNotFoundError):
        return UnreadableFolderError(
            f"{path}: there is no such folder", "create it, or name another tickets root"
        )
    return UnreadableFolderError(
        f"{path}: cannot be listed: {error.strerror}",
        "make the folder readable; without it no answer would be complete",
    )
