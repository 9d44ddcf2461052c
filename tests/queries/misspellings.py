"""Spellings of a ticket's id: those that mean it, and those that do not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable


def slug_of(id_: str) -> str:
    """The slug of random tickets: one with several Unicode forms."""
    return f"größe-{id_[-2:].lower()}"


Spelling = Callable[[str, str], str]
NEARLY: dict[str, Spelling] = {
    "lower case": lambda id_, _: id_.lower(),
    "space before": lambda id_, _: f" {id_}",
    "space behind": lambda id_, _: f"{id_} ",
    "tab within": lambda id_, _: f"{id_[:5]}\t{id_[5:]}",
    "zero width space": lambda id_, _: f"{id_}\u200b",
    "byte order mark": lambda id_, _: f"\ufeff{id_}",
    "soft hyphen": lambda id_, _: f"{id_[:7]}\u00ad{id_[7:]}",
    "no-break space": lambda id_, _: f"{id_}\u00a0",
    "variation selector": lambda id_, _: f"{id_}\ufe0f",
    "filler": lambda id_, _: f"{id_}\u3164",
    "direction mark": lambda id_, _: f"\u200e{id_}\u202c",
    "full width": lambda id_, _: "".join(chr(ord(sign) + 0xFEE0) for sign in id_),
    "slug": lambda id_, _: slug_of(id_),
    "slug, upper case": lambda id_, _: slug_of(id_).upper(),
    "slug, decomposed": lambda id_, _: unicodedata.normalize("NFD", slug_of(id_)),
    "ending of 4": lambda id_, _: id_[-4:],
    "ending of 6, lower case": lambda id_, _: id_[-6:].lower(),
    "path of its folder": lambda id_, _: f".yoi/tickets/{id_}",
    "path of its file": lambda id_, _: f"../closed/{id_}/item.md",
    "path with backslashes": lambda id_, _: f"tickets\\{id_}\\",
    "packed with a comma": lambda id_, other: f"{other}, {id_}",
    "packed with a space": lambda id_, other: f"{id_} {other}",
    "packed with a semicolon": lambda id_, other: f"{id_};{other}",
    "packed, one in lower case": lambda id_, other: f"{id_.lower()},{other}",
}
"""Each with the id that is meant, and another one."""
NOT_AT_ALL: dict[str, Spelling] = {
    "ending of 3": lambda id_, _: id_[-3:],
    "a sign more": lambda id_, _: f"{id_}X",
    "its beginning": lambda id_, _: id_[:-1],
    "elsewhere": lambda id_, _: f"acme/shop:{id_}",
}
SPELLINGS = NEARLY | NOT_AT_ALL
