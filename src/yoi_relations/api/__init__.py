"""Relations for Python programs: the questions and the two ways to record, answered in values.

The names here are those of the package, `yoi_relations`, which leads here at a name's first use.
"""

from __future__ import annotations

from yoi_relations.api.receipts import Receipt
from yoi_relations.api.relations import Relations
from yoi_relations.errors import (
    AmbiguousError,
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
