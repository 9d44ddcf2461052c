"""Decides by a name alone what a file or folder could be: a record, or a place for records."""

from __future__ import annotations

import re
from collections.abc import Iterable

from yoi_relations.files.ids import BASE32, ULID
from yoi_relations.ticket_ids import BASE32_LENGTH

BUCKETS = ("open", "pending", "closed")
"""Folders of the tickets root that hold tickets, in the older layout."""
RELATIONS = b"relations"
"""The folder of records in Markdown."""
RELATIONS_JSON = b"relations.json"
PLAN_JSONL = b"orchestration-plan.jsonl"

_STARTS_ULID = re.compile(ULID.encode(), re.IGNORECASE)
_LEFTOVER = re.compile(rb"(?:~|\.(?:orig|rej|bak|sw[op]|tmp))$", re.IGNORECASE)
_OF_A_SYSTEM = (b"thumbs.db", b"desktop.ini")
_MARKDOWN = (b".md", b".markdown")
_APART = re.compile(r"\([^)]*\)|\.sync-conflict-[-\w]*")
_WORD = re.compile(r"[^\W\d_]+")
_NO_NAME = re.compile(
    # Extensions, also misspelled ones, and what people and file managers add to the name of a copy.
    r"json[a-z]*|ndjson|jsn|jso|js|ya?ml|txt"
    r"|copy|of|kopie|von|copie|copia|de|backup|bak|old|orig|original|new|rej|sw[op]|te?mp"
    r"|conflict|conflicted|ours|theirs|local|remote|base|head"
)
_PLACES = {"relations": RELATIONS, "orchestrationplan": PLAN_JSONL}
_ENDING_OF_TEXT = re.compile(rb"\.(?:md|mdown|mdx|mkd|markdown)(?![a-z])", re.IGNORECASE)
_ID = re.compile(rf"{BASE32}{{{BASE32_LENGTH}}}|\d{{8}}-\d{{6}}-\S.*", re.DOTALL)
_COPY_OF = re.compile(r"^(?:copy of|kopie von|copie de|copia de) ", re.IGNORECASE)
_COPY = re.compile(
    r"(?:[ _-]*\([^)]*\)|[ _]\d+|(?:copy|backup|bak|old|orig)(?:[ _-]?\d+)?"
    r"|[ _.-]+(?:copy|kopie|copie|copia|backup|bak|old|orig|tmp|new|x)(?:[ _-]?\d+)?"
    r"|\.sync-conflict-[-\w]*|~|\s+)$",
    re.IGNORECASE,
)
_MAX_NAME = 120
"""Bytes of a name that is compared; names of copies are not longer."""


def ulid_of(name: bytes) -> bytes | None:
    """The ULID that a name starts with, in any case of letters, or None."""
    found = _STARTS_ULID.match(name)
    return found.group() if found else None


def names_a_record(name: bytes) -> bool:
    """Whether a name is that of a record, with any extension: a ULID that ends a word."""
    ulid = ulid_of(name)
    if ulid is None:
        return False
    return (ulid.isupper() and is_markdown(name)) or not name[len(ulid) :][:1].isalnum()


def is_loose(name: bytes) -> bool:
    """Whether a loose file in the tickets root or a bucket could be a record, by its name."""
    last = name.rpartition(b"/")[2]
    return not last.startswith(b".") and (is_markdown(last) or names_a_record(last))


def is_markdown(name: bytes) -> bool:
    """Whether a name has the extension of a Markdown file, in any case of letters."""
    return name.lower().endswith(_MARKDOWN)


def original_of(name: bytes) -> bytes | None:
    """The original of a leftover of an editor, a file manager or a merge.

    None if it is not a leftover. A system file, such as Thumbs.db, is its own original.
    """
    if name.lower() in _OF_A_SYSTEM:
        return name
    rest = name
    if len(rest) > 2 and rest.startswith(b"#") and rest.endswith(b"#"):  # noqa: PLR2004  # both marks
        rest = rest[1:-1]
    while (shorter := _LEFTOVER.sub(b"", rest)) != rest:
        rest = shorter
    return rest if rest != name else None


def nearly_place(name: bytes) -> bytes | None:
    """The place for records that a name resembles: `RELATIONS` or `PLAN_JSONL`; or None.

    Case, extension, separators, one letter, and the marks of copies and leftovers may differ.
    `RELATIONS` means the folder, or relations.json if the name is that of a file.
    """
    return _PLACES[found] if (found := _nearly(name, _PLACES)) else None


def is_nearly_artifacts(name: bytes) -> bool:
    """Whether a name resembles ``artifacts``, as in `nearly_place`."""
    return _nearly(name, ("artifacts",)) is not None


def is_nearly_item(name: bytes) -> bool:
    """Whether a name resembles ``item.md``, as in `nearly_place`, and differs from it."""
    return name != b"item.md" and _nearly(_ENDING_OF_TEXT.sub(b" ", name), ("item",)) is not None


def is_ticket_id(name: str) -> bool:
    """Whether a folder's name has the form of a ticket id."""
    return _ID.fullmatch(name) is not None


def copied_from(name: str) -> list[str]:
    """The names that a copy by a file manager or a cloud client may have been made from.

    Each has one mark of a copy less than the one before. Empty if there is no such mark.
    """
    originals = []
    while (shorter := _COPY.sub("", _COPY_OF.sub("", name))) not in ("", name):
        originals.append(shorter)
        name = shorter
    return originals


def id_before(name: str) -> str | None:
    """The ticket id that a name starts with and that something else follows; or None."""
    id_, rest = name[:BASE32_LENGTH], name[BASE32_LENGTH:]
    return id_ if rest and not rest[0].isalnum() and is_ticket_id(id_) else None


def _nearly(name: bytes, words: Iterable[str]) -> str | None:
    """The first of `words` that a name, without extensions and marks of copies, resembles."""
    if len(name) > _MAX_NAME:
        return None
    text = _APART.sub(" ", name.decode("utf-8", "replace").casefold())
    bare = "".join(word for word in _WORD.findall(text) if not _NO_NAME.fullmatch(word))
    return next((word for word in words if one_edit_apart(bare, word)), None)


def one_edit_apart(word: str, other: str) -> bool:
    """Whether two words differ by one letter at most, or by a swap of two adjacent letters."""
    pairs = enumerate(zip(word, other, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(word), len(other)))
    left, right = word[same:], other[same:]
    swapped = right[1::-1] + right[2:]
    return left in (right[1:], swapped) or left[1:] in (right, right[1:])
