"""Performs `diff` between two states of the files."""

from __future__ import annotations

from yoi_relations.call import Call
from yoi_relations.errors import ExitCode
from yoi_relations.index.compared import open_compared
from yoi_relations.queries.difference import find_difference
from yoi_relations.queries.sides import Side
from yoi_relations.render.diff import DiffAnswer, write_difference


def compare(call: Call, earlier: str | None, later: str | None, *, exit_code: bool) -> ExitCode:
    """Show what changed between two states; None as in `open_compared`."""
    mode = call.mode
    old, new = open_compared(call.directory, earlier, later, call.notify, call.open_index)
    with old, new:
        found = find_difference(Side.load(old.connection), Side.load(new.connection))
        answer = DiffAnswer(old, new, found)
        return write_difference(mode, answer, exit_code=exit_code, paged=not call.no_pager)
