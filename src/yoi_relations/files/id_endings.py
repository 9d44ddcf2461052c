"""When an ending of a ticket's id names the ticket.

Ids of 13 characters of Crockford base32 share their beginning, and their endings tell them apart.
An ending of any other id does not begin within a number: 1 is not an ending of TASK-11.
"""

from __future__ import annotations

MIN_PART = 4
"""Characters that a part must have to name a ticket; of an ending, to contest a slug."""
_BASE32 = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_BASE32_LENGTH = 13


def ends_with(id_: str, folded_id: str, folded_ending: str) -> bool:
    """Whether an id ends with something shorter that names its ticket.

    Args:
        id_: as it is, whose letters decide whether it is base32.
        folded_id: the same in the form in which names are compared in any case.
        folded_ending: in that form, too.
    """
    start = len(folded_id) - len(folded_ending)
    if start <= 0 or not folded_ending or not folded_id.endswith(folded_ending):
        return False
    return is_base32(id_) or not splits_digits(folded_id, start)


def is_base32(id_: str) -> bool:
    """Whether an id has the short form of this layout: 13 characters of Crockford base32."""
    return len(id_) == _BASE32_LENGTH and _BASE32.issuperset(id_)


def splits_digits(text: str, at: int) -> bool:
    """Whether there are digits on both sides of a place."""
    return 0 < at < len(text) and text[at - 1].isdigit() and text[at].isdigit()
