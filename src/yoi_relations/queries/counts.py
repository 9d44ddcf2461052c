"""Counts of what the index holds, for `status` and `rebuild`."""

from __future__ import annotations

from yoi_relations.files.source import Format
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.problems import find_problems
from yoi_relations.queries.show_page import total_of
from yoi_relations.states import State

_FORMATS = (Format.FRONTMATTER, Format.RELATIONS_JSON, Format.PLAN_JSONL)


class Counts(NamedTuple):
    """Numbers of tickets, records, relations and problems.

    Attributes:
        tickets: tickets by state; ``unknown`` for a state that is not known.
        records: records by format.
        relations: relations by class.
        active: active relations by class.
        problems: problems of the files.
    """

    tickets: dict[str, int]
    records: dict[str, int]
    relations: dict[str, int]
    active: dict[str, int]
    problems: int


def count_all(connection: Connection) -> Counts:
    """Count everything."""
    tickets = dict.fromkeys((*map(str, State), "unknown"), 0)
    tickets |= connection.execute(
        "SELECT coalesce(state, 'unknown'), count(*) FROM ticket_now"
        " WHERE folder IS NOT NULL GROUP BY 1"
    )
    records = dict.fromkeys(map(str, _FORMATS), 0)
    records |= connection.execute("SELECT format, count(*) FROM record_now GROUP BY 1")
    totals = {
        str(cls): total_of(
            connection, frozenset(kind.shown for kind in KINDS.values() if kind.cls is cls)
        )
        for cls in RelationClass
    }
    return Counts(
        tickets,
        records,
        relations={cls: total.relations for cls, total in totals.items()},
        active={cls: total.active for cls, total in totals.items()},
        problems=len(find_problems(connection)),
    )
