"""Derives what spans files: once the rows of single files are all there, again for each index.

These tables are a function of the other tables alone, so they are the same however an index came
about. Stored, they cost a question nothing; looked for, they would cost it more than its answer.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from yoi_relations.files.faults import Effect, SpanningCode
from yoi_relations.kinds import SHOWN_KINDS, SHOWN_NOTES
from yoi_relations.typed import Any, Connection

_INTO = "INSERT INTO spanning_problem (path, line, code, message, effect, about)"
_PROBLEMS = (
    f"""{_INTO}
    SELECT folder, NULL, '{SpanningCode.NO_ITEM}',
        'holds records but no item.md; the state of the ticket is not known',
        '{Effect.TICKET}', holder
    FROM source WHERE format <> 'stray'
    GROUP BY holder, folder HAVING sum(format = 'item') = 0
    """,  # noqa: S608  # fixed text, as below
    f"""{_INTO}
    SELECT DISTINCT folder, NULL, '{SpanningCode.SHARED_ID}',
        'has an id that ' || (
            SELECT count(DISTINCT each.folder) FROM source AS each
            WHERE each.holder = source.holder AND each.format <> 'stray'
        ) || ' folders share; the ticket''s state is not known',
        '{Effect.TICKET}', holder
    FROM source WHERE format <> 'stray' AND holder IN (
        SELECT holder FROM source WHERE format <> 'stray'
        GROUP BY holder HAVING min(folder) <> max(folder)
    )
    """,  # noqa: S608
)
_DANGLING = """
    SELECT path, line, record_id, target FROM statement WHERE retired_at IS NULL AND id IN (
        SELECT id FROM record WHERE target IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM source WHERE holder = record.target AND format <> 'stray'
        )
    )
    ORDER BY target
"""
_TALLIES = {
    "source": "SELECT count(*) FROM source",
    "ticket": "SELECT count(*) FROM ticket",
    "record": "SELECT count(*) FROM record",
} | {
    shown: f"SELECT count(*) FROM record WHERE shown = '{shown}'"  # noqa: S608
    if shown in SHOWN_NOTES
    else "SELECT count(*) FROM (SELECT DISTINCT edge_ticket, edge_target FROM record"  # noqa: S608
    f" WHERE shown = '{shown}')"
    for shown in SHOWN_KINDS
}
"""Queries for one number each, by the name under which it is kept."""


def derive(connection: Connection) -> None:
    """Fill the derived tables of the index behind `connection`, whose other tables are complete."""
    connection.execute("DELETE FROM spanning_problem")
    for statement in _PROBLEMS:
        connection.execute(statement)
    connection.execute("DELETE FROM near_target")
    dangling = connection.execute(_DANGLING).fetchall()
    if dangling:
        _derive_dangling(connection, dangling)
    connection.execute("DELETE FROM tally")
    for name, query in _TALLIES.items():
        connection.execute(f"INSERT INTO tally VALUES (?, ({query}))", (name,))  # noqa: S608


def _derive_dangling(connection: Connection, dangling: list[tuple[Any, ...]]) -> None:
    """Add what is wrong with targets that do not exist, and which tickets they may mean."""
    from yoi_relations.index.near_targets import load_names, say  # noqa: PLC0415  # a rare mistake

    names = load_names(connection)
    code = SpanningCode.DANGLING_TARGET.value
    problems: list[tuple[Any, ...]] = []
    near: list[tuple[Any, ...]] = []
    for target, found in groupby(dangling, itemgetter(-1)):
        records = [record[:-1] for record in found]
        meant = names.meant_by(target)
        said = say(target, meant)
        problems += [(path, line, code, said, "ticket", target) for path, line, _ in records]
        # Entries alike to the letter can share a line; they are found together.
        near += [(*place, *one) for place in dict.fromkeys(records) for one in meant]
    connection.executemany(f"{_INTO} VALUES (?, ?, ?, ?, ?, ?)", problems)
    connection.executemany(
        "INSERT INTO near_target (path, line, record_id, meant, difference) VALUES (?, ?, ?, ?, ?)",
        near,
    )
