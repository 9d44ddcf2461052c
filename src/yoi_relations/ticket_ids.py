"""The forms of ticket ids, and of names of tickets that are elsewhere: ``workspace:ID``.

A ticket of another workspace is named by that workspace and by its whole id. Slugs and endings
cannot be checked here, so they name nothing elsewhere.
"""

from __future__ import annotations

BASE32_LENGTH = 13
"""Characters of a short ticket id."""
_BASE32_CHARACTERS = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_HASH_LENGTH = 4
_DATE_LENGTH, _TIME_LENGTH = len("20260609"), len("100341")
MAX_WORKSPACE_NAME = 100
"""Characters of a workspace's name."""
_NAME_STARTS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_NAME_CHARACTERS = _NAME_STARTS | frozenset("._/-")


def is_base32(id_: str) -> bool:
    """Whether an id is 13 characters of Crockford base32, as a new ticket gets it."""
    return len(id_) == BASE32_LENGTH and _BASE32_CHARACTERS.issuperset(id_)


def is_full_id(text: str) -> bool:
    """Whether a text has the form of a whole ticket id: base32, or date, time and slug.

    Or it is that of an id of another tool: ``TASK-12``, ``ab-3f2a``, with ``.1`` for a part.
    """
    if is_base32(text) or _is_id_of_another_tool(text):
        return True
    date, _, rest = text.partition("-")
    time, _, slug = rest.partition("-")
    digits = date + time
    return (
        (len(date), len(time)) == (_DATE_LENGTH, _TIME_LENGTH)
        and digits.isascii()
        and digits.isdecimal()
        and slug.replace("-", "").replace("_", "").replace(".", "").isalnum()
    )


def _is_id_of_another_tool(text: str) -> bool:
    prefix, _, rest = text.partition("-")
    first, *parts = rest.split(".")
    return (
        text.isascii()
        and prefix.isalnum()
        and not prefix.isdecimal()
        and (first.isdecimal() or (len(first) == _HASH_LENGTH and first.isalnum()))
        and all(map(str.isdecimal, parts))
    )


def is_workspace_name(text: str) -> bool:
    """Whether a workspace can have this name: ``[a-z0-9][a-z0-9._/-]*``, at most 100 characters."""
    return (
        0 < len(text) <= MAX_WORKSPACE_NAME
        and text[0] in _NAME_STARTS
        and _NAME_CHARACTERS.issuperset(text)
    )


def is_elsewhere(name: str) -> bool:
    """Whether a name has the form ``workspace:ID``, with a whole ticket id."""
    workspace, _, id_ = name.partition(":")
    return is_full_id(id_) and is_workspace_name(workspace)
