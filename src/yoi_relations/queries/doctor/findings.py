"""What a finding is, and the closed set of codes with what each of them means."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from yoi_relations.characters import printable_line
from yoi_relations.files.misplaced.misplacement import MisplacedCode
from yoi_relations.files.source import FaultCode, SpanningCode
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.problems import Problem, Severity
from yoi_relations.queries.records import StoredRecord, path_and_line

LISTED = 200
"""Findings of one code and severity that are listed; the others are counted."""


class Code(StrEnum):
    """The stable names of findings, by family."""

    UNUSABLE_SOURCE = "unusable_source"
    SELF_RELATION = FaultCode.SELF_RELATION
    UNCLEAR_ITEM = "unclear_item"
    NO_ITEM = SpanningCode.NO_ITEM
    SHARED_ID = SpanningCode.SHARED_ID
    DANGLING_TARGET = SpanningCode.DANGLING_TARGET
    ODD_SOURCE = "odd_source"
    DROPPED_TEXT = FaultCode.DROPPED_TEXT
    SECOND_RECORD = FaultCode.SECOND_RECORD
    MISPLACED_RECORD = MisplacedCode.MISPLACED_RECORD
    MISNAMED_ITEM = MisplacedCode.MISNAMED_ITEM
    MISPLACED_FILE = MisplacedCode.MISPLACED_FILE
    ODD_FOLDER = MisplacedCode.ODD_FOLDER
    COPIED_FOLDER = MisplacedCode.COPIED_FOLDER
    COPIED_RECORD = "copied_record"
    LEFTOVER = MisplacedCode.LEFTOVER
    LOST_RETIREMENT = "lost_retirement"
    EARLY_RETIREMENT = "early_retirement"
    TIME_AHEAD = "time_ahead"
    CONTESTED_SLUG = "contested_slug"
    DEPENDENCY_CYCLE = "dependency_cycle"
    MIXED_CYCLE = "mixed_cycle"
    REPLACEMENT_LOOP = "replacement_loop"
    OPPOSED_ORDERINGS = "opposed_orderings"
    OPPOSED_DEPENDENCY = "opposed_dependency"
    CONFLICT_INPROGRESS = "conflict_inprogress"
    SHARED_BRANCH = "shared_branch"
    EXPIRED_EDGE = "expired_edge"
    EXPIRED_NOTE = "expired_note"
    EXPIRED_PLAN = "expired_plan"
    ENDED_WAIT = "ended_wait"
    REPEATED_RECORD = "repeated_record"
    UNRELATED_MENTION = "unrelated_mention"


class Rule(NamedTuple):
    """What a code comes to.

    Attributes:
        severity: how bad it is.
        meaning: what is so, for a heading.
        history: how bad it is where it can no longer alter what counts: in the folder of a
            resolved ticket, or in a relation that is over. Of a time ahead of the clock, where it
            is ahead by a day at most, or its record is retired. None where that cannot be.
    """

    severity: Severity
    meaning: str
    history: Severity | None = None


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
RULES = {
    Code.UNUSABLE_SOURCE: Rule(_ERROR, "files and lines of records that cannot be used", _WARNING),
    Code.SELF_RELATION: Rule(_ERROR, "records about a ticket and itself", _WARNING),
    Code.UNCLEAR_ITEM: Rule(_ERROR, "tickets whose state or title cannot be read", _WARNING),
    Code.NO_ITEM: Rule(_ERROR, "folders with records and no item.md"),
    Code.SHARED_ID: Rule(_ERROR, "ids that several folders share"),
    Code.DANGLING_TARGET: Rule(_ERROR, "targets that do not exist", _INFO),
    Code.ODD_SOURCE: Rule(
        _WARNING, "files that are used, though something about them is odd", _INFO
    ),
    Code.DROPPED_TEXT: Rule(_WARNING, "texts of which YAML leaves something out", _INFO),
    Code.SECOND_RECORD: Rule(_WARNING, "records in the text of another record", _INFO),
    Code.MISPLACED_RECORD: Rule(_WARNING, "records where no record is read"),
    Code.MISNAMED_ITEM: Rule(_WARNING, "files that are nearly called item.md"),
    Code.MISPLACED_FILE: Rule(_WARNING, "files that are not read where they are"),
    Code.ODD_FOLDER: Rule(_WARNING, "folders among the tickets that do not look like one"),
    Code.COPIED_FOLDER: Rule(_WARNING, "folders that seem to be copies of a ticket's"),
    Code.COPIED_RECORD: Rule(_WARNING, "records that several tickets hold under one id"),
    Code.LEFTOVER: Rule(_INFO, "files left over from an editor, a file manager or a merge"),
    Code.LOST_RETIREMENT: Rule(_WARNING, "retirements whose record does not exist", _INFO),
    Code.EARLY_RETIREMENT: Rule(_WARNING, "retirements dated before their record", _INFO),
    Code.TIME_AHEAD: Rule(_WARNING, "times ahead of the clock", _INFO),
    Code.CONTESTED_SLUG: Rule(_WARNING, "slugs that name another ticket as well"),
    Code.DEPENDENCY_CYCLE: Rule(_ERROR, "tickets that wait for themselves, by way of others"),
    Code.MIXED_CYCLE: Rule(_WARNING, "cycles that orderings close"),
    Code.REPLACEMENT_LOOP: Rule(
        _WARNING, "tickets that replace themselves, by way of others", _INFO
    ),
    Code.OPPOSED_ORDERINGS: Rule(_WARNING, "two tickets that should each come after the other"),
    Code.OPPOSED_DEPENDENCY: Rule(_WARNING, "orderings that oppose a dependency"),
    Code.CONFLICT_INPROGRESS: Rule(_WARNING, "conflicts whose two ends are both inprogress"),
    Code.SHARED_BRANCH: Rule(_WARNING, "standing plans that name one branch for several tickets"),
    Code.EXPIRED_EDGE: Rule(_INFO, "what stood in the way, and is resolved since"),
    Code.EXPIRED_NOTE: Rule(_INFO, "waiting notes of tickets that were accepted since"),
    Code.EXPIRED_PLAN: Rule(_INFO, "plans of tickets that are resolved since"),
    Code.ENDED_WAIT: Rule(_INFO, "waiting notes that somebody else's plan ended within a day"),
    Code.REPEATED_RECORD: Rule(_INFO, "records that repeat another in their folder word for word"),
    Code.UNRELATED_MENTION: Rule(_INFO, "tickets that a text names and no relation does"),
}


class Finding(NamedTuple):
    """One thing that somebody may want to correct.

    Attributes:
        code: its stable name.
        severity: how bad it is.
        path: of the file or folder where it shows, below the workspace root.
        line: counted from 1, or None.
        sentence: what is so; of a problem with a file, to be read after the path.
        hint: what to do about it, on one line without control characters.
        tickets: the ids of those that it is about, sorted.
        commands: shell lines that do it, to be run in the workspace root; none where a person has
            to decide. None of them loses a record, or turns an edge round.
    """

    code: Code
    severity: Severity
    path: str
    line: int | None
    sentence: str
    hint: str
    tickets: list[str]
    commands: list[str]

    @property
    def place(self) -> str:
        """Where it shows, as ``path:line``."""
        return path_and_line(self.path, self.line)

    def rank(self) -> tuple[int, str, int, Code, str]:
        """Its place among others: the worst first, then by path and line."""
        return (-self.severity.weight, self.path, self.line or 0, self.code, self.sentence)

    def graded(self, *, history: bool) -> Finding:
        """The same, as bad as it is; `history` where it can no longer alter what counts."""
        over = RULES[self.code].history
        return self._replace(severity=over) if history and over is not None else self

    def with_commands(self, *lines: str | None) -> Finding:
        """The same with these shell lines, without those that there are not."""
        return self._replace(commands=[line for line in lines if line is not None])


class More(NamedTuple):
    """Findings of one code behind `LISTED` of it, by rank: nobody lists them."""

    code: Code
    severity: Severity
    number: int


def found_at(path: str, code: Code, sentence: str, hint: str, about: Iterable[str]) -> Finding:
    """A finding that shows in a file or a folder and is about these tickets."""
    tickets, hint = sorted(set(about)), printable_line(hint)
    return Finding(code, RULES[code].severity, path, None, sentence, hint, tickets, [])


def found_in(
    record: StoredRecord, code: Code, sentence: str, hint: str, about: Iterable[str]
) -> Finding:
    """A finding that shows in a record and is about these tickets."""
    return found_at(record.path, code, sentence, hint, about)._replace(line=record.line)


def found_problem(problem: Problem, code: Code, hint: str, *, history: bool) -> Finding:
    """A problem as a finding; `history` as in `Finding.graded`."""
    found = found_at(problem.path, code, problem.message, hint, [problem.about])
    return found._replace(line=problem.line).graded(history=history)
