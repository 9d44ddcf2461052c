"""Fills the tables of derived rows, which follow from the rows of several sources.

They depend on the other tables alone, so an updated index holds the same derived rows as a rebuilt
one. They are stored because computing them costs more than a whole answer.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from operator import itemgetter

from yoi_relations.files.source import TASK_FILES, Effect, Format, SpanningCode
from yoi_relations.index.activity import inactive_if_recorded, store_activity
from yoi_relations.index.rows import CLAIM
from yoi_relations.kinds import KINDS, edge_of
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Any, Connection
from yoi_relations.ticket_ids import is_elsewhere

_INTO = "INSERT INTO spanning_problem (path, line, code, message, effect, about)"
_AMONG = "AND holder IN (SELECT value FROM json_each(?))"
_TASKS = ", ".join(f"'{form}'" for form in sorted(TASK_FILES))
_NO_ITEM = f"""{_INTO}
    SELECT coalesce(folder, min(path)), NULL, '{SpanningCode.NO_ITEM}',
        CASE WHEN folder IS NULL THEN 'is a record of ' || holder || ', which has no file'
            ELSE 'holds records but no item.md; the state of the ticket is not known' END,
        '{Effect.TICKET}', holder
    FROM source WHERE format <> 'stray' {{among}}
    GROUP BY holder, folder HAVING sum(format IN ('{Format.ITEM}', {_TASKS})) = 0 AND (
        folder IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM source AS each WHERE each.holder = source.holder
            AND each.folder IS NOT NULL AND each.format <> 'stray'
        ) AND EXISTS (
            SELECT 1 FROM record_now WHERE record_now.holder = source.holder AND retired_at IS NULL
        )
    )
"""  # noqa: S608  # fixed text
_SHARED_ID = f"""{_INTO}
    SELECT DISTINCT folder, NULL, '{SpanningCode.SHARED_ID}',
        'has an id that ' || (
            SELECT count(DISTINCT each.folder) FROM source AS each
            WHERE each.holder = source.holder AND each.format <> 'stray'
        ) || CASE WHEN format IN ({_TASKS}) THEN ' files' ELSE ' folders' END
            || ' share; the ticket''s state is not known',
        '{Effect.TICKET}', holder
    FROM source WHERE format <> 'stray' AND folder IS NOT NULL AND holder IN (
        SELECT holder FROM source WHERE format <> 'stray' {{among}}
        GROUP BY holder HAVING min(folder) <> max(folder)
    )
"""  # noqa: S608  # fixed text
_MISSING = """
    SELECT id, path, line, record_id, kind, holder, target FROM record_now
    WHERE retired_at IS NULL AND id IN (
        SELECT id FROM record WHERE target IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM source WHERE holder = record.target AND format <> 'stray'
            AND folder IS NOT NULL
        )
    )
    ORDER BY target
"""
# CROSS JOIN reads the few tickets without a state, and no other source.
_CLAIMS = f"""(
    SELECT count(*) FROM ticket CROSS JOIN source ON source.id = ticket.source_id
    WHERE ticket.state IS NULL AND source.digest = x'{CLAIM.hex()}'
)"""  # noqa: S608  # fixed text
"""How many files have a second row; such a file is counted once."""
_TALLIES = (
    *(
        f"INSERT INTO tally (name, count) SELECT '{table}', count(*) - {claims} FROM {table}"  # noqa: S608  # fixed names
        for table, claims in (("source", _CLAIMS), ("ticket", _CLAIMS), ("record", 0))
    ),
    """INSERT INTO tally (name, count, active)
    SELECT kind, count(*), count(*) - count(inactive) FROM activity GROUP BY kind""",
)


def derive(connection: Connection, tickets: Collection[str] | None = None) -> None:
    """Fill the derived tables of an index.

    Args:
        connection: the index; its other tables are complete.
        tickets: ids of the tickets with changes in their folders; the derived rows of all others
            are right. None where there are no derived rows yet.
    """
    _derive_unknown_states(connection, tickets)
    store_activity(connection, tickets)
    connection.execute("DELETE FROM near_target")
    missing = connection.execute(_MISSING)
    dangling = [row for row in missing if not is_elsewhere(row[-1])]
    if dangling:
        _derive_dangling(connection, dangling)
    connection.execute("DELETE FROM tally")
    for sql in _TALLIES:
        connection.execute(sql)


def _derive_unknown_states(connection: Connection, tickets: Collection[str] | None) -> None:
    """Store why states of tickets are unknown; delete the problems of dangling targets."""
    connection.execute(
        "DELETE FROM spanning_problem WHERE code = ?", (SpanningCode.DANGLING_TARGET,)
    )
    among, values = "", list[str]()
    if tickets is not None:
        among, values = _AMONG, [json_text(sorted(tickets))]
        delete = "DELETE FROM spanning_problem WHERE about IN (SELECT value FROM json_each(?))"
        connection.execute(delete, values)
    for sql in (_NO_ITEM, _SHARED_ID):
        connection.execute(sql.format(among=among), values)


def _derive_dangling(connection: Connection, dangling: list[tuple[Any, ...]]) -> None:
    """Store the problems of targets that do not exist, and the tickets that they may mean."""
    from yoi_relations.index.near_targets import dangling_message, load_target_names  # noqa: PLC0415  # dangling targets are rare

    names = load_target_names(connection)
    code = SpanningCode.DANGLING_TARGET.value
    problems: list[tuple[Any, ...]] = []
    near: list[tuple[Any, ...]] = []
    for target, records in groupby(dangling, itemgetter(-1)):
        meant = names.meant_by(target)
        message = dangling_message(target, meant)
        # Equal entries can share a line; then there is one row for all of them.
        places: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for id_, path, line, record_id, kind, holder, _ in records:
            problems.append((path, line, code, message, "ticket", target))
            places[path, line, record_id] = id_, kind, holder
        near += [
            (*place, *likely, _inactive_as_meant(connection, id_, kind, holder, likely.ticket))
            for place, (id_, kind, holder) in places.items()
            for likely in meant
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
    """Why a relation would not be active if its record named the ticket that it may mean."""
    edge = edge_of(KINDS[kind], holder, meant)
    if not KINDS[edge.shown].is_note:
        return inactive_if_recorded(connection, edge)
    # Whether a note is active does not depend on its target.
    inactive: str | None
    ((inactive,),) = connection.execute("SELECT inactive FROM activity WHERE id = ?", (id_,))
    return inactive
