"""Findings about files that are not read because of their place or their name."""

from __future__ import annotations

import os
from collections.abc import Iterator

from yoi_relations.files.file_tree import FileTree, exists, is_folder
from yoi_relations.files.locale_names import as_name
from yoi_relations.files.misplaced.misplacement import MisplacedCode, MisplacedFile
from yoi_relations.files.misplaced.search import find_among_records, find_misplaced
from yoi_relations.files.workspace import Workspace
from yoi_relations.queries.command_lines import shell_line
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_at

_HINTS = {
    MisplacedCode.LEFTOVER: "nothing to do: nothing reads it",
    MisplacedCode.MISPLACED_RECORD: (
        "if it is a record, move it unchanged (mv -n) to the place of its ticket's records, in"
        " artifacts; if it is a copy, compare it with its original first"
    ),
    MisplacedCode.MISNAMED_ITEM: "if it is the ticket, rename it to item.md",
    MisplacedCode.MISPLACED_FILE: (
        "compare it with the files that are read, and record what only this one says: relations add"
    ),
    MisplacedCode.ODD_FOLDER: (
        "if it is a ticket, give it a folder of its own with an item.md; otherwise keep it outside"
        " the tickets root"
    ),
    MisplacedCode.COPIED_FOLDER: (
        "compare it with its original (diff -r), record what only the copy says with relations"
        " add, and then move it out of the tickets root"
    ),
}
_INTO_THE_ROOT = "move the whole folder into the tickets root, with everything in it"


def misplaced_findings(contents: Contents) -> Iterator[Finding]:
    """A finding for each misplaced file or folder below the tickets root."""
    workspace = contents.workspace
    # The folders of another tool are its own business.
    for found in (find_among_records if workspace.tool else find_misplaced)(workspace):
        if found.code is MisplacedCode.ODD_FOLDER and _is_bare(workspace, found.path):
            continue
        hint, line = _advice(workspace, found)
        about = [found.ticket] if found.ticket else []
        finding = found_at(found.path, Code(found.code), found.message, hint, about)
        yield finding.with_commands(line)


def _advice(workspace: Workspace, found: MisplacedFile) -> tuple[str, str | None]:
    """The hint, and the command if it is certain and overwrites nothing."""
    if found.goes_to is None:
        return _HINTS[found.code], None
    taken = os.fsencode(os.path.join(workspace.root, found.goes_to))
    if exists(workspace.files.lstat, taken):
        compare = shell_line("diff", "-r", "--", found.path, found.goes_to) or "diff -r"
        text = f"the name {found.goes_to} is taken: compare the two first ({compare})"
        return f"{text}, and record what only this one says with relations add", None
    if found.code is MisplacedCode.MISPLACED_RECORD:
        return _HINTS[found.code], None
    line = shell_line("mv", "-n", "--", found.path, found.goes_to)
    hint = _INTO_THE_ROOT if found.code is MisplacedCode.ODD_FOLDER else _HINTS[found.code]
    return (f"{hint}: {line}" if line else hint), line


def _is_bare(workspace: Workspace, path: str) -> bool:
    """Whether a folder holds no file at all, for example because git moved all of them."""
    place = os.path.join(workspace.root, as_name(path))
    return is_folder(workspace.files, place) and not _holds_file(workspace.files, place)


def _holds_file(files: FileTree, folder: str) -> bool:
    """Whether there is a file in a folder, or in a folder below it; links are not followed."""
    try:
        entries = files.entries(folder)
    except OSError:  # the index reports it if it needs it
        return False
    for entry in entries:
        path = os.path.join(folder, entry.name)
        if entry.is_dir(follow_symlinks=False):
            if _holds_file(files, path):
                return True
        elif not is_folder(files, path):
            return True
    return False
