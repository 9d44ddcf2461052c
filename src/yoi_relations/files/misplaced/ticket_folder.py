"""Walks one ticket folder and finds what has the wrong place or the wrong name."""

from __future__ import annotations

import os
from collections.abc import Iterator

from yoi_relations.files.file_tree import FileTree, exists
from yoi_relations.files.frontmatter import FRONTMATTER_LIMIT, parse_document
from yoi_relations.files.misplaced.misplacement import MisplacedCode, MisplacedFile, RootFolders
from yoi_relations.files.source import Format, Source, SourceError
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
from yoi_relations.files.workspace import printable_bytes
from yoi_relations.lean.types import NamedTuple

_DEPTH = 3
"""Levels of folders below the ticket folder that are walked."""
_MAX_NAMES = 5000
"""Names that are examined in one ticket folder; it may contain a checkout or a cache."""
_ARTIFACTS = b"artifacts/"
_RECORDS = b"artifacts/relations/"
_LISTS = (RELATIONS_JSON, PLAN_JSONL)
_IN_TICKET_FOLDERS = (b"item.md", *(b"artifacts/" + name for name in (RELATIONS, *_LISTS)))
"""What only a ticket folder contains, unless the folder is called ``artifacts``."""
_OF_GIT = (b".gitkeep", b".gitignore", b".gitattributes")


class Wrong(NamedTuple):
    """A code, and what is wrong, to be read after the path."""

    code: MisplacedCode
    message: str


_LEFTOVER = Wrong(
    MisplacedCode.LEFTOVER,
    "is left over from an editor, a file manager or a merge, and is not read",
)
_EMPTY_FOLDER = Wrong(MisplacedCode.LEFTOVER, "is an empty folder among the records")
_MISNAMED_ITEM = Wrong(
    MisplacedCode.MISNAMED_ITEM,
    "is not read, because a ticket is read from item.md; rename it to that",
)
_ODD_NAME = Wrong(
    MisplacedCode.ODD_FOLDER,
    "has a name that does not look like a ticket id, unlike most others here; is it meant to be a"
    " ticket?",
)
_NO_TICKET = Wrong(
    MisplacedCode.ODD_FOLDER,
    "is not a ticket, because it holds neither an item.md nor records that are read; write its"
    " item.md, or move it elsewhere",
)
_NESTED = Wrong(
    MisplacedCode.ODD_FOLDER,
    "is a ticket's folder inside another one, where it is not read; move it into the tickets root,"
    " unless its name is taken there",
)
_NO_RECORD = Wrong(
    MisplacedCode.MISPLACED_FILE,
    "is in the folder of records, is not a record, and is not read; move it elsewhere",
)
_COPIED_LIST = Wrong(
    MisplacedCode.MISPLACED_FILE,
    "seems to be a copy of the file of records next to it, and is not read; move it elsewhere",
)
_LIST = Wrong(
    MisplacedCode.MISPLACED_RECORD,
    "seems to hold records, and is not read; they are read from artifacts/relations.json and"
    " artifacts/orchestration-plan.jsonl",
)
_RECORD = Wrong(
    MisplacedCode.MISPLACED_RECORD,
    "is a record by its name or content, and is not read; records are read from"
    " artifacts/relations: move it there, unless it is a copy, or its name is taken",
)


def wrong_among_records(name: bytes) -> Wrong | None:
    """What is wrong with a file of this name among records, which is not read; or None."""
    if original_of(name) or (name.startswith(b".") and name not in _OF_GIT):
        return _LEFTOVER
    return None if name.startswith(b".") else _NO_RECORD


class TicketFolder:
    """A ticket folder, or what may be meant as one.

    Args:
        place: its absolute path.
        ticket: the id of the ticket that it is, or may be meant to be.
        sources: what the scan found in it.
        siblings: the folders in the tickets root and its buckets.
    """

    def __init__(
        self, place: bytes, ticket: str, sources: list[Source], siblings: RootFolders
    ) -> None:
        self.place = place
        self.ticket = ticket
        self.siblings = siblings
        self.read = {source.fs_path[len(place) + 1 :] for source in sources}
        self.is_ticket = any(source.format is Format.ITEM for source in sources)
        self.has_sources = any(source.format is not Format.STRAY for source in sources)
        self.has_fault = any(source.fault for source in sources if source.fs_path == place)
        self.remaining = _MAX_NAMES

    def misplaced(self) -> Iterator[MisplacedFile]:
        """What is wrong with the folder itself, then what is misplaced in it."""
        top = [] if self.is_ticket else self._entries(b"")
        misnamed = [name for name, is_file, _ in top if is_file and is_nearly_item(name)]
        for name in misnamed:
            yield self._found(name, _MISNAMED_ITEM, b"item.md" if len(misnamed) == 1 else None)
        if original := self._copied_from():
            message = f"seems to be a copy of {original}, and counts as a ticket of its own"
            message += "; if it is a copy, move it elsewhere"
            yield self._found(b"", Wrong(MisplacedCode.COPIED_FOLDER, message))
        elif self.has_sources:
            if self.siblings.most_are_ids and not is_ticket_id(self.ticket):
                yield self._found(b"", _ODD_NAME)
        elif not misnamed and not self.has_fault:
            yield self._found(b"", _NO_TICKET)
        if self.is_ticket or not self.has_fault:
            yield from self._walk(b"", _DEPTH)

    def _found(self, path: bytes, wrong: Wrong, goes_to: bytes | None = None) -> MisplacedFile:
        """What is wrong with a path in this folder; `goes_to` is like `path`, or absolute."""
        shown = self.siblings.printable(os.path.join(self.place, path).rstrip(b"/"))
        to = self.siblings.printable(os.path.join(self.place, goes_to)) if goes_to else None
        return MisplacedFile(wrong.code, shown, wrong.message, self.ticket, to)

    def _copied_from(self) -> str | None:
        """The id of the ticket that the folder, by its name, seems to be a copy of; or None."""
        names, id_ = copied_from(self.ticket), id_before(self.ticket)
        originals = [name for name in names if name in self.siblings.folders]
        if not is_ticket_id(self.ticket):
            originals += filter(is_ticket_id, names)
        if id_ in self.siblings.folders and self.siblings.most_are_ids:
            originals.append(id_)
        return originals[0] if originals else None

    def _walk(self, folder: bytes, depth: int) -> Iterator[MisplacedFile]:
        """What is misplaced in a folder, and in `depth` levels of folders below it."""
        for path, is_file, is_folder in self._entries(folder):
            self.remaining -= 1
            if self.remaining < 0:
                return
            if path in self.read:
                continue
            if is_file:
                yield from self._check_file(path)
            elif is_folder and depth and not path[len(folder) :].startswith(b"."):
                yield from self._check_folder(path, depth)

    def _check_folder(self, path: bytes, depth: int) -> Iterator[MisplacedFile]:
        inside = (b"%s/%s/%s" % (self.place, path, name) for name in _IN_TICKET_FOLDERS)
        if path != b"artifacts" and any(
            exists(self.siblings.files.lstat, place) for place in inside
        ):
            # Its content belongs to that ticket, not to this one.
            yield self._found(path, _NESTED, self._place_in_root(path))
            return
        if path.startswith(_RECORDS) and not self._entries(path + b"/"):
            yield self._found(path, _EMPTY_FOLDER)
        yield from self._walk(path + b"/", depth - 1)

    def _place_in_root(self, folder: bytes) -> bytes | None:
        """Where a nested ticket folder should be; None if it may be something else."""
        name = folder.rpartition(b"/")[2]
        id_ = printable_bytes(name)
        if not is_ticket_id(id_) and self.siblings.most_are_ids:
            return None
        return b"%s/%s" % (self.siblings.root, self.siblings.folders.get(id_, name))

    def _check_file(self, path: bytes) -> Iterator[MisplacedFile]:
        folder, slash, name = path.rpartition(b"/")
        folder += slash
        if folder == _RECORDS:
            if wrong := wrong_among_records(name):
                yield self._found(path, wrong)
        elif original_of(name) and (not folder or (folder == _ARTIFACTS and nearly_place(name))):
            yield self._found(path, _LEFTOVER)
        elif folder == _ARTIFACTS and nearly_place(name):
            yield self._found(path, _COPIED_LIST)
        elif self._is_list(path, folder, name):
            yield self._found(path, _LIST, _ARTIFACTS + name if name in _LISTS else None)
        elif self._is_record(path, name):
            yield self._found(path, _RECORD, _RECORDS + name)

    def _is_list(self, path: bytes, folder: bytes, name: bytes) -> bool:
        """Whether a file is a list of records in JSON, by its name or its content."""
        if name in _LISTS and (not folder or is_nearly_artifacts(folder[:-1])):
            return True
        may_be_list = is_json(name) or nearly_place(name) is not None
        return may_be_list and states_entries(self._head(path))

    def _is_record(self, path: bytes, name: bytes) -> bool:
        if not is_loose(name) or path in (b"item.md", b"thread.md"):
            return False
        if (ulid := ulid_of(name)) and ulid.isupper() and is_markdown(name):
            return True
        data = self._head(path)
        try:
            keys = parse_document(data).fields.keys() if opens_frontmatter(data) else ()
        except SourceError:
            return False
        return {"kind", "author", "at"}.issubset(keys)

    def _head(self, path: bytes) -> bytes:
        return read_head(self.siblings.files, b"%s/%s" % (self.place, path))

    def _entries(self, folder: bytes) -> list[tuple[bytes, bool, bool]]:
        """Path, whether file, whether folder, of what is in a folder; empty if it is unreadable."""
        try:
            entries = self.siblings.files.entries(os.fsdecode(b"%s/%s" % (self.place, folder)))
        except OSError:  # the scan reports it if it needs it
            return []
        return sorted(
            (
                folder + os.fsencode(entry.name),
                entry.is_file(follow_symlinks=False),
                entry.is_dir(follow_symlinks=False),
            )
            for entry in entries
        )


def read_head(files: FileTree, path: bytes) -> bytes:
    """As many bytes of a file as a frontmatter may have; empty if it cannot be read."""
    try:
        return files.read(path, FRONTMATTER_LIMIT)[1]
    except OSError:
        return b""
