"""What a finding is, and the closed set of codes with their severities and meanings."""

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
"""Findings of one code and severity that are listed; others are only counted."""


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
    """Severity and meaning of a code.

    Attributes:
        severity: the usual severity.
        meaning: the heading of such findings.
        history: the severity of a finding that can no longer affect anything: in the folder of a
            resolved ticket, or in a relation that is not active. For a time in the future: if it
            is at most one day ahead, or its record is retired. None if there is no such case.
    """

    severity: Severity
    meaning: str
    history: Severity | None = None


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
RULES = {
    Code.UNUSABLE_SOURCE: Rule(_ERROR, "files and lines of records that cannot be used", _WARNING),
    Code.SELF_RELATION: Rule(_ERROR, "records about a ticket and itself", _WARNING),
    Code.UNCLEAR_ITEM: Rule(_ERROR, "tickets whose state or title cannot be read", _WARNING),
    Code.NO_ITEM: Rule(_ERROR, "records of tickets that have no file"),
    Code.SHARED_ID: Rule(_ERROR, "ids that several folders or files share"),
    Code.DANGLING_TARGET: Rule(_ERROR, "targets that do not exist", _INFO),
    Code.ODD_SOURCE: Rule(_WARNING, "files that are used, but have something odd", _INFO),
    Code.DROPPED_TEXT: Rule(_WARNING, "texts that YAML cuts", _INFO),
    Code.SECOND_RECORD: Rule(_WARNING, "records in the text of another record", _INFO),
    Code.MISPLACED_RECORD: Rule(_WARNING, "records in a place where none is read"),
    Code.MISNAMED_ITEM: Rule(_WARNING, "files with nearly the name item.md"),
    Code.MISPLACED_FILE: Rule(_WARNING, "files that are not read where they are"),
    Code.ODD_FOLDER: Rule(_WARNING, "folders among the tickets that do not look like a ticket"),
    Code.COPIED_FOLDER: Rule(_WARNING, "folders that seem to be copies of a ticket's folder"),
    Code.COPIED_RECORD: Rule(_WARNING, "records with one id in several tickets"),
    Code.LEFTOVER: Rule(_INFO, "files left over from an editor, a file manager or a merge"),
    Code.LOST_RETIREMENT: Rule(_WARNING, "retirements whose record does not exist", _INFO),
    Code.EARLY_RETIREMENT: Rule(_WARNING, "retirements dated before their record", _INFO),
    Code.TIME_AHEAD: Rule(_WARNING, "times in the future", _INFO),
    Code.CONTESTED_SLUG: Rule(_WARNING, "slugs that also name another ticket"),
    Code.DEPENDENCY_CYCLE: Rule(_ERROR, "tickets that wait for themselves, through others"),
    Code.MIXED_CYCLE: Rule(_WARNING, "cycles that orderings close"),
    Code.REPLACEMENT_LOOP: Rule(_WARNING, "tickets that replace themselves, through others", _INFO),
    Code.OPPOSED_ORDERINGS: Rule(_WARNING, "two tickets that should each come after the other"),
    Code.OPPOSED_DEPENDENCY: Rule(_WARNING, "orderings that oppose a dependency"),
    Code.CONFLICT_INPROGRESS: Rule(_WARNING, "conflicts whose two ends are both inprogress"),
    Code.SHARED_BRANCH: Rule(_WARNING, "active plans of several tickets that name one branch"),
    Code.EXPIRED_EDGE: Rule(_INFO, "dependencies, orderings and conflicts that are over"),
    Code.EXPIRED_NOTE: Rule(_INFO, "waiting notes of tickets that have been accepted since"),
    Code.EXPIRED_PLAN: Rule(_INFO, "plans of resolved tickets"),
    Code.ENDED_WAIT: Rule(_INFO, "waiting notes that another author's plan ended within a day"),
    Code.REPEATED_RECORD: Rule(_INFO, "records that repeat another record of their folder"),
    Code.UNRELATED_MENTION: Rule(_INFO, "tickets that a text names without a relation"),
}


class Finding(NamedTuple):
    """Something that somebody may want to correct.

    Attributes:
        code: its stable name.
        severity: its severity.
        path: path of the file or folder, below the workspace root.
        line: counted from 1, or None.
        sentence: what is wrong; for a problem with a file, to be read after the path.
        hint: what to do about it, on one line without control characters.
        tickets: ids of the tickets that it is about, sorted.
        commands: shell lines that fix it, to be run in the workspace root; none if a person has
            to decide. None of them loses a record or reverses an edge.
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
        """Path and line, as ``path:line``."""
        return path_and_line(self.path, self.line)

    def rank(self) -> tuple[int, str, int, Code, str, list[str]]:
        """Its position among other findings: the worst first, then by path and line."""
        place = self.path, self.line or 0
        return (-self.severity.weight, *place, self.code, self.sentence, self.tickets)

    def graded(self, *, history: bool) -> Finding:
        """The same finding; with `history`, it has the severity `Rule.history`, if there is one."""
        severity = RULES[self.code].history
        return self._replace(severity=severity) if history and severity is not None else self

    def with_commands(self, *lines: str | None) -> Finding:
        """The same finding with these shell lines, without those that are None."""
        return self._replace(commands=[line for line in lines if line is not None])


class More(NamedTuple):
    """The number of findings of one code after the first `LISTED` by rank, which are not listed."""

    code: Code
    severity: Severity
    number: int


def found_at(path: str, code: Code, sentence: str, hint: str, about: Iterable[str]) -> Finding:
    """A finding in a file or a folder, about these tickets."""
    tickets, hint = sorted(set(about)), printable_line(hint)
    return Finding(code, RULES[code].severity, path, None, sentence, hint, tickets, [])


def found_in(
    record: StoredRecord, code: Code, sentence: str, hint: str, about: Iterable[str]
) -> Finding:
    """A finding in a record, about these tickets."""
    return found_at(record.path, code, sentence, hint, about)._replace(line=record.line)


def found_problem(problem: Problem, code: Code, hint: str, *, history: bool) -> Finding:
    """A problem as a finding; `history` as in `Finding.graded`."""
    finding = found_at(problem.path, code, problem.message, hint, [problem.about])
    return finding._replace(line=problem.line).graded(history=history)
