"""The record: one statement about a ticket, the same whatever format it was read from.

Here are the bounds and the checks that all three formats share; ``markdown``, ``relations_json``
and ``plan_jsonl`` know how each of them is written down.
"""

from __future__ import annotations

from collections.abc import Mapping

from yoi_relations.files.source import FaultCode, Format, SourceError
from yoi_relations.files.times import parse_instant
from yoi_relations.kinds import Direction, Kind
from yoi_relations.lean.types import NamedTuple

NOTE_LIMIT = 16 * 1024
"""UTF-8 bytes of a note, a summary, a role plan or a reason."""
FIELD_LIMIT = 1024
"""UTF-8 bytes of any other field, which is one line."""

_SURELY_SHORT = FIELD_LIMIT // 4
"""Characters that are within bounds, however many bytes each of them takes."""
LONG_FIELDS = frozenset({"note", "summary", "role_plan", "reason"})


class Plan(NamedTuple):
    """How accepted work will be done."""

    summary: str
    branch: str | None = None
    worktree: str | None = None
    role_plan: str | None = None


class Retired(NamedTuple):
    """When a record was taken back, by whom and why. `at` is RFC 3339 in UTC."""

    at: str
    by: str
    reason: str


class Retirement(NamedTuple):
    """A file that retires a record and states nothing itself.

    Attributes:
        id: the file's name without ``.md``.
        holder: id of the ticket in whose folder it is.
        retires: the id of the record, of any format, in a folder of the same holder.
        retired: when, by whom and why.
    """

    id: str
    holder: str
    retires: str
    retired: Retired


class Record(NamedTuple):
    """One record.

    Attributes:
        id: the file's name without ``.md``, or a content id (``x-`` and 16 hex digits).
        format: the format it was read from.
        kind: as recorded.
        holder: id of the ticket in whose folder it lies.
        target: the other ticket's id, or None.
        note: free text, or None; a plan's text is in `plan`.
        plan: set for accepted_plan alone.
        author: who recorded it.
        at: when, RFC 3339 in UTC.
        at_key: the same as text that sorts as the instants do.
        line: in its file, counted from 1; None for a file of its own.
        retired: set where the record's own file says that it was retired, as an earlier version
            of this tool wrote it.
    """

    id: str
    format: Format
    kind: Kind
    holder: str
    target: str | None
    note: str | None
    plan: Plan | None
    author: str
    at: str
    at_key: str
    line: int | None = None
    retired: Retired | None = None


def check_text(name: str, text: str, line: int | None = None) -> str:
    """`text`, when it is within bounds for the field `name`.

    White space around a text of several lines is dropped; any other field is kept as written.

    Raises:
        SourceError: it is empty, too long, or more than one line where one is allowed.
    """
    is_long = name in LONG_FIELDS
    bare = text.strip()
    if is_long:
        text = bare
    if bare and len(text) <= _SURELY_SHORT and text.isprintable():
        return text  # the usual case: one line, no control character, no lone surrogate
    limit = NOTE_LIMIT if is_long else FIELD_LIMIT
    if not bare:
        raise SourceError(f"has an empty {name}", line)
    if "\0" in text:
        raise SourceError(f"has a NUL character in its {name}", line)
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise SourceError(f"has text that is not valid Unicode in its {name}", line) from error
    if size > limit:
        raise SourceError(f"has {_a(name)} of {size} bytes; at most {limit} are allowed", line)
    if not is_long and ("\n" in text or "\r" in text):
        raise SourceError(f"has more than one line in its {name}", line)
    return text


def check_instant(name: str, text: str, line: int | None = None) -> tuple[str, str]:
    """`text` as RFC 3339 in UTC and as text that sorts as the instants do.

    Raises:
        SourceError: it is no RFC 3339 time.
    """
    try:
        return parse_instant(text)
    except ValueError as error:
        message = f"has {_a(name)} '{text}' that is no RFC 3339 time, like 2026-06-09T10:03:41Z"
        raise SourceError(message, line) from error


def check_kind(word: str, known: Mapping[str, Kind], line: int | None = None) -> Kind:
    """The kind recorded as `word`, which must be one of `known`.

    Raises:
        SourceError: it is not.
    """
    if word not in known:
        from yoi_relations.word_hints import recorded_kind_hint  # noqa: PLC0415  # errors alone

        raise SourceError(f"has an unknown kind '{word}'; {recorded_kind_hint(word, known)}", line)
    return known[word]


def check_ends(kind: Kind, holder: str, target: str | None, line: int | None = None) -> None:
    """Refuse an edge without a target, and a record about a ticket and itself.

    Raises:
        SourceError: it is one of these.
    """
    if target is None and kind.direction is not Direction.NOTE:
        raise SourceError(f"has no target, which {kind.name} needs")
    if target == holder:
        raise SourceError("names its own ticket as its target", line, FaultCode.SELF_RELATION)


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
