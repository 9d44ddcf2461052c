"""Which tickets a target that is not a ticket was probably meant to name."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

Tickets = dict[str, dict[str, Any]]

FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
ELSEWHERE = re.compile(r"[a-z0-9][a-z0-9._/-]{0,99}:[^\s/\\,;]+")
"""A ticket of another workspace, which is never nearly one of this."""
TICKET_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{13}", re.IGNORECASE)


def meant(target: str, tickets: Tickets) -> set[str]:
    """The tickets that `target` names once it is read kindly; none if it is one itself."""
    if target in tickets or ELSEWHERE.fullmatch(target):
        return set()
    if found := named(target, tickets):
        return only(found)
    pieces = re.split(r"[\s,;|&+]+", target)
    found = on_path(target, tickets)
    for piece in pieces if len(pieces) > 1 else ():
        if not ELSEWHERE.fullmatch(piece):
            found |= only(named(piece, tickets)) or on_path(piece, tickets)
    return found


def only(found: set[str]) -> set[str]:
    """What a name means, if it means one ticket."""
    return found if len(found) == 1 else set()


def named(name: str, tickets: Tickets) -> set[str]:
    """Tickets with this id, slug, or ending of an id."""
    ids, slugs = whole(name, tickets)
    return ids | slugs if ids else slugs | endings(name, tickets)


def whole(name: str, tickets: Tickets) -> tuple[set[str], set[str]]:
    folded = fold(name)
    if not folded:
        return set(), set()
    ids = {id_ for id_ in tickets if fold(id_) == folded}
    slugs = {
        id_
        for id_, known in tickets.items()
        if any(fold(slug) == folded for slug in known["slugs"])
    }
    return ids, slugs


def endings(name: str, tickets: Tickets) -> set[str]:
    folded = fold(name)
    if len(folded) < 4:
        return set()
    return {id_ for id_ in tickets if fold(id_).endswith(folded) and not splits(id_, folded)}


def splits(id_: str, ending: str) -> bool:
    """Whether an ending begins within a number."""
    before = fold(id_).removesuffix(ending)[-1:]
    is_within = before.isdigit() and ending[0].isdigit()
    return is_within and not TICKET_ID.fullmatch(id_)


def on_path(target: str, tickets: Tickets) -> set[str]:
    """Tickets whose id or slug is a part of a path."""
    parts = re.split(r"[/\\]", target)
    found: set[str] = set()
    for part in parts if len(parts) > 1 else ():
        ids, slugs = whole(part, tickets)
        found |= only(ids | slugs)
    return found


def fold(text: str) -> str:
    """`text` without case, white space, invisible characters and differences of form."""
    text = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not is_blank(sign))
    return unicodedata.normalize("NFKC", text.casefold())


def is_blank(sign: str) -> bool:
    is_selector = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    is_mongolian = "\u180b" <= sign <= "\u180f"
    if is_selector or is_mongolian or sign in FILLERS or sign.isspace():
        return True
    return unicodedata.category(sign) == "Cf"
