"""Replaces the rows of a workspace that differ, ticket by ticket.

Rows of few tickets are sent as statements, which can share a round trip. Many are sent by COPY,
which is faster for each row, but waits for the server twice in each table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import psycopg
from psycopg import sql

from yoi_relations.index.handle import Progress
from yoi_relations.server.content import BY_TICKET, WHOLE, Content, Row, key_of

_FEW_TICKETS = 50
_REPORTED = 100
"""Rows between two reports of the progress."""
_FEW_ROWS = 500
"""Rows of a table in one statement; PostgreSQL limits the number of its values."""
_AMONG = {"statement": "holder_key = ANY(%(keys)s) AND holder = ANY(%(names)s)"}
"""By table, which rows are those of some tickets."""
_AMONG_TICKETS = "ticket = ANY(%(names)s)"
"""The same for the other tables."""


class Difference(NamedTuple):
    """What differs between an index and the database.

    Attributes:
        content: the rows of the index.
        changed: ids of the tickets whose rows are written, sorted by digest.
        gone: ids of the tickets whose rows are only deleted.
        everything: whether nothing that is in the database stays.
    """

    content: Content
    changed: list[str]
    gone: list[str]
    everything: bool

    def few_rows(self) -> Mapping[str, Sequence[Row]] | None:
        """By table, the rows to write; None if they are many."""
        if len(self.changed) > _FEW_TICKETS:
            return None
        rows = {table: [*rows] for table, rows in self.content.of_tickets(self.changed)}
        rows |= {table: self.content.whole(table) for table in WHOLE}
        return None if max(map(len, rows.values())) > _FEW_ROWS else rows


def find_difference(
    connection: psycopg.Connection, key: int, content: Content, *, everything: bool
) -> Difference:
    """Compare an index with the database.

    Args:
        connection: in the transaction that is to replace the rows.
        key: of the workspace.
        content: the rows of the index.
        everything: whether all tickets count as different.
    """
    digests = content.digests
    known: dict[str, bytes] = {}
    if not everything:
        rows = connection.execute(
            "SELECT ticket, digest FROM ticket_now WHERE workspace_id = %s", (key,), binary=True
        )
        known = {content.id_here(ticket): digest for ticket, digest in rows}
    different = (id_ for id_, digest in digests.items() if known.get(id_) != digest)
    changed = sorted(different, key=digests.__getitem__)
    gone = [*(known.keys() - digests.keys())]
    return Difference(content, changed, gone, everything)


def delete_rows(connection: psycopg.Connection, key: int, difference: Difference) -> None:
    """Delete the rows that are replaced, in one statement."""
    deletions = [f"DELETE FROM {table} WHERE workspace_id = %(key)s" for table in WHOLE]  # noqa: S608  # fixed names
    for table in BY_TICKET:
        among = "" if difference.everything else f" AND {_AMONG.get(table, _AMONG_TICKETS)}"
        deletions.append(f"DELETE FROM {table} WHERE workspace_id = %(key)s{among}")  # noqa: S608  # fixed names
    *first, last = deletions
    named = ", ".join(f"deleted_{number} AS ({each})" for number, each in enumerate(first))
    ids = [] if difference.everything else [*difference.changed, *difference.gone]
    values = {
        "key": key,
        "keys": [key_of(id_) for id_ in ids],
        "names": difference.content.named_here(ids),
    }
    connection.execute(f"WITH {named} {last}".encode(), values)


def insert_rows(connection: psycopg.Connection, rows: Mapping[str, Sequence[Row]]) -> None:
    """Write rows by table, in one statement for each table that gets any."""
    for table, its_rows in rows.items():
        if its_rows:
            row = f"({', '.join(['%s'] * len(its_rows[0]))})"
            query = f"INSERT INTO {table} VALUES {', '.join([row] * len(its_rows))}"  # noqa: S608  # fixed names
            connection.execute(query.encode(), [*chain.from_iterable(its_rows)])


def copy_rows(connection: psycopg.Connection, difference: Difference, progress: Progress) -> None:
    """Write all rows of a difference by COPY."""
    changed, content = difference.changed, difference.content
    steps, done = len(changed) * len(BY_TICKET), 0

    def report(rows: int) -> None:
        progress(min(done + rows, steps), steps)

    for table, rows in content.of_tickets(changed):
        _copy(connection, table, rows, report)
        done += len(changed)
    for table in WHOLE:
        _copy(connection, table, iter(content.whole(table)), lambda _: None)


def _copy(
    connection: psycopg.Connection,
    table: str,
    rows: Iterator[Row],
    report: Callable[[int], None],
) -> None:
    """Write the rows of one table, and say now and then how many are written."""
    first = next(rows, None)
    if first is None:
        return
    copying = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for number, row in enumerate(chain([first], rows)):
            if number % _REPORTED == 0:
                report(number)
            copy.write_row(row)
