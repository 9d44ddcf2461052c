"""The tables of the index, as SQLModel classes.

They define the schema. ``scripts/compile_schema.py`` compiles them into ``schema.sql``, which the
command line reads. Use them for your own queries with SQLModel or SQLAlchemy. Tables are not
STRICT: SQLite before 3.37 has no such tables, and the program writes every value.

Columns that the tables of a shared database have too are declared in classes without a table, which
``server.models`` uses.
"""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, Text, text
from sqlmodel import Field, SQLModel

from yoi_relations.files.source import Effect, FaultCode, Format, SpanningCode
from yoi_relations.kinds import KINDS, SHOWN_KINDS, RelationClass
from yoi_relations.states import State


def one_of(column: str, values: Iterable[object]) -> CheckConstraint:
    """A CHECK that `column` holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Generation(SQLModel, table=True):
    """What the index was built from; one row."""

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    number: int = Field(description="counts the generations since the cache was empty")
    parser_version: int
    tickets_root: str = Field(sa_type=Text, description="below the workspace root")
    tool: str = Field(sa_type=Text, description="whose tickets, with its states; empty for yoi")
    digest: str = Field(sa_type=Text, description="over the path and the bytes of every source")
    built_at: str = Field(sa_type=Text, description="RFC 3339, UTC")


class Snapshot(SQLModel, table=True):
    """The paths that the index rests on, with their stat stamps; one row. See ``snapshot.py``."""

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    scanned_at: int = Field(description="the file system's clock before the scan, ns since 1970")
    trusted: int = Field(description="1 where stamps on this file system can be reliable, else 0")
    names: bytes = Field(description="of the listed folders, the tickets root first; NUL between")
    sizes: bytes = Field(description="number of paths of each folder, as 32-bit integers")
    paths: bytes = Field(description="below the tickets root, by folder, with NUL between them")
    stamps: bytes = Field(description="of the paths, `stat_stamp.SIZE` bytes each")
    racy: bytes = Field(description="indexes of paths whose stamps are racy, as 32-bit integers")


class Source(SQLModel, table=True):
    """A file that tickets or records are read from, or a stray."""

    __table_args__ = (
        one_of("format", Format),
        Index("source_holder", "holder", "folder", "format"),
        Index("source_name", "name"),
    )

    id: int = Field(primary_key=True)
    path: str = Field(sa_type=Text, description="below the workspace root")
    format: str = Field(sa_type=Text)
    holder: str = Field(sa_type=Text, description="id of the ticket in whose folder it is")
    folder: str | None = Field(
        sa_type=Text,
        description="path of that folder, or of a task file; NULL of its records",
    )
    name: bytes = Field(description="of that folder below the tickets root, as on the disk")
    digest: bytes = Field(
        description="SHA-256 of what was read, or of why it could not be; empty in a second row"
    )


class NameColumns(SQLModel):
    """What a ticket is called, apart from its id."""

    title: str | None = Field(sa_type=Text)
    slug: str | None = Field(sa_type=Text)


class StateColumns(SQLModel):
    """The state of a ticket."""

    state: str | None = Field(sa_type=Text, description="NULL where it is not known")
    word: str | None = Field(sa_type=Text, description="for it; NULL in a ticket of yoi")


class _TicketKey(SQLModel):
    source_id: int = Field(primary_key=True, foreign_key="source.id")
    ticket_id: str = Field(sa_type=Text)


class Ticket(StateColumns, NameColumns, _TicketKey, table=True):
    """A ticket, as its item.md or task file describes it."""

    __table_args__ = (
        one_of("state", State),
        Index("ticket_ticket_id", "ticket_id"),
        Index("ticket_slug", "slug"),
    )


class RecordColumns(SQLModel):
    """A record as it was recorded, and the edge that it states."""

    line: int | None
    record_id: str = Field(sa_type=Text, description="a ULID, or a content id (x-...)")
    kind: str = Field(sa_type=Text, description="as recorded")
    holder: str = Field(sa_type=Text)
    target: str | None = Field(sa_type=Text)
    class_: str = Field(sa_type=Text, sa_column_kwargs={"name": "class"})
    shown: str = Field(sa_type=Text, description="the kind under which the edge is shown")
    edge_ticket: str = Field(sa_type=Text)
    edge_target: str | None = Field(sa_type=Text)
    note: str | None = Field(sa_type=Text)
    summary: str | None = Field(sa_type=Text, description="of an accepted plan, as the next three")
    branch: str | None = Field(sa_type=Text)
    worktree: str | None = Field(sa_type=Text)
    role_plan: str | None = Field(sa_type=Text)
    author: str | None = Field(sa_type=Text, description="NULL if another tool recorded it")
    at: str | None = Field(sa_type=Text, description="RFC 3339, UTC; NULL like the author")
    at_key: str = Field(sa_type=Text, description="sorts as the instants do; empty before all")
    retired_at: str | None = Field(
        sa_type=Text, description="as the next two, NULL where it counts"
    )
    retired_by: str | None = Field(sa_type=Text)
    retired_reason: str | None = Field(sa_type=Text)


def record_checks() -> list[CheckConstraint]:
    """The CHECKs of a table with `RecordColumns`."""
    return [one_of("kind", KINDS), one_of("shown", SHOWN_KINDS), one_of("class", RelationClass)]


class _RecordKey(SQLModel):
    id: int = Field(primary_key=True, description="rises with the line within a source")
    source_id: int = Field(foreign_key="source.id")


class Record(RecordColumns, _RecordKey, table=True):
    """A record of one source; its ``retired_...`` columns are of the source itself."""

    __table_args__ = (
        *record_checks(),
        Index("record_edge", "shown", "edge_ticket", "edge_target"),
        Index("record_edge_ticket", "edge_ticket"),
        Index("record_edge_target", "edge_target"),
        Index("record_holder", "holder", "record_id"),
        Index("record_record_id", "record_id"),
    )


class RetirementColumns(SQLModel):
    """A file that retires a record, of any format."""

    record_id: str = Field(sa_type=Text, description="its own id: the file's name without .md")
    holder: str = Field(sa_type=Text)
    retires: str = Field(sa_type=Text, description="id of the record")
    retired_at: str = Field(sa_type=Text, description="RFC 3339, UTC")


class _RetirementKey(SQLModel):
    source_id: int = Field(primary_key=True, foreign_key="source.id")


class Retirement(RetirementColumns, _RetirementKey, table=True):
    """A file that retires a record that the same ticket holds."""

    __table_args__ = (Index("retirement_retires", "holder", "retires"),)

    retired_by: str = Field(sa_type=Text)
    retired_reason: str = Field(sa_type=Text)


class ProblemColumns(SQLModel):
    """What is wrong, and where."""

    line: int | None
    message: str = Field(sa_type=Text)
    effect: str = Field(sa_type=Text, description="what it could hide, or advice")
    code: str | None = Field(sa_type=Text, description="its name; NULL for most faults")
    targets: str | None = Field(
        sa_type=Text, description="of all records that it could hide, one per line; NULL if unknown"
    )


class _ProblemKey(SQLModel):
    id: int = Field(primary_key=True)
    source_id: int = Field(foreign_key="source.id")


class Problem(ProblemColumns, _ProblemKey, table=True):
    """A fault of a source."""

    __table_args__ = (
        one_of("effect", Effect),
        one_of("code", FaultCode),
        Index("problem_source_id", "source_id"),
    )


class SpanningProblem(SQLModel, table=True):
    """Something wrong between several files; derived from the other tables, see ``derived.py``."""

    __tablename__ = "spanning_problem"
    __table_args__ = (one_of("code", SpanningCode), one_of("effect", Effect))

    id: int = Field(primary_key=True)
    path: str = Field(sa_type=Text, description="below the workspace root")
    line: int | None
    code: str = Field(sa_type=Text)
    message: str = Field(sa_type=Text)
    effect: str = Field(sa_type=Text, description="as in `problem`")
    about: str = Field(sa_type=Text, description="id of the ticket whose state it could hide")


class NearTargetColumns(SQLModel):
    """A record that is not retired whose target does not exist, and the ticket it may mean."""

    path: str = Field(sa_type=Text, description="of the record, below the workspace root")
    line: int | None
    record_id: str = Field(sa_type=Text)
    meant: str = Field(sa_type=Text, description="id of the ticket that was probably meant")
    difference: str = Field(sa_type=Text, description="why the target is not that id")
    inactive: str | None = Field(
        sa_type=Text, description="as in `activity`, of the relation that was probably meant"
    )


class _Row(SQLModel):
    id: int = Field(primary_key=True)


class NearTarget(NearTargetColumns, _Row, table=True):
    """A record that is not retired whose target does not exist, and the ticket it may mean.

    Derived from the other tables. A target that could mean any of several tickets has no row; a
    target that holds several names has one row for each.
    """

    __tablename__ = "near_target"


class Activity(SQLModel, table=True):
    """Whether a relation is active; derived from the other tables, see ``activity.py``."""

    __table_args__ = (
        Index("activity_active", "kind", "ticket", sqlite_where=text("inactive IS NULL")),
    )

    id: int = Field(
        primary_key=True,
        foreign_key="record.id",
        description="of its latest record that is not retired, otherwise of its latest record",
    )
    kind: str = Field(sa_type=Text, description="as shown")
    ticket: str = Field(sa_type=Text, description="id of the ticket that the relation is about")
    inactive: str | None = Field(sa_type=Text, description="why not; NULL where it is active")


class TallyColumns(SQLModel):
    """The number of rows of a table, or relations of a kind."""

    name: str = Field(sa_type=Text, description="a table, or a kind as shown")
    count: int
    active: int | None = Field(description="number of active relations; NULL for a table")


class Tally(TallyColumns, table=True):
    """Numbers, derived from the other tables."""

    __table_args__ = (PrimaryKeyConstraint("name"),)
