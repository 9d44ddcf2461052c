"""What doctor is told of a file or a folder that is misplaced."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.lean.types import NamedTuple, StrEnum


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


class Misplacement(NamedTuple):
    """Something that is misplaced.

    Attributes:
        code: what is wrong.
        path: below the folder that is looked at.
        message: what is wrong, to be read after the path.
        goes_to: where it should be, absolute, if it is what it seems to be; None where that is not
            certain.
    """

    code: MisplacedCode
    path: bytes
    message: str
    goes_to: bytes | None = None


Misplacements = Iterator[Misplacement]


class Surroundings(NamedTuple):
    """What lies in the tickets root and its buckets.

    Attributes:
        root: the tickets root, absolute.
        folders: all folders, below the root, by name.
        most_are_ids: whether most of the names have the form of a ticket id.
    """

    root: bytes
    folders: dict[str, bytes]
    most_are_ids: bool
