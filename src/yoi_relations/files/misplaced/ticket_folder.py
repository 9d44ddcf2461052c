"""Looks through one ticket's folder for what lies in the wrong place or has the wrong name."""

from __future__ import annotations

import os
import stat

from yoi_relations.files.frontmatter import parse_document
from yoi_relations.files.misplaced.misplacement import (
    MisplacedCode,
    Misplacement,
    Misplacements,
    Surroundings,
)
from yoi_relations.files.safe_read import read_file
from yoi_relations.files.source import Format, Source, SourceError
from yoi_relations.files.stat_collector import BEGINNING
from yoi_relations.files.stray.contents import opens_frontmatter
from yoi_relations.files.stray.entries import is_json, states_entries
from yoi_relations.files.stray.names import (
    PLAN_JSONL,
    RELATIONS,
    RELATIONS_JSON,
    copied_from,
    id_before,
    is_loose,
    is_markdown,
    is_nearly_artifacts,
    is_nearly_item,
    is_ticket_id,
    nearly_place,
    original_of,
    ulid_of,
)

_DEPTH = 3
"""Levels of folders below a ticket's that are walked."""
_MOST = 5000
"""Names that are looked at in one ticket's folder; a checkout or a cache may have come there."""
_ARTIFACTS = b"artifacts/"
_RECORDS = b"artifacts/relations/"
_KEYS_OF_A_RECORD = frozenset(("kind", "author", "at"))
_LISTS = (RELATIONS_JSON, PLAN_JSONL)
_OF_A_TICKET = (b"item.md", *(b"artifacts/" + name for name in (RELATIONS, *_LISTS)))
"""What only the folder of a ticket holds, as far as it is not called ``artifacts``."""
_LEFT_OVER = "is left over from an editor, a file manager or a merge, and is not read"
_OF_GIT = (b".gitkeep", b".gitignore", b".gitattributes")


def misplaced_in_folder(
    place: bytes, ticket: str, sources: list[Source], beside: Surroundings
) -> Misplacements:
    """What is misplaced in a folder, and what is odd about itself.

    Args:
        place: absolute.
        ticket: the id of the ticket that it is, or may be meant to be.
        sources: what the scan found in it.
        beside: what lies beside it.
    """
    return _Folder(place, ticket, sources, beside).odd()


class _Folder:
    """The folder of a ticket, or of what may be one.

    Args:
        place: absolute.
        ticket: its id.
        sources: what the scan found in it.
        beside: what lies beside it.
    """

    def __init__(
        self, place: bytes, ticket: str, sources: list[Source], beside: Surroundings
    ) -> None:
        self.place = place
        self.ticket = ticket
        self.beside = beside
        self.read = {source.fs_path[len(place) + 1 :] for source in sources}
        self.is_ticket = any(source.format is Format.ITEM for source in sources)
        self.has_sources = any(source.format is not Format.STRAY for source in sources)
        self.is_told = any(source.fault for source in sources if source.fs_path == place)
        self.left = _MOST

    def odd(self) -> Misplacements:
        """What is wrong with the folder as one of a ticket, and what in it."""
        misnamed = [] if self.is_ticket else self._nearly_items()
        for name in misnamed:
            said = "is not read, because a ticket is read from item.md; rename it to that"
            to = b"%s/item.md" % self.place if len(misnamed) == 1 else None
            yield Misplacement(MisplacedCode.MISNAMED_ITEM, name, said, to)
        if original := self._copied_from():
            said = f"seems to be a copy of {original}, and counts as a ticket of its own"
            said += "; if it is a copy, move it elsewhere"
            yield Misplacement(MisplacedCode.COPIED_FOLDER, b"", said)
        elif self.has_sources:
            if self.beside.most_are_ids and not is_ticket_id(self.ticket):
                said = "has a name that does not look like a ticket id, as most others here do"
                said += "; is it meant to be a ticket?"
                yield Misplacement(MisplacedCode.ODD_FOLDER, b"", said)
        elif not misnamed and not self.is_told:
            said = "is not a ticket, because it holds neither an item.md nor records that are read"
            said += "; write its item.md, or move it elsewhere"
            yield Misplacement(MisplacedCode.ODD_FOLDER, b"", said)
        if self.is_ticket or not self.is_told:
            yield from self._inside(b"", _DEPTH)

    def _nearly_items(self) -> list[bytes]:
        files = (name for name, mode in self._entries(b"") if stat.S_ISREG(mode))
        return [name for name in files if is_nearly_item(name)]

    def _copied_from(self) -> str | None:
        """The ticket of which the folder seems to be a copy, by its name."""
        names, before = copied_from(self.ticket), id_before(self.ticket)
        there = [name for name in names if name in self.beside.folders]
        if not is_ticket_id(self.ticket):
            there += filter(is_ticket_id, names)
        if before in self.beside.folders and self.beside.most_are_ids:
            there.append(before)
        return there[0] if there else None

    def _inside(self, folder: bytes, depth: int) -> Misplacements:
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
                yield from self._of_folder(path, depth)

    def _of_folder(self, path: bytes, depth: int) -> Misplacements:
        if self._is_of_a_ticket(path):
            said = "is a ticket's folder inside another one, where it is not read"
            said += "; move it into the tickets root, unless its name is taken there"
            # What is in it belongs to that ticket, not to this one.
            yield Misplacement(MisplacedCode.ODD_FOLDER, path, said, self._place_of_its_own(path))
            return
        if path.startswith(_RECORDS) and path not in self.read and not self._entries(path + b"/"):
            yield Misplacement(MisplacedCode.LEFTOVER, path, "is an empty folder among the records")
        yield from self._inside(path + b"/", depth - 1)

    def _is_of_a_ticket(self, folder: bytes) -> bool:
        """Whether a folder within this one is another ticket's."""
        inner = b"%s/%s" % (self.place, folder)
        return folder != b"artifacts" and any(
            os.path.lexists(b"%s/%s" % (inner, name)) for name in _OF_A_TICKET
        )

    def _place_of_its_own(self, folder: bytes) -> bytes | None:
        """Where the folder of a ticket should be; None where it may be something else."""
        name = folder.rpartition(b"/")[2]
        id_ = text_of(name)
        if not is_ticket_id(id_) and self.beside.most_are_ids:
            return None
        return b"%s/%s" % (self.beside.root, self.beside.folders.get(id_, name))

    def _of_file(self, path: bytes) -> Misplacements:
        folder, slash, name = path.rpartition(b"/")
        folder += slash
        if folder == _RECORDS:
            yield from _beside_records(path, name)
        elif original_of(name) and (not folder or (folder == _ARTIFACTS and nearly_place(name))):
            yield Misplacement(MisplacedCode.LEFTOVER, path, _LEFT_OVER)
        elif folder == _ARTIFACTS and nearly_place(name):
            said = "seems to be a copy of the file of records beside it, and is not read"
            yield Misplacement(MisplacedCode.MISPLACED_FILE, path, f"{said}; move it elsewhere")
        elif self._is_list(path, folder, name):
            said = "seems to hold records, and is not read; they are read from"
            said += " artifacts/relations.json and artifacts/orchestration-plan.jsonl"
            to = self._in_artifacts(name) if name in _LISTS else None
            yield Misplacement(MisplacedCode.MISPLACED_RECORD, path, said, to)
        elif self._is_record(path, name):
            said = "is a record by its name or content, and is not read; records are read from"
            said += " artifacts/relations: move it there, unless it is a copy, or its name is taken"
            to = self._in_artifacts(b"relations/" + name)
            yield Misplacement(MisplacedCode.MISPLACED_RECORD, path, said, to)

    def _in_artifacts(self, name: bytes) -> bytes:
        return b"%s/%s%s" % (self.place, _ARTIFACTS, name)

    def _is_list(self, path: bytes, folder: bytes, name: bytes) -> bool:
        """Whether a file is one of the two of several records, by its name or its content."""
        if name in _LISTS and (not folder or is_nearly_artifacts(folder[:-1])):
            return True
        is_one = is_json(name) or nearly_place(name) is not None
        return is_one and states_entries(beginning(b"%s/%s" % (self.place, path)))

    def _is_record(self, path: bytes, name: bytes) -> bool:
        if not is_loose(name) or path in (b"item.md", b"thread.md"):
            return False
        if (ulid := ulid_of(name)) and ulid.isupper() and is_markdown(name):
            return True
        return _has_keys_of_a_record(beginning(b"%s/%s" % (self.place, path)))

    def _entries(self, folder: bytes) -> list[tuple[bytes, int]]:
        """Path and type of what lies in a folder; nothing where it cannot be listed."""
        try:
            with os.scandir(b"%s/%s" % (self.place, folder)) as entries:
                return sorted((folder + entry.name, _type_of(entry)) for entry in entries)
        except OSError:  # where the scan needs it, it has said so
            return []


def _beside_records(path: bytes, name: bytes) -> Misplacements:
    """What is wrong with a file among the records that is no source."""
    if original_of(name) or (name.startswith(b".") and name not in _OF_GIT):
        yield Misplacement(MisplacedCode.LEFTOVER, path, _LEFT_OVER)
    elif not name.startswith(b"."):
        said = "lies among the records, is not one, and is not read"
        yield Misplacement(MisplacedCode.MISPLACED_FILE, path, f"{said}; move it elsewhere")


def _has_keys_of_a_record(data: bytes) -> bool:
    if not opens_frontmatter(data):
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
