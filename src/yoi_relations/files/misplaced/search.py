"""Finds the misplaced files below the tickets root, which are not read and may be meant to be.

Each call walks the disk. Sources, strays included, are left out: no verdict depends on the rest.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.misplaced.misplacement import (
    MisplacedCode,
    Misplacement,
    Misplacements,
    RootFolders,
)
from yoi_relations.files.misplaced.ticket_folder import misplaced_in_folder, read_head
from yoi_relations.files.scan_folder import FolderScanner
from yoi_relations.files.scan_root import list_root
from yoi_relations.files.stray.contents import opens_frontmatter
from yoi_relations.files.stray.names import BUCKETS, id_before, is_ticket_id
from yoi_relations.files.workspace import Workspace, printable, printable_bytes
from yoi_relations.lean.types import NamedTuple


class MisplacedFile(NamedTuple):
    """A file or folder that has a wrong place or a wrong name.

    Attributes:
        code: what is wrong.
        path: below the workspace root, printable.
        message: what is wrong and what to do, to be read after the path.
        ticket: id of the ticket whose folder it is, or is in; empty if there is none.
        goes_to: where it should be, below the workspace root, printable, if it is what it seems to
            be; None if not certain. That name may be taken.
    """

    code: MisplacedCode
    path: str
    message: str
    ticket: str
    goes_to: str | None = None


def find_misplaced(workspace: Workspace) -> list[MisplacedFile]:
    """All misplaced files and folders below the tickets root, sorted by path.

    Raises:
        UnreadableFolderError: the tickets root or a bucket cannot be listed.
    """
    listing = list_root(workspace)
    root, below = os.fsencode(workspace.tickets_path), printable(workspace.tickets_root)
    excluded = {*listing.links, *BUCKETS}
    names = sorted(os.fsencode(name) for name in listing.names if name not in excluded)
    folders = {_last(name): name for name in names if os.path.isdir(b"%s/%s" % (root, name))}
    siblings = RootFolders(root, folders, _most_are_ids(folders))
    found: list[MisplacedFile] = []
    for name in names:
        try:
            sources = FolderScanner(workspace).scan(name).sources
        except UnreadableFolderError:
            continue  # it vanished, or is unreadable, since it was listed; the index reports that
        place = b"%s/%s" % (root, name)
        if os.path.isdir(place):
            ticket = next((source.holder for source in sources), _last(name))
            misplacements = misplaced_in_folder(place, ticket, sources, siblings)
        else:
            ticket, misplacements = "", iter(()) if sources else _loose_file(place)
        for misplacement in misplacements:
            path = "/".join(
                (below, printable_bytes(name), *filter(None, [printable_bytes(misplacement.path)]))
            )
            to = (
                f"{below}/{printable_bytes(misplacement.goes_to[len(root) + 1 :])}"
                if misplacement.goes_to
                else None
            )
            found.append(MisplacedFile(misplacement.code, path, misplacement.message, ticket, to))
    return sorted(found, key=lambda file: (file.path, file.code))


def _most_are_ids(folders: Collection[str]) -> bool:
    """Whether most names have the form of a ticket id; copies by their names do not count."""
    names = [name for name in folders if id_before(name) not in folders]
    return 2 * sum(map(is_ticket_id, names)) > len(names)


def _last(name: bytes) -> str:
    return printable_bytes(name.rpartition(b"/")[2])


def _loose_file(path: bytes) -> Misplacements:
    """The misplacement of a loose file in the tickets root or a bucket."""
    if opens_frontmatter(read_head(path)):
        message = "has a frontmatter and is next to the ticket folders, where it is not read"
        message += "; move it into a ticket folder"
        yield Misplacement(MisplacedCode.MISPLACED_FILE, b"", message)
