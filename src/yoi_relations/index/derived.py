"""Derives what spans files: once the rows of single files are all there, again for each index.

These tables are a function of the other tables alone, so they are the same however an index came
about. Stored, they cost a question nothing; looked for, they would cost it more than its answer.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from operator import itemgetter

from yoi_relations.files.source import Effect, SpanningCode
from yoi_relations.index.activity import fill, inactive_if_recorded
from yoi_relations.kinds import KINDS, edge_of
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Any, Connection

_INTO = "INSERT INTO spanning_problem (path, line, code, message, effect, about)"
_AMONG = "AND holder IN (SELECT value FROM json_each(?))"
_NO_ITEM = f"""{_INTO}
    SELECT folder, NULL, '{SpanningCode.NO_ITEM}',
        'holds records but no item.md; the state of the ticket is not known',
        '{Effect.TICKET}', holder
    FROM source WHERE format <> 'stray' {{among}}
    GROUP BY holder, folder HAVING sum(format = 'item') = 0
"""  # noqa: S608  # fixed text, as below
_SHARED_ID = f"""{_INTO}
    SELECT DISTINCT folder, NULL, '{SpanningCode.SHARED_ID}',
        'has an id that ' || (
            SELECT count(DISTINCT each.folder) FROM source AS each
            WHERE each.holder = source.holder AND each.format <> 'stray'
        ) || ' folders share; the ticket''s state is not known',
        '{Effect.TICKET}', holder
    FROM source WHERE format <> 'stray' AND holder IN (
        SELECT holder FROM source WHERE format <> 'stray' {{among}}
        GROUP BY holder HAVING min(folder) <> max(folder)
    )
"""  # noqa: S608
_DANGLING = """
    SELECT id, path, line, record_id, kind, holder, target FROM statement
    WHERE retired_at IS NULL AND id IN (
        SELECT id FROM record WHERE target IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM source WHERE holder = record.target AND format <> 'stray'
        )
    )
    ORDER BY target
"""
_TALLIES = (
    *(
        f"INSERT INTO tally (name, count) SELECT '{table}', count(*) FROM {table}"  # noqa: S608
        for table in ("source", "ticket", "record")
    ),
    """INSERT INTO tally (name, count, active)
    SELECT kind, count(*), count(*) - count(inactive) FROM activity GROUP BY kind""",
)


def derive(connection: Connection, tickets: Collection[str] | None = None) -> None:
    """Fill the derived tables of the index behind `connection`, whose other tables are complete.

    Args:
        connection: the index.
        tickets: ids of those in whose folders something has changed; what is stored about the
            others is right. None where nothing is stored.
    """
    _derive_unknown(connection, tickets)
    fill(connection, tickets)
    connection.execute("DELETE FROM near_target")
    dangling = connection.execute(_DANGLING).fetchall()
    if dangling:
        _derive_dangling(connection, dangling)
    connection.execute("DELETE FROM tally")
    for statement in _TALLIES:
        connection.execute(statement)


def _derive_unknown(connection: Connection, tickets: Collection[str] | None) -> None:
    """Add why the states of tickets are not known; leave no problem of another kind."""
    connection.execute(
        "DELETE FROM spanning_problem WHERE code = ?", (SpanningCode.DANGLING_TARGET,)
    )
    among, values = "", list[str]()
    if tickets is not None:
        among, values = _AMONG, [json_text(sorted(tickets))]
        gone = "DELETE FROM spanning_problem WHERE about IN (SELECT value FROM json_each(?))"
        connection.execute(gone, values)
    for statement in (_NO_ITEM, _SHARED_ID):
        connection.execute(statement.format(among=among), values)


def _derive_dangling(connection: Connection, dangling: list[tuple[Any, ...]]) -> None:
    """Add what is wrong with targets that do not exist, and which tickets they may mean."""
    from yoi_relations.index.near_targets import load_target_names, say  # noqa: PLC0415  # a rare mistake

    names = load_target_names(connection)
    code = SpanningCode.DANGLING_TARGET.value
    problems: list[tuple[Any, ...]] = []
    near: list[tuple[Any, ...]] = []
    for target, records in groupby(dangling, itemgetter(-1)):
        meant = names.meant_by(target)
        said = say(target, meant)
        # Entries alike to the letter can share a line; they are found together.
        places: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for id_, path, line, record_id, kind, holder, _ in records:
            problems.append((path, line, code, said, "ticket", target))
            places[path, line, record_id] = id_, kind, holder
        near += [
            (*place, *one, _inactive_as_meant(connection, id_, kind, holder, one.ticket))
            for place, (id_, kind, holder) in places.items()
            for one in meant
        ]
    connection.executemany(f"{_INTO} VALUES (?, ?, ?, ?, ?, ?)", problems)
    connection.executemany(
        "INSERT INTO near_target (path, line, record_id, meant, difference, inactive)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        near,
    )


def _inactive_as_meant(
    connection: Connection, id_: int, kind: str, holder: str, meant: str
) -> str | None:
    """Why a relation would not be active if its record named the ticket that it means."""
    edge = edge_of(KINDS[kind], holder, meant)
    if not KINDS[edge.shown].is_note:
        return inactive_if_recorded(connection, edge)
    # The target of a note has no say.
    why: str | None
    ((why,),) = connection.execute("SELECT inactive FROM activity WHERE id = ?", (id_,))
    return why
