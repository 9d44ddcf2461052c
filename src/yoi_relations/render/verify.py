"""Writes the answer of `verify` and chooses its exit status."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.index.store import IndexState
from yoi_relations.index.verify import Verification
from yoi_relations.render.documents import Value, envelope
from yoi_relations.render.lines import counted, tab_separated
from yoi_relations.render.output import Mode, json_line, notice, visible_lines, write_answer

DIFFERENCE_LIMIT = 200
"""Differences in an answer; further ones are counted."""


def write_verification(mode: Mode, verification: Verification) -> ExitCode:
    """Write the answer of `verify`."""
    total = len(verification.differences)
    if mode is Mode.JSON:
        write_answer(json_line(verify_document(verification)))
    elif total:
        rows = verification.differences[:DIFFERENCE_LIMIT]
        if mode is Mode.PLAIN:
            write_answer(tab_separated(rows))
        else:
            write_answer(visible_lines(f"{path}: {message}" for path, message in rows))
        if total > DIFFERENCE_LIMIT:
            more = counted(total - DIFFERENCE_LIMIT, "more difference")
            notice(f"{more}; relations rebuild fixes all of them", mode)
    elif verification.current:
        message = f"the index matches all {verification.fresh.sources} files"
        if mode is Mode.PLAIN:
            notice(message, mode)
        else:
            write_answer(f"{message}\n")
    if verification.found is IndexState.MISSING:
        has_yoi = verification.fresh.workspace.has_yoi
        how = "relations rebuild makes one" if has_yoi else "the first relations add makes .yoi"
        notice(f"there is no index to verify; {how}", mode)
    return ExitCode.FOUND if total else ExitCode.DONE


def verify_document(verification: Verification) -> Value:
    """The answer of `verify` as a JSON value."""
    return envelope("verify", verification.fresh) | {
        "current": verification.current,
        "found": verification.found.value,
        "differences": [
            {"path": path, "message": message}
            for path, message in verification.differences[:DIFFERENCE_LIMIT]
        ],
        "differences_total": len(verification.differences),
    }
