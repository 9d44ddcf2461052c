"""A misplacement: what is wrong with the place or the name of a file or a folder."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.lean.types import NamedTuple, StrEnum


class MisplacedCode(StrEnum):
    """What is wrong with a place or a name."""

    LEFTOVER = "leftover"
    """A file of an editor, a file manager or a merge next to its original."""
    MISPLACED_RECORD = "misplaced_record"
    """A record, or a copy of one, in a place where records are not read."""
    MISNAMED_ITEM = "misnamed_item"
    """A file whose name resembles item.md."""
    MISPLACED_FILE = "misplaced_file"
    """Another file that is not read."""
    ODD_FOLDER = "odd_folder"
    """A folder that is not a ticket folder, or does not look like one by its name or place."""
    COPIED_FOLDER = "copied_folder"
    """A ticket folder with the name of a copy."""


class Misplacement(NamedTuple):
    """What is wrong with the place or the name of one file or folder.

    Attributes:
        code: its name in JSON.
        path: below the ticket folder; empty for the folder itself.
        message: what is wrong, to be read after the path.
        goes_to: where it should be, absolute, if it is what it seems to be; None if not certain.
    """

    code: MisplacedCode
    path: bytes
    message: str
    goes_to: bytes | None = None


Misplacements = Iterator[Misplacement]


class RootFolders(NamedTuple):
    """The folders in the tickets root and its buckets.

    Attributes:
        root: the tickets root, absolute.
        folders: their paths below the root, by name.
        most_are_ids: whether most names have the form of a ticket id.
    """

    root: bytes
    folders: dict[str, bytes]
    most_are_ids: bool
