"""Looks through one ticket's folder for what lies in the wrong place or has the wrong name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from yoi_relations.files.faults import SourceError
from yoi_relations.files.formats import Format
from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.odd_names import (
    copied_from,
    is_nearly_item,
    is_ticket_id,
    nearly_place,
    original_of,
    ulid_of,
)
from yoi_relations.files.opening import read_file
from yoi_relations.files.probing import BEGINNING
from yoi_relations.files.scan import Source
from yoi_relations.files.unread import is_loose, starts_frontmatter
from yoi_relations.typed import NamedTuple, StrEnum

_DEPTH = 3
"""Levels of folders below a ticket's that are walked."""
_MOST = 5000
"""Names that are looked at in one ticket's folder; a checkout or a cache may have come there."""
_ARTIFACTS = b"artifacts/"
_RECORDS = b"artifacts/relations/"
_KEYS_OF_A_RECORD = frozenset(("kind", "author", "at"))
_LEFT_OVER = "is left over from an editor, a file manager or a merge, and is not read"
_OF_GIT = (b".gitkeep", b".gitignore", b".gitattributes")


class MisplacedCode(StrEnum):
    """What is wrong with the place or the name of something."""

    LEFTOVER = "leftover"
    """Of an editor, a file manager or a merge, beside its original."""
    MISPLACED_RECORD = "misplaced_record"
    """A record, or a copy of one, where no record is read."""
    MISNAMED_ITEM = "misnamed_item"
    """An item.md by nearly that name."""
    MISPLACED_FILE = "misplaced_file"
    """Another file that is not read."""
    ODD_FOLDER = "odd_folder"
    """A folder that is no ticket's, or not one by its name or place."""
    COPIED_FOLDER = "copied_folder"
    """A ticket's folder whose name is that of a copy."""


Odd = Iterator[tuple[MisplacedCode, bytes, str]]
"""What is wrong, where below the folder that is looked at, and in words."""


class Beside(NamedTuple):
    """What lies in the tickets root and its buckets.

    Attributes:
        ids: the names of all folders.
        most_are_ids: whether most of them have the form of a ticket id.
    """

    ids: set[str]
    most_are_ids: bool


def odd_in_folder(place: bytes, ticket: str, sources: list[Source], beside: Beside) -> Odd:
    """What is misplaced in a folder, and what is odd about itself.

    Args:
        place: absolute.
        ticket: the id of the ticket that it is, or may be meant to be.
        sources: what the scan found in it.
        beside: what lies beside it.
    """
    return _Folder(place, ticket, sources).odd(beside)


class _Folder:
    """The folder of a ticket, or of what may be one.

    Args:
        place: absolute.
        ticket: its id.
        sources: what the scan found in it.
    """

    def __init__(self, place: bytes, ticket: str, sources: list[Source]) -> None:
        self.place = place
        self.ticket = ticket
        self.read = {source.fs_path[len(place) + 1 :] for source in sources}
        self.is_ticket = any(source.format is Format.ITEM for source in sources)
        self.has_sources = any(source.format is not Format.STRAY for source in sources)
        self.is_told = any(source.fault for source in sources if source.fs_path == place)
        self.left = _MOST

    def odd(self, beside: Beside) -> Odd:
        """What is wrong with the folder as one of a ticket, and what in it."""
        misnamed = [] if self.is_ticket else self._nearly_items()
        for name in misnamed:
            said = "is not read, because a ticket is read from item.md; rename it to that"
            yield MisplacedCode.MISNAMED_ITEM, name, said
        if original := self._copied_from(beside):
            said = f"seems to be a copy of {original}, and counts as a ticket of its own"
            yield MisplacedCode.COPIED_FOLDER, b"", f"{said}; if it is a copy, move it elsewhere"
        elif self.has_sources:
            if beside.most_are_ids and not is_ticket_id(self.ticket):
                said = "has a name that does not look like a ticket id, as most others here do"
                yield MisplacedCode.ODD_FOLDER, b"", f"{said}; is it meant to be a ticket?"
        elif not misnamed and not self.is_told:
            said = "is not a ticket, because it holds neither an item.md nor records that are read"
            yield MisplacedCode.ODD_FOLDER, b"", f"{said}; write its item.md, or move it elsewhere"
        if self.is_ticket or not self.is_told:
            yield from self._inside(b"", _DEPTH)

    def _nearly_items(self) -> list[bytes]:
        files = (name for name, mode in self._entries(b"") if stat.S_ISREG(mode))
        return [name for name in files if is_nearly_item(name)]

    def _copied_from(self, beside: Beside) -> str | None:
        """The ticket of which the folder seems to be a copy, by its name."""
        names = copied_from(self.ticket)
        there = [name for name in names if name in beside.ids]
        if not is_ticket_id(self.ticket):
            there += filter(is_ticket_id, names)
        return there[0] if there else None

    def _inside(self, folder: bytes, depth: int) -> Odd:
        """What is wrong in a folder, and in those in it down to some depth."""
        for path, mode in self._entries(folder):
            self.left -= 1
            if self.left < 0:
                return
            if path in self.read:
                continue
            if stat.S_ISREG(mode):
                yield from self._of_file(path)
            elif stat.S_ISDIR(mode) and depth and not path[len(folder) :].startswith(b"."):
                if self.is_ticket and self._has_item(path):
                    said = "is a ticket's folder inside another one, where it is not read"
                    yield MisplacedCode.ODD_FOLDER, path, f"{said}; move it into the tickets root"
                yield from self._inside(path + b"/", depth - 1)

    def _has_item(self, folder: bytes) -> bool:
        return folder != b"artifacts" and os.path.lexists(b"%s/%s/item.md" % (self.place, folder))

    def _of_file(self, path: bytes) -> Odd:
        folder, slash, name = path.rpartition(b"/")
        folder += slash
        if folder == _RECORDS:
            yield from _beside_records(path, name)
        elif original_of(name) and (not folder or (folder == _ARTIFACTS and nearly_place(name))):
            yield MisplacedCode.LEFTOVER, path, _LEFT_OVER
        elif folder == _ARTIFACTS and nearly_place(name):
            said = "seems to be a copy of the file of records beside it, and is not read"
            yield MisplacedCode.MISPLACED_FILE, path, f"{said}; move it elsewhere"
        elif self._is_record(path, name):
            said = "is a record by its name or content, and is not read; records are read from"
            said += " artifacts/relations: move it there, unless it is a copy"
            yield MisplacedCode.MISPLACED_RECORD, path, said

    def _is_record(self, path: bytes, name: bytes) -> bool:
        if not is_loose(name) or path in (b"item.md", b"thread.md"):
            return False
        if (ulid := ulid_of(name)) and ulid.isupper():
            return True
        return _has_keys_of_a_record(beginning(b"%s/%s" % (self.place, path)))

    def _entries(self, folder: bytes) -> list[tuple[bytes, int]]:
        """Path and type of what lies in a folder; nothing where it cannot be listed."""
        try:
            with os.scandir(b"%s/%s" % (self.place, folder)) as entries:
                return sorted((folder + entry.name, _type_of(entry)) for entry in entries)
        except OSError:  # where the scan needs it, it has said so
            return []


def _beside_records(path: bytes, name: bytes) -> Odd:
    """What is wrong with a file among the records that is no source."""
    if original_of(name) or (name.startswith(b".") and name not in _OF_GIT):
        yield MisplacedCode.LEFTOVER, path, _LEFT_OVER
    elif not name.startswith(b"."):
        said = "lies among the records, is not one, and is not read"
        yield MisplacedCode.MISPLACED_FILE, path, f"{said}; move it elsewhere"


def _has_keys_of_a_record(data: bytes) -> bool:
    if not starts_frontmatter(data):
        return False
    try:
        return parse_document(data).fields.keys() >= _KEYS_OF_A_RECORD
    except SourceError:
        return False


def beginning(path: bytes) -> bytes:
    """What a file begins with; nothing where it cannot be read."""
    try:
        return read_file(path, BEGINNING)
    except OSError:
        return b""


def _type_of(entry: os.DirEntry[bytes]) -> int:
    if entry.is_symlink():
        return stat.S_IFLNK
    if entry.is_dir(follow_symlinks=False):
        return stat.S_IFDIR
    return stat.S_IFREG if entry.is_file(follow_symlinks=False) else 0


def text_of(name: bytes) -> str:
    """A name as text that can be printed."""
    return name.decode("utf-8", "backslashreplace")
