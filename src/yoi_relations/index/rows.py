"""Turns sources into rows; each row depends on the path and the bytes of one source alone.

Rows of many sources are inserted together, one table after the other. They are plain tuples of
plain values, so that another process can make them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

from yoi_relations.files.parse import unusable
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.record import Plan, Record, Retired
from yoi_relations.files.source import Fault, Source, SourceError
from yoi_relations.index.folder_scan import FolderScan, ReadSource
from yoi_relations.kinds import edge_of
from yoi_relations.lean.types import Any, Connection, NamedTuple

MESSAGE_LIMIT = 300
"""Characters of a problem's message. It may quote a longer text, which is cut."""

_COLUMNS = {
    "source": "id, path, format, holder, folder, name, digest",
    "ticket": "source_id, ticket_id, title, slug, state, word",
    "record": (
        "source_id, line, record_id, kind, holder, target, class, shown, edge_ticket, edge_target,"
        " note, summary, branch, worktree, role_plan, author, at, at_key,"
        " retired_at, retired_by, retired_reason"
    ),
    "retirement": ("source_id, record_id, holder, retires, retired_at, retired_by, retired_reason"),
    "problem": "source_id, line, message, effect, code, targets",
}
_HOLDER = _COLUMNS["source"].split(", ").index("holder")
CLAIM = b""
"""The digest of the second row of a task file that has the id of another ticket than its name.

That row belongs to the other ticket, whose state is then unknown, whatever else the file says.
"""
_NO_PLAN = (None,) * len(Plan._fields)
_NOT_RETIRED = (None,) * len(Retired._fields)

Row = tuple[Any, ...]
Parse = Callable[[Source, bytes], Parsed]


class Rows(NamedTuple):
    """Rows by table, with the columns of `_COLUMNS`; sources are numbered from 1."""

    source: list[Row]
    ticket: list[Row]
    record: list[Row]
    retirement: list[Row]
    problem: list[Row]

    @property
    def holders(self) -> set[str]:
        """The ids of the tickets that the sources belong to."""
        return {row[_HOLDER] for row in self.source}


def rows_of(scans: Iterable[FolderScan], parse: Parse) -> Rows:
    """The rows of all sources in some folders, whose content `parse` returns."""
    rows = Rows([], [], [], [], [])
    for scan in scans:
        for read in scan.reads:
            _add(rows, scan.name, read, parse)
    return rows


def insert(connection: Connection, rows: Rows) -> None:
    """Insert `rows` after the rows that an index has."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM source").fetchone()
    for (table, columns), values in zip(_COLUMNS.items(), rows, strict=True):
        if values:
            # Adding the number in SQL is faster than making new tuples.
            values_sql = f"? + {last}" + ", ?" * columns.count(",")
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values_sql})", values)  # noqa: S608  # fixed names


def holders_of(connection: Connection, ids: Iterable[int]) -> set[str]:
    """The ids of the tickets in whose folders the sources with these ids are."""
    query = "SELECT holder FROM source WHERE id = ?"
    return {connection.execute(query, (id_,)).fetchone()[0] for id_ in ids}


def delete_sources(connection: Connection, ids: Iterable[int]) -> None:
    """Delete the sources with these ids, and their rows in the other tables."""
    # One pass over each table, however many ids there are.
    connection.execute("CREATE TEMP TABLE outdated (id INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO outdated VALUES (?)", [(id_,) for id_ in ids])
    for table in ("problem", "retirement", "record", "ticket"):
        connection.execute(f"DELETE FROM {table} WHERE source_id IN outdated")  # noqa: S608  # fixed names
    connection.execute("DELETE FROM source WHERE id IN outdated")
    connection.execute("DROP TABLE outdated")


def _add(rows: Rows, name: bytes, read: ReadSource, parse: Parse) -> None:
    """Add the rows of one source of the unit `name`."""
    source = read.source
    if isinstance(read.content, SourceError):
        parsed = unusable(source, read.content.message)
    else:
        parsed = parse(source, read.content)
    _add_source(rows, name, source, read.digest, parsed)
    if parsed.claim:
        claimed = parsed._replace(faults=[parsed.claim.fault])
        _add_source(rows, name, source._replace(holder=parsed.claim.id), CLAIM, claimed)


def _add_source(rows: Rows, name: bytes, source: Source, digest: bytes, parsed: Parsed) -> None:
    number = len(rows.source) + 1
    form = source.format.value
    rows.source.append((number, source.path, form, source.holder, source.folder, name, digest))
    if parsed.ticket is not None:
        title, slug, state, word = parsed.ticket
        rows.ticket.append((number, source.holder, title, slug, state and state.value, word))
    for record in parsed.records:
        rows.record.append(_record_row(number, record))
    for retirement in parsed.retirements:
        rows.retirement.append(
            (number, retirement.id, retirement.holder, retirement.retires, *retirement.retired)
        )
    for fault in parsed.faults:
        rows.problem.append(_problem_row(number, fault))


def _record_row(number: int, record: Record) -> Row:
    kind = record.kind
    return (
        number,
        record.line,
        record.id,
        kind.name,
        record.holder,
        record.target,
        kind.cls.value,
        *edge_of(kind, record.holder, record.target),
        record.note,
        *(record.plan or _NO_PLAN),
        record.author,
        record.at,
        record.at_key,
        *(record.retired or _NOT_RETIRED),
    )


def _problem_row(number: int, fault: Fault) -> Row:
    code = fault.code.value if fault.code else None
    targets = None if fault.targets is None else "\n".join(fault.targets)
    return number, fault.line, fault.message[:MESSAGE_LIMIT], fault.effect.value, code, targets


@contextlib.contextmanager
def bulk_load(connection: Connection) -> Iterator[None]:
    """Begin a transaction in which inserting many rows into a new index is fast.

    SQLite makes its indexes in half the time if all rows are there. It would also check every
    value against a list of words, which it sorts for each row; the rows hold no other words.
    """
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("PRAGMA ignore_check_constraints = OFF")
