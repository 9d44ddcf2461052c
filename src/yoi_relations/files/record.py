"""The record: one statement about a ticket, with the checks that all three formats share."""

from __future__ import annotations

from collections.abc import Mapping

from yoi_relations.files.source import FaultCode, Format, SourceError
from yoi_relations.files.times import parse_instant
from yoi_relations.kinds import Direction, Kind, RelationClass
from yoi_relations.lean.types import NamedTuple

NOTE_LIMIT = 16 * 1024
"""UTF-8 bytes of a note, a summary, a role plan or a reason."""
FIELD_LIMIT = 1024
"""UTF-8 bytes of any other field, which must be one line."""

_ALWAYS_SHORT = FIELD_LIMIT // 4
"""Characters that are within bounds, however many bytes each takes in UTF-8."""
LONG_FIELDS = frozenset({"note", "summary", "role_plan", "reason"})


class Plan(NamedTuple):
    """How accepted work will be done."""

    summary: str
    branch: str | None = None
    worktree: str | None = None
    role_plan: str | None = None


class Retired(NamedTuple):
    """When a record was retired, by whom and why. `at` is RFC 3339 in UTC."""

    at: str
    by: str
    reason: str


class Retirement(NamedTuple):
    """A file that retires a record and states nothing itself.

    Attributes:
        id: the file's name without ``.md``.
        retires: the id of the record, of any format, in a folder of the same holder.
    """

    id: str
    holder: str
    retires: str
    retired: Retired


class Record(NamedTuple):
    """One record.

    Attributes:
        id: the file's name without ``.md``, or ``x-`` and 16 hex digits for an entry of a list.
        kind: as recorded.
        holder: id of the ticket in whose folder it is.
        target: the other ticket's id, or None.
        plan: only for accepted_plan, which has no `note`.
        author: who stated it; None for a record of another tool, as `at`.
        at: RFC 3339 in UTC.
        at_key: the same time as text that sorts chronologically; empty where there is none.
        line: in its file, counted from 1; None for a file of its own.
        retired: only if the record's own file says that it was retired, as an earlier version of
            this tool wrote it.
    """

    id: str
    format: Format
    kind: Kind
    holder: str
    target: str | None
    note: str | None
    plan: Plan | None
    author: str | None
    at: str | None
    at_key: str
    line: int | None = None
    retired: Retired | None = None


def check_text(name: str, text: str, line: int | None = None) -> str:
    """`text`, if it is within the bounds of the field `name`.

    White space around a text of several lines is removed; any other field stays as written.

    Raises:
        SourceError: it is empty, too long, or more than one line in a field of one line.
    """
    is_long = name in LONG_FIELDS
    bare = text.strip()
    if is_long:
        text = bare
    if bare and len(text) <= _ALWAYS_SHORT and text.isprintable():
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
    """`text` as RFC 3339 in UTC, and as text that sorts chronologically.

    Raises:
        SourceError: it is not an RFC 3339 timestamp.
    """
    try:
        return parse_instant(text)
    except ValueError as error:
        message = (
            f"has {_a(name)} '{text}', which is not an RFC 3339 timestamp like 2026-06-09T10:03:41Z"
        )
        raise SourceError(message, line) from error


def check_kind(word: str, known: Mapping[str, Kind], line: int | None = None) -> Kind:
    """The kind of `known` that is recorded as `word`.

    Raises:
        SourceError: there is none.
    """
    if word not in known:
        from yoi_relations.word_hints import recorded_kind_hint  # noqa: PLC0415  # only errors need it

        raise SourceError(f"has an unknown kind '{word}'; {recorded_kind_hint(word, known)}", line)
    return known[word]


def check_parts(
    kind: Kind, holder: str, target: str | None, text: str | None, line: int | None = None
) -> None:
    """Refuse an edge without a target or to its holder, and a note about capacity without text.

    Raises:
        SourceError: it is one of these.
    """
    if target is None and kind.direction is not Direction.NOTE:
        raise SourceError(f"has no target, which {kind.name} needs")
    if target == holder:
        raise SourceError("names its own ticket as its target", line, FaultCode.SELF_RELATION)
    if kind.cls is RelationClass.CAPACITY and text is None:
        raise SourceError(f"has no note, which {kind.name} needs")


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
