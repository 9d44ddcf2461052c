"""What a finding is, and the closed set of codes with what each of them means."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from enum import StrEnum

from yoi_relations.files.faults import FaultCode, SpanningCode
from yoi_relations.queries.problems import Problem, Severity
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.statements import Statement, path_and_line
from yoi_relations.typed import NamedTuple


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
    DEPENDENCY_CYCLE = "dependency_cycle"
    MIXED_CYCLE = "mixed_cycle"
    OPPOSED_ORDERINGS = "opposed_orderings"
    OPPOSED_DEPENDENCY = "opposed_dependency"
    CONFLICT_INPROGRESS = "conflict_inprogress"
    SHARED_BRANCH = "shared_branch"
    EXPIRED_EDGE = "expired_edge"
    EXPIRED_NOTE = "expired_note"
    EXPIRED_PLAN = "expired_plan"
    REPEATED_RECORD = "repeated_record"
    UNRELATED_MENTION = "unrelated_mention"


class Rule(NamedTuple):
    """What a code comes to.

    Attributes:
        severity: how bad it is.
        meaning: what is so, for a heading.
        history: how bad it is where it can no longer alter what counts: in the folder of a
            resolved ticket, or in a relation that is over. None where that cannot be.
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
    Code.DEPENDENCY_CYCLE: Rule(_ERROR, "tickets that wait for themselves, by way of others"),
    Code.MIXED_CYCLE: Rule(_WARNING, "cycles that orderings close"),
    Code.OPPOSED_ORDERINGS: Rule(_WARNING, "two tickets that should each come after the other"),
    Code.OPPOSED_DEPENDENCY: Rule(_WARNING, "orderings that oppose a dependency"),
    Code.CONFLICT_INPROGRESS: Rule(_WARNING, "conflicts whose two ends are both inprogress"),
    Code.SHARED_BRANCH: Rule(_WARNING, "standing plans that name one branch for several tickets"),
    Code.EXPIRED_EDGE: Rule(_INFO, "what stood in the way, and is resolved since"),
    Code.EXPIRED_NOTE: Rule(_INFO, "waiting notes of tickets that were accepted since"),
    Code.EXPIRED_PLAN: Rule(_INFO, "plans of tickets that are resolved since"),
    Code.REPEATED_RECORD: Rule(_INFO, "records that repeat another in their folder word for word"),
    Code.UNRELATED_MENTION: Rule(_INFO, "tickets that a text names and no relation does"),
}


class Finding(NamedTuple):
    """One thing that somebody may want to mend.

    Attributes:
        code: its stable name.
        severity: how bad it is.
        path: of the file or folder where it shows, below the workspace root.
        line: counted from 1, or None.
        sentence: what is so; of a problem with a file, to be read after the path.
        hint: what to do about it.
        tickets: the ids of those that it is about, sorted.
    """

    code: Code
    severity: Severity
    path: str
    line: int | None
    sentence: str
    hint: str
    tickets: list[str]

    @property
    def place(self) -> str:
        """Where it shows, as ``path:line``."""
        return path_and_line(self.path, self.line)

    def rank(self) -> tuple[int, str, int, Code, str]:
        """Its place among others: the worst first, then by path and line."""
        return (-self.severity.weight, self.path, self.line or 0, self.code, self.sentence)


def found_in(
    record: Statement, code: Code, sentence: str, hint: str, about: Iterable[str]
) -> Finding:
    """A finding that shows in a record and is about these tickets."""
    severity = RULES[code].severity
    return Finding(code, severity, record.path, record.line, sentence, hint, sorted(set(about)))


def found_wrong(problem: Problem, code: Code, hint: str, *, history: bool) -> Finding:
    """A problem as a finding; `history` where it can no longer alter what counts."""
    rule = RULES[code]
    severity = rule.history if history and rule.history else rule.severity
    about = [problem.about]
    return Finding(code, severity, problem.path, problem.line, problem.message, hint, about)


def retiring(*relations: Relation) -> str:
    """The command lines that end each of `relations`: one a record that is not retired."""
    return ", ".join(
        f"relations retire {shlex.quote(record.id)} --reason WHY"
        for relation in relations
        for record in relation.by_time()
        if not record.retired_at
    )
