"""Patterns of ids, and when the end of a ticket's id names the ticket.

Short ids, of 13 characters of Crockford base32, share their start and differ at the end. The end of
any other id must not start within a number: 1 does not name TASK-11.
"""

from __future__ import annotations

from yoi_relations.ticket_ids import is_base32

BASE32 = "[0-9A-HJKMNP-TV-Z]"
"""Regular expression of a character of Crockford base32."""
ULID = f"[0-7]{BASE32}{{25}}"
"""Regular expression of a ULID, the id of a record in Markdown."""
MIN_PART = 4
"""Characters that a part of an id needs to name a ticket, and that its end needs to compete with a
slug."""


def ends_with(id_: str, folded_id: str, folded_ending: str) -> bool:
    """Whether `folded_ending` is the end of an id, shorter than it, and names its ticket.

    Args:
        id_: as written; this decides whether it is base32, after the name of a workspace if it has
            one.
        folded_id: the same, case-folded.
        folded_ending: case-folded.
    """
    start = len(folded_id) - len(folded_ending)
    if start <= 0 or not folded_ending or not folded_id.endswith(folded_ending):
        return False
    return is_base32(id_.rpartition(":")[2]) or not splits_digits(folded_id, start)


def splits_digits(text: str, at: int) -> bool:
    """Whether the characters on both sides of an offset are digits."""
    return 0 < at < len(text) and text[at - 1].isdigit() and text[at].isdigit()
