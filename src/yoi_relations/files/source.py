"""What a source is, and what can be wrong with it.

A fault is a value that is carried to the answer, so that a broken source is never a silent gap.
"""

from __future__ import annotations

from yoi_relations.lean.types import NamedTuple, StrEnum


class Format(StrEnum):
    """What a source is read as."""

    ITEM = "item"
    FRONTMATTER = "frontmatter"
    RELATIONS_JSON = "relations.json"
    PLAN_JSONL = "orchestration-plan.jsonl"
    TK = "tk"
    BACKLOG = "backlog.md"
    STRAY = "stray"
    """It cannot be read: only its fault counts."""


TASK_FILES = frozenset({Format.TK, Format.BACKLOG})
"""The formats of other tools: each file is a ticket with its records, which are only read."""


class Effect(StrEnum):
    """What a fault may hide."""

    RECORD = "record"
    """One or more records of the ticket in whose folder the source is."""
    TICKET = "ticket"
    """The state or the title of the ticket."""
    NONE = "none"
    """Nothing: the source was used."""
    ADVICE = "advice"
    """Nothing: the source was used, and only doctor reports the fault."""


class FaultCode(StrEnum):
    """Names of faults that need more than their effect to be distinguished."""

    SELF_RELATION = "self_relation"
    DROPPED_TEXT = "dropped_text"
    SECOND_RECORD = "second_record"


class SpanningCode(StrEnum):
    """What is wrong between several sources, each of which can be read."""

    NO_ITEM = "no_item"
    SHARED_ID = "shared_id"
    DANGLING_TARGET = "dangling_target"


class Fault(NamedTuple):
    """What is wrong with a source, or with one of its lines.

    Attributes:
        message: what is wrong, to be read after the path.
        effect: what it may hide.
        line: counted from 1, or None for the whole file.
        code: its name, or None if the effect says enough.
        targets: the targets of all records that it may hide, each on one line; None if they are
            unknown.
    """

    message: str
    effect: Effect = Effect.RECORD
    line: int | None = None
    code: FaultCode | None = None
    targets: tuple[str, ...] | None = None


class Source(NamedTuple):
    """One file below the tickets root that is read, or one stray.

    Attributes:
        path: below the workspace root, with ``/``, printable as UTF-8.
        fs_path: absolute, in the file system's bytes.
        format: what it is read as.
        holder: the ticket id of its folder: the folder's name in Unicode NFC.
        folder: the ticket folder's path, like `path`; of a task file its own path; None of a record
            about a ticket that another tool keeps.
        bucket: the bucket that contains the ticket folder, or None.
        fault: why it cannot be used, if the scan alone shows that, or None.
    """

    path: str
    fs_path: bytes
    format: Format
    holder: str
    folder: str | None
    bucket: str | None
    fault: Fault | None = None


class SourceError(Exception):
    """Raised while a source, or one line of it, is parsed; becomes a `Fault`.

    Attributes:
        message: what is wrong.
        line: counted from 1, or None.
        code: as in `Fault`.
    """

    def __init__(
        self, message: str, line: int | None = None, code: FaultCode | None = None
    ) -> None:
        super().__init__(message)
        # It may quote lone surrogates, which cannot be printed or stored.
        self.message = message.encode("utf-8", "backslashreplace").decode()
        self.line = line
        self.code = code


class UnreadableError(SourceError):
    """A source that could not be read by this user, or this time; another attempt may succeed."""
