"""Counts of what an index was made of, without looking for what it means."""

from __future__ import annotations

from yoi_relations.queries.problems import find_problems
from yoi_relations.typed import Connection, NamedTuple


class Made(NamedTuple):
    """How many tickets, records that state something, and problems there are."""

    tickets: int
    records: int
    problems: int


def count_made(connection: Connection) -> Made:
    """Count them, each as `counts.count_all` does."""
    tickets = "SELECT count(DISTINCT holder) FROM source WHERE format = 'item'"
    records = "SELECT count(*) FROM record WHERE retires IS NULL"
    return Made(
        connection.execute(tickets).fetchone()[0],
        connection.execute(records).fetchone()[0],
        len(find_problems(connection)),
    )
