"""The API for Python programs: questions, and the two ways to record, answered in values.

Programs import the names from `yoi_relations`, which loads this package when one is first used.

* ``relations``: the class `Relations`;
* ``receipt``: the answer of its `add` and `retire`;
* ``session``: a SQLModel session over the index;
* ``arguments``: type checks of what a program passes.
"""

from __future__ import annotations

from yoi_relations.api.receipt import Receipt
from yoi_relations.api.relations import Relations
from yoi_relations.errors import (
    AmbiguousError,
    GitError,
    GitTimeoutError,
    NotFoundError,
    RelationsError,
    UnreadableFolderError,
    UsageError,
    WorkspaceError,
    WriteError,
)
from yoi_relations.kinds import RelationClass
from yoi_relations.queries.check import Check
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.show import Answer
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State

__all__ = [
    "AmbiguousError",
    "Answer",
    "Check",
    "GitError",
    "GitTimeoutError",
    "NotFoundError",
    "Problem",
    "Reason",
    "Receipt",
    "Relation",
    "RelationClass",
    "Relations",
    "RelationsError",
    "State",
    "StoredRecord",
    "TicketInfo",
    "UnreadableFolderError",
    "UsageError",
    "Verdict",
    "WorkspaceError",
    "WriteError",
]
