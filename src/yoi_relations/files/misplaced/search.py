"""Finds for doctor what lies below the tickets root and is not read, though it may be meant to be.

The disk is walked at the time of the call. What the scan reports as a source is left out: here is
what no verdict waits for.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.misplaced.misplacement import (
    MisplacedCode,
    Misplacement,
    Misplacements,
    Surroundings,
)
from yoi_relations.files.misplaced.ticket_folder import beginning, misplaced_in_folder, text_of
from yoi_relations.files.scan_folder import FolderScanner
from yoi_relations.files.scan_root import list_root
from yoi_relations.files.stray.contents import opens_frontmatter
from yoi_relations.files.stray.names import BUCKETS, id_before, is_ticket_id
from yoi_relations.files.workspace import Workspace, printable
from yoi_relations.lean.types import NamedTuple


class Misplaced(NamedTuple):
    """Something that is not where, or not called what, it should be.

    Attributes:
        code: what is wrong.
        path: below the workspace root, printable.
        message: what is wrong and what to do, to be read after the path.
        ticket: id of the ticket in whose folder it lies, or that its folder is; or nothing.
        goes_to: where it should be, below the workspace root, printable, if it is what it seems to
            be; None where that is not certain. That name may be taken.
    """

    code: MisplacedCode
    path: str
    message: str
    ticket: str
    goes_to: str | None = None


def find_misplaced(workspace: Workspace) -> list[Misplaced]:
    """All that is misplaced below the tickets root, by path.

    Raises:
        UnreadableFolderError: the tickets root or a bucket cannot be listed.
    """
    listing = list_root(workspace)
    root, below = os.fsencode(workspace.tickets_path), printable(workspace.tickets_root)
    others = {*listing.links, *BUCKETS}
    names = sorted(os.fsencode(name) for name in listing.names if name not in others)
    folders = {_last(name): name for name in names if os.path.isdir(b"%s/%s" % (root, name))}
    beside = Surroundings(root, folders, _most_are_ids(folders))
    found: list[Misplaced] = []
    for name in names:
        try:
            sources = FolderScanner(workspace).list_folder(name).sources
        except UnreadableFolderError:
            continue  # gone, or closed, since it was listed; a question says so
        place = b"%s/%s" % (root, name)
        if os.path.isdir(place):
            ticket = next((source.holder for source in sources), _last(name))
            odd = misplaced_in_folder(place, ticket, sources, beside)
        else:
            ticket, odd = "", iter(()) if sources else _of_loose(place)
        for one in odd:
            path = "/".join((below, text_of(name), *filter(None, [text_of(one.path)])))
            to = f"{below}/{text_of(one.goes_to[len(root) + 1 :])}" if one.goes_to else None
            found.append(Misplaced(one.code, path, one.message, ticket, to))
    return sorted(found, key=lambda one: (one.path, one.code))


def _most_are_ids(folders: Collection[str]) -> bool:
    """Whether most names have the form of a ticket id; what goes on behind an id does not count."""
    names = [name for name in folders if id_before(name) not in folders]
    return 2 * sum(map(is_ticket_id, names)) > len(names)


def _last(name: bytes) -> str:
    return text_of(name.rpartition(b"/")[2])


def _of_loose(path: bytes) -> Misplacements:
    """What is wrong with a Markdown file beside the tickets' folders."""
    if opens_frontmatter(beginning(path)):
        said = "has a frontmatter and lies beside the tickets, where it is not read"
        yield Misplacement(
            MisplacedCode.MISPLACED_FILE, b"", f"{said}; move it into a ticket's folder"
        )
