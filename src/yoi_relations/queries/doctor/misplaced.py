"""What is not read because of its place or its name, each with what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from yoi_relations.files.locale_names import as_name
from yoi_relations.files.misplaced.misplacement import MisplacedCode
from yoi_relations.files.misplaced.search import Misplaced, find_misplaced
from yoi_relations.files.workspace import Workspace
from yoi_relations.queries.command_lines import shell_line
from yoi_relations.queries.doctor.findings import Code, Finding, found_at

_HINTS = {
    MisplacedCode.LEFTOVER: "nothing needs to be done: nothing reads it",
    MisplacedCode.MISPLACED_RECORD: (
        "if it is a record, move it as it is (mv -n) to where its ticket's records are read from,"
        " in artifacts; if it is a copy, compare it with its original first"
    ),
    MisplacedCode.MISNAMED_ITEM: "if it is the ticket, rename it to item.md",
    MisplacedCode.MISPLACED_FILE: (
        "compare it with what is read, and record what only this file says: relations add"
    ),
    MisplacedCode.ODD_FOLDER: (
        "if it is a ticket, give it an item.md in a folder of its own; if it is not, keep it"
        " outside the tickets root"
    ),
    MisplacedCode.COPIED_FOLDER: (
        "compare it with its original (diff -r), record what only the copy says with relations"
        " add, and only then move it out of the tickets root"
    ),
}
_INTO_THE_ROOT = "move the whole folder into the tickets root, with all that is in it"


def misplaced_findings(workspace: Workspace) -> Iterator[Finding]:
    """What lies below the tickets root and is not read, or read as something that it is not."""
    for one in find_misplaced(workspace):
        if one.code is MisplacedCode.ODD_FOLDER and _is_bare(workspace, one.path):
            continue
        hint, line = _advice(workspace, one)
        about = [one.ticket] if one.ticket else []
        found = found_at(one.path, Code(one.code), one.message, hint, about)
        yield found.with_commands(line)


def _advice(workspace: Workspace, one: Misplaced) -> tuple[str, str | None]:
    """The hint, and the command where it is certain and overwrites nothing."""
    if one.goes_to is None:
        return _HINTS[one.code], None
    if os.path.lexists(os.path.join(workspace.root, one.goes_to)):
        compare = shell_line("diff", "-r", "--", one.path, one.goes_to) or "diff -r"
        said = f"the name {one.goes_to} is taken: compare the two first ({compare})"
        return f"{said}, and record what only this one says with relations add", None
    if one.code is MisplacedCode.MISPLACED_RECORD:
        return _HINTS[one.code], None
    line = shell_line("mv", "-n", "--", one.path, one.goes_to)
    hint = _INTO_THE_ROOT if one.code is MisplacedCode.ODD_FOLDER else _HINTS[one.code]
    return (f"{hint}: {line}" if line else hint), line


def _is_bare(workspace: Workspace, path: str) -> bool:
    """Whether a folder holds no file at all, as where git has moved all that was in it."""
    place = os.path.join(workspace.root, as_name(path))
    return os.path.isdir(place) and not any(files for _, _, files in os.walk(place))
