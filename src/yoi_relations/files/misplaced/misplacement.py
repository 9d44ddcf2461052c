"""What is wrong with the place or the name of a file or a folder."""

from __future__ import annotations

from yoi_relations.files.file_tree import FileTree
from yoi_relations.files.workspace import printable_bytes
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


class MisplacedFile(NamedTuple):
    """A file or folder that has a wrong place or a wrong name.

    Attributes:
        code: what is wrong.
        path: below the workspace root, printable.
        message: what is wrong and what to do, to be read after the path.
        ticket: id of the ticket whose folder it is, or is in; empty if there is none.
        goes_to: where it should be, like `path`, if it is what it seems to be; None if not certain.
            That name may be taken.
    """

    code: MisplacedCode
    path: str
    message: str
    ticket: str
    goes_to: str | None = None


class RootFolders(NamedTuple):
    """The folders in the tickets root and its buckets.

    Attributes:
        files: where they are.
        root: the tickets root, absolute.
        below: the tickets root below the workspace root, printable.
        folders: their paths below the tickets root, by name.
        most_are_ids: whether most names have the form of a ticket id.
    """

    files: FileTree
    root: bytes
    below: str
    folders: dict[str, bytes]
    most_are_ids: bool

    def printable(self, place: bytes) -> str:
        """An absolute path below the tickets root as a printable one below the workspace root."""
        return self.below + printable_bytes(place[len(self.root) :])
