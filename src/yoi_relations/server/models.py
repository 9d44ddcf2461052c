"""The tables of a shared database, as SQLModel classes with a registry of their own.

They hold the rows of the views that the program's queries read, under the same names. Every key
begins with the workspace, so that a database may be spread over several machines by it. There are
no sequences, foreign keys or triggers. ``migrations`` creates them.
"""

from datetime import datetime

from sqlalchemy import (
    TEXT,
    BigInteger,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from yoi_relations.files.source import Effect
from yoi_relations.index.models import (
    NameColumns,
    NearTargetColumns,
    ProblemColumns,
    RecordColumns,
    RetirementColumns,
    StateColumns,
    TallyColumns,
    one_of,
    record_checks,
)
from yoi_relations.states import State


class Shared(SQLModel, registry=registry()):
    """Whatever is in the database."""


class _OfWorkspace(SQLModel):
    workspace_id: int = Field(sa_type=BigInteger, description="made from its name")


class _Numbered(_OfWorkspace):
    number: int = Field(description="counts the rows of the workspace")


class _AtPath(SQLModel):
    path: str = Field(sa_type=Text, description="with the name of the workspace before it")


class _Ticket(_OfWorkspace):
    ticket: str = Field(sa_type=Text, description="an id, with the name of the workspace before it")


def _key(*columns: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("workspace_id", *columns)


class Workspace(Shared, table=True):
    """A workspace that was published, or is about to be."""

    workspace_id: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    name: str = Field(sa_type=Text)
    publication: int = Field(sa_type=BigInteger, description="counts its publications")
    digest: str = Field(sa_type=Text, description="as in `generation` of the index")
    parser_version: int
    tickets_root: str = Field(sa_type=Text)
    git_commit: str | None = Field(sa_type=Text, description="HEAD of the repository, if any")
    aliases: str = Field(sa_type=Text, description="other names, with spaces between them")
    published_at: datetime = Field(
        sa_type=DateTime(timezone=True),
        description="when it was last known to be so",
    )


class _StatementRow(_OfWorkspace):
    id: int = Field(sa_type=BigInteger, description="rises with the line within a file")
    holder_key: int = Field(
        sa_type=BigInteger,
        description="made from the id of the holder, to keep the index small",
    )


class _StatementPlace(_AtPath):
    format: str = Field(sa_type=Text)


class _StatementActivity(SQLModel):
    inactive: str | None = Field(sa_type=Text, description="as in the view of the index")
    latest: bool = Field(description="whether it speaks for its relation")
    crosses: bool = Field(description="whether it is of an edge to a ticket of another workspace")


class Statement(
    _StatementActivity, RecordColumns, _StatementPlace, _StatementRow, Shared, table=True
):
    """A record, as the view of the index shows it."""

    __table_args__ = (
        _key("holder_key", "id"),
        *record_checks(),
        Index("statement_edge_ticket", "edge_ticket", "shown"),
        Index("statement_edge_target", "edge_target"),
        # To look up a part of an id uses no index; for whole ids, this kind has half the size.
        Index("statement_record_id", "record_id", postgresql_using="hash"),
        Index(
            "statement_active",
            "shown",
            "edge_ticket",
            postgresql_where=text("latest AND (inactive IS NULL OR crosses)"),
        ),
        Index("statement_crosses", "workspace_id", postgresql_where=text("crosses")),
    )


class _TicketFolders(SQLModel):
    folder: str | None = Field(sa_type=Text)
    folders: int
    digest: bytes = Field(
        sa_type=LargeBinary,
        description="of its files and of what is active; if it differs, the ticket is published",
    )


class TicketNow(_TicketFolders, StateColumns, NameColumns, _Ticket, Shared, table=True):
    """A ticket, as the view of the index shows it."""

    __tablename__ = "ticket_now"
    __table_args__ = (
        _key("ticket"),
        one_of("state", State),
        Index("ticket_now_ticket", "ticket"),
        # A slug has no bound, and the other kind of index has one.
        Index("ticket_now_slug", "slug", postgresql_using="hash"),
    )


class _NamedFolder(_Ticket):
    folder: str = Field(sa_type=Text)


class TicketFolder(NameColumns, _NamedFolder, Shared, table=True):
    """A folder of a ticket that has several, or none with an item.md."""

    __tablename__ = "ticket_folder"
    __table_args__ = (_key("ticket", "folder"),)


class _ProblemAbout(SQLModel):
    about: str = Field(sa_type=Text)
    format: str | None = Field(sa_type=Text)


class ProblemNow(_ProblemAbout, ProblemColumns, _AtPath, _Numbered, Shared, table=True):
    """A problem, as the view of the index shows it."""

    __tablename__ = "problem_now"
    __table_args__ = (_key("number"), one_of("effect", Effect))


class NearTarget(NearTargetColumns, _Numbered, Shared, table=True):
    """A record whose target does not exist, and the ticket that it may mean."""

    __tablename__ = "near_target"
    __table_args__ = (_key("number"),)


class _LostRetirementMore(SQLModel):
    other_holder: str | None = Field(sa_type=Text)
    is_retirement: int


class LostRetirement(
    _LostRetirementMore, RetirementColumns, _AtPath, _Numbered, Shared, table=True
):
    """A retirement of a record that its ticket does not hold."""

    __tablename__ = "lost_retirement"
    __table_args__ = (_key("number"),)


class Tally(TallyColumns, _OfWorkspace, Shared, table=True):
    """The number of rows, or of relations of a kind."""

    __table_args__ = (_key("name"),)


VIEWS = {
    "active_relation": "SELECT workspace_id, shown AS kind, edge_ticket AS ticket"
    " FROM statement WHERE latest AND (inactive IS NULL OR crosses)",
    "ticket_name": "SELECT workspace_id, ticket, folder, title, slug FROM ticket_now"
    " WHERE folders = 1 AND folder IS NOT NULL"
    " UNION ALL SELECT workspace_id, ticket, folder, title, slug FROM ticket_folder",
}
"""The views of the database, by name.

No workspace can tell whether an edge to another one is active, so it is among the active ones.
"""
TABLES = Shared.metadata


def _compare_bytes() -> None:
    """Let the database compare texts as SQLite does, whatever its locale."""
    for table in TABLES.tables.values():
        for column in table.columns:
            if isinstance(column.type, Text):
                column.type = TEXT(collation="C")


_compare_bytes()
