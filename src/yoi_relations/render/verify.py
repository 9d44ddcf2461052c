"""Writes the answer of ``relations verify``: the differences between the index and the files."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.index.store import IndexState
from yoi_relations.index.verify import Verification
from yoi_relations.render.documents import Value, envelope
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import Mode, json_line, notice, visible, write_answer

MAX_LISTED = 200
"""The most differences that are listed; the others are counted."""


def write_verification(mode: Mode, verification: Verification) -> ExitCode:
    """Write the differences, and return the exit status."""
    total = len(verification.differences)
    if mode is Mode.JSON:
        write_answer(json_line(verify_document(verification)))
    elif total:
        rows = verification.differences[:MAX_LISTED]
        if mode is Mode.PLAIN:
            write_answer(tab_separated(rows))
        else:
            lines = (f"{visible(path)}: {visible(message)}\n" for path, message in rows)
            write_answer("".join(lines))
        if total > MAX_LISTED:
            notice(f"{total - MAX_LISTED} more differences; relations rebuild fixes them all", mode)
    elif verification.current:
        message = f"the index holds what all {verification.fresh.sources} files say"
        if mode is Mode.PLAIN:
            notice(message, mode)
        else:
            write_answer(f"{message}\n")
    if verification.found is IndexState.MISSING:
        notice("there is no index yet, so nothing to verify; relations rebuild makes one", mode)
    return ExitCode.FOUND if total else ExitCode.DONE


def verify_document(verification: Verification) -> Value:
    """The answer as a value for JSON."""
    return envelope("verify", verification.fresh) | {
        "current": verification.current,
        "found": verification.found.value,
        "differences": [
            {"path": path, "message": message}
            for path, message in verification.differences[:MAX_LISTED]
        ],
        "differences_total": len(verification.differences),
    }
