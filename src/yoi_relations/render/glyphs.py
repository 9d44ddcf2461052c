"""Glyphs of states and verdicts, guides of a tree, and short ids, as plain text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from yoi_relations.ticket_ids import is_base32

STATE_GLYPHS = {
    "planning": "○",
    "ready": "◔",
    "queued": "◑",
    "inprogress": "▶",
    "done": "✓",
    "closed": "✕",
}
"""By state."""
VERDICT_GLYPHS = {"clear": "✓", "caution": "!", "hold": "✕", "unknown": "?"}
"""By verdict."""
UNKNOWN_GLYPH = "?"
"""The glyph of a state that is not known."""
ELSEWHERE_GLYPH = "↗"
"""The glyph of a ticket of another workspace."""
ELLIPSIS = "…"
"""Stands for text that is left out."""
SHORT_LENGTH = 5
"""Characters of a short id, unless it needs more to differ from others."""
BAR, TEE, CORNER = "│", "├", "└"
"""The guides of a tree: past a line, to it and on, and to the last one."""
_STAND_INS = {"○": ".", "◔": "-", "◑": "=", "▶": ">", "✓": "v", "✕": "x", ELLIPSIS: "..."} | {
    ELSEWHERE_GLYPH: "^",
    BAR: "|",
    TEE: "+",
    CORNER: "`",
}
"""ASCII characters for an encoding that lacks a glyph."""


def state_glyph(state: str | None) -> str:
    """The glyph of a ticket's state; None is a state that is not known."""
    return STATE_GLYPHS.get(state or "", UNKNOWN_GLYPH)


def encodable(glyph: str, encoding: str) -> str:
    """`glyph`, or the ASCII characters that stand for it if `encoding` lacks it."""
    try:
        glyph.encode(encoding)
    except UnicodeEncodeError:
        return _STAND_INS[glyph]
    return glyph


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """By id, the shortest ending that is shown for it.

    Of an id in base32, that is its last `SHORT_LENGTH` characters, and as many more as tell it
    from all other `ids`. Any other id stays whole.
    """
    by_ending = sorted(set(ids), key=lambda id_: id_[::-1])
    needed = dict.fromkeys(by_ending, SHORT_LENGTH)
    # Sorted by their ends, the id that shares most with another one stands beside it.
    for first, second in pairwise(by_ending):
        differs = _shared_ending(first, second) + 1
        needed[first] = max(needed[first], differs)
        needed[second] = max(needed[second], differs)
    return {id_: id_[-needed[id_] :] if is_base32(id_) else id_ for id_ in by_ending}


def _shared_ending(first: str, second: str) -> int:
    """The number of equal characters at the ends of two ids."""
    number = 0
    for one, other in zip(reversed(first), reversed(second), strict=False):
        if one != other:
            break
        number += 1
    return number
