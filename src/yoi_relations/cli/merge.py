"""Performs `diff --merge`: says what a merge would change, without making it."""

from __future__ import annotations

from yoi_relations.call import Call
from yoi_relations.errors import ExitCode, RelationsError
from yoi_relations.index.handle import Index
from yoi_relations.index.merge_preview import open_merge
from yoi_relations.queries.difference import find_difference
from yoi_relations.queries.merge_outcome import find_outcome
from yoi_relations.queries.sides import Side
from yoi_relations.render.merge import MergeAnswer, write_merge


def preview_merge(call: Call, branch: str, *, exit_code: bool) -> ExitCode:
    """Show what a merge of `branch` into HEAD would change."""
    mode = call.mode
    with open_merge(call.directory, branch, call.notify) as preview:
        ours = Side.load(preview.ours.connection)
        # Before more is loaded: with many files it starts a process, which shares all memory.
        _notify_of_uncommitted(call, preview.ours, ours)
        answer = MergeAnswer(preview, find_outcome(preview, ours))
        return write_merge(mode, answer, exit_code=exit_code, paged=not call.no_pager)


def _notify_of_uncommitted(call: Call, head: Index, side: Side) -> None:
    """Say that the working files differ in meaning from HEAD, if they do."""
    try:
        with call.open_index() as index:
            if index.generation.digest == head.generation.digest:
                return
            number = find_difference(side, Side.load(index.connection)).number
    except RelationsError as error:
        call.notify(f"the working files could not be compared with HEAD: {error.message}")
        return
    if number:
        call.notify(
            "the working files differ from HEAD, and this is a merge of commits; relations diff"
            " shows what is not committed"
        )
