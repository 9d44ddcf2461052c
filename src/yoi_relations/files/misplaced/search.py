"""Finds the misplaced files below the tickets root, which are not read and may be meant to be.

Each call walks the disk. Sources, strays included, are left out: no verdict depends on the rest.
"""

from __future__ import annotations

import os

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.file_tree import is_folder
from yoi_relations.files.misplaced.misplacement import MisplacedCode, MisplacedFile, RootFolders
from yoi_relations.files.misplaced.ticket_folder import TicketFolder, read_head
from yoi_relations.files.scan_folder import FolderScanner
from yoi_relations.files.scan_root import list_root
from yoi_relations.files.stray.contents import opens_frontmatter
from yoi_relations.files.stray.names import BUCKETS, id_before, is_ticket_id
from yoi_relations.files.workspace import Workspace, printable, printable_bytes

_LOOSE = (
    "has a frontmatter and is next to the ticket folders, where it is not read; move it into a"
    " ticket folder"
)


def find_misplaced(workspace: Workspace) -> list[MisplacedFile]:
    """All misplaced files and folders below the tickets root, sorted by path.

    Raises:
        UnreadableFolderError: the tickets root or a bucket cannot be listed.
    """
    listing, files = list_root(workspace), workspace.files
    root = os.fsencode(workspace.tickets_path)
    excluded = {*listing.links, *BUCKETS}
    names = sorted(os.fsencode(name) for name in listing.names if name not in excluded)
    folders = {_last(name): name for name in names if is_folder(files, b"%s/%s" % (root, name))}
    below = printable(workspace.tickets_root)
    own = [name for name in folders if id_before(name) not in folders]  # not copies
    most_are_ids = 2 * sum(map(is_ticket_id, own)) > len(own)
    siblings = RootFolders(files, root, below, folders, most_are_ids)
    found: list[MisplacedFile] = []
    for name in names:
        try:
            sources = FolderScanner(workspace).scan(name).sources
        except UnreadableFolderError:
            continue  # it vanished, or is unreadable, since it was listed; the index reports that
        place = b"%s/%s" % (root, name)
        if is_folder(files, place):
            ticket = next((source.holder for source in sources), _last(name))
            found += TicketFolder(place, ticket, sources, siblings).misplaced()
        elif not sources and opens_frontmatter(read_head(files, place)):
            path = siblings.printable(place)
            found.append(MisplacedFile(MisplacedCode.MISPLACED_FILE, path, _LOOSE, ""))
    return sorted(found, key=lambda file: (file.path, file.code))


def _last(name: bytes) -> str:
    return printable_bytes(name.rpartition(b"/")[2])
