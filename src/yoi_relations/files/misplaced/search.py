"""Finds the misplaced files below the tickets root, which are not read and may be meant to be.

Each call walks the disk. Sources, strays included, are left out: no verdict depends on the rest.
"""

from __future__ import annotations

import os

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.file_tree import is_folder
from yoi_relations.files.misplaced.misplacement import MisplacedCode, MisplacedFile, RootFolders
from yoi_relations.files.misplaced.ticket_folder import (
    TicketFolder,
    read_head,
    wrong_among_records,
)
from yoi_relations.files.scan_folder import FolderScanner
from yoi_relations.files.scan_root import list_root
from yoi_relations.files.sources import ticket_source
from yoi_relations.files.stray.contents import opens_frontmatter
from yoi_relations.files.stray.names import BUCKETS, id_before, is_ticket_id
from yoi_relations.files.workspace import RECORDS, Workspace, printable, printable_bytes

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


def find_among_records(workspace: Workspace) -> list[MisplacedFile]:
    """Files in the folders of records about another tool's tickets that are not read, by path.

    Raises:
        UnreadableFolderError: a folder cannot be listed.
    """
    source, files = ticket_source(workspace), workspace.files
    found: list[MisplacedFile] = []
    for name in sorted(source.list_root().names):
        place = os.path.join(workspace.root, name)
        if not name.startswith(f"{RECORDS}/") or not is_folder(files, place):
            continue
        sources = source.scan(os.fsencode(name), {}).sources
        read = {os.path.basename(one.fs_path) for one in sources}
        entries = (each for each in files.entries(place) if not each.is_dir(follow_symlinks=False))
        for file in sorted({os.fsencode(entry.name) for entry in entries} - read):
            if wrong := wrong_among_records(file):
                path = f"{printable(name)}/{printable_bytes(file)}"
                ticket = os.path.basename(printable(name))
                found.append(MisplacedFile(wrong.code, path, wrong.message, ticket))
    return found


def _last(name: bytes) -> str:
    return printable_bytes(name.rpartition(b"/")[2])
