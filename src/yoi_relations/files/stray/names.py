"""Tells from a name alone what it could have been meant to be: a record, a place for records."""

from __future__ import annotations

import re
from collections.abc import Iterable

BUCKETS = ("open", "pending", "closed")
"""Folders of the tickets root that hold tickets, in the older layout."""
RELATIONS = b"relations"
"""The folder for records of their own."""
RELATIONS_JSON = b"relations.json"
PLAN_JSONL = b"orchestration-plan.jsonl"

_ULID = re.compile(rb"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)
_LEFTOVER = re.compile(rb"(?:~|\.(?:orig|rej|bak|sw[op]|tmp))$", re.IGNORECASE)
_OF_A_SYSTEM = (b"thumbs.db", b"desktop.ini")
_MARKDOWN = (b".md", b".markdown")
_APART = re.compile(r"\([^)]*\)|\.sync-conflict-[-\w]*")
_WORD = re.compile(r"[^\W\d_]+")
_NO_NAME = re.compile(
    # Endings, as people mistake them, and what programs for files and people put at a copy.
    r"json[a-z]*|ndjson|jsn|jso|js|ya?ml|txt"
    r"|copy|of|kopie|von|copie|copia|de|backup|bak|old|orig|original|new|rej|sw[op]|te?mp"
    r"|conflict|conflicted|ours|theirs|local|remote|base|head"
)
_PLACES = {"relations": RELATIONS, "orchestrationplan": PLAN_JSONL}
_ENDING_OF_TEXT = re.compile(rb"\.(?:md|mdown|mdx|mkd|markdown)(?![a-z])", re.IGNORECASE)
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{13}|\d{8}-\d{6}-\S.*", re.DOTALL)
_COPY_OF = re.compile(r"^(?:copy of|kopie von|copie de|copia de) ", re.IGNORECASE)
_COPY = re.compile(
    r"(?:[ _-]*\([^)]*\)|[ _]\d+|(?:copy|backup|bak|old|orig)(?:[ _-]?\d+)?"
    r"|[ _.-]+(?:copy|kopie|copie|copia|backup|bak|old|orig|tmp|new|x)(?:[ _-]?\d+)?"
    r"|\.sync-conflict-[-\w]*|~|\s+)$",
    re.IGNORECASE,
)
_LENGTH_OF_ID = 13
_LONGEST = 120
"""Bytes of a name that is looked at; no mark of a copy makes it longer."""


def ulid_of(name: bytes) -> bytes | None:
    """The ULID that a name begins with, in any case of letters."""
    found = _ULID.match(name)
    return found.group() if found else None


def names_a_record(name: bytes) -> bool:
    """Whether a name is that of a record, whatever its ending: a ULID, and no longer word."""
    ulid = ulid_of(name)
    if ulid is None:
        return False
    return (ulid.isupper() and is_markdown(name)) or not name[len(ulid) :][:1].isalnum()


def is_loose(name: bytes) -> bool:
    """Whether a file beside the tickets' folders is one that could be a record, by its name."""
    last = name.rpartition(b"/")[2]
    return not last.startswith(b".") and (is_markdown(last) or names_a_record(last))


def is_markdown(name: bytes) -> bool:
    """Whether a name ends as that of a Markdown file, in any case of letters."""
    return name.lower().endswith(_MARKDOWN)


def original_of(name: bytes) -> bytes | None:
    """What a leftover of an editor, a file manager or a merge is left over from.

    None where it is not a leftover; a file of the system's own is its own original.
    """
    if name.lower() in _OF_A_SYSTEM:
        return name
    rest = name
    if len(rest) > 2 and rest.startswith(b"#") and rest.endswith(b"#"):  # noqa: PLR2004  # its two marks
        rest = rest[1:-1]
    while (shorter := _LEFTOVER.sub(b"", rest)) != rest:
        rest = shorter
    return rest if rest != name else None


def nearly_place(name: bytes) -> bytes | None:
    """The place for records that a name is nearly, or is a copy of: `RELATIONS` or `PLAN_JSONL`.

    Case, ending, separators, one letter, and the marks of copies and leftovers may differ.
    `RELATIONS` means the folder, or relations.json where it is a file that has the name.
    """
    return _PLACES[found] if (found := _nearly(name, _PLACES)) else None


def is_nearly_artifacts(name: bytes) -> bool:
    """Whether a name is nearly ``artifacts``, as `nearly_place` has it."""
    return _nearly(name, ("artifacts",)) is not None


def is_nearly_item(name: bytes) -> bool:
    """Whether a name is nearly ``item.md``, as `nearly_place` has it, and not quite."""
    return name != b"item.md" and _nearly(_ENDING_OF_TEXT.sub(b" ", name), ("item",)) is not None


def is_ticket_id(name: str) -> bool:
    """Whether a folder's name has the form that the tickets' own tools give it."""
    return _ID.fullmatch(name) is not None


def copied_from(name: str) -> list[str]:
    """What a name could have been before a file manager or a cloud client copied it.

    One mark of a copy after the other is taken off; empty where there is none.
    """
    found = []
    while (shorter := _COPY.sub("", _COPY_OF.sub("", name))) not in ("", name):
        found.append(shorter)
        name = shorter
    return found


def id_before(name: str) -> str | None:
    """The ticket id that a name begins with, where what follows is not a letter or a digit."""
    id_, rest = name[:_LENGTH_OF_ID], name[_LENGTH_OF_ID:]
    return id_ if rest and not rest[0].isalnum() and is_ticket_id(id_) else None


def _nearly(name: bytes, words: Iterable[str]) -> str | None:
    """That of `words` which a name, but for what is no part of it, is or nearly is."""
    if len(name) > _LONGEST:
        return None
    text = _APART.sub(" ", name.decode("utf-8", "replace").casefold())
    said = "".join(word for word in _WORD.findall(text) if not _NO_NAME.fullmatch(word))
    return next((word for word in words if one_edit_apart(said, word)), None)


def one_edit_apart(one: str, other: str) -> bool:
    """Whether two words differ by no more than a letter, or by two neighbours that are swapped."""
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    left, right = one[same:], other[same:]
    swapped = right[1::-1] + right[2:]
    return left in (right[1:], swapped) or left[1:] in (right, right[1:])
