"""The first schema. Revision: 0001, after none."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    *("workspace", "statement", "ticket_now", "ticket_folder", "problem_now"),
    *("near_target", "lost_retirement", "tally"),
)
_CHECKS = {
    "kind": (
        *("blocked_by", "blocks", "depends_on", "before", "after", "conflicts_with"),
        *("do_not_parallelize", "waiting", "waiting_capacity_note", "accepted_plan", "related"),
        *("supersedes", "duplicate_of"),
    ),
    "shown": (
        *("blocked_by", "after", "conflicts_with", "do_not_parallelize", "waiting"),
        *("accepted_plan", "related", "supersedes", "duplicate_of"),
    ),
    "class": ("dependency", "ordering", "conflict", "capacity", "plan", "reference"),
    "state": ("planning", "ready", "queued", "inprogress", "done", "closed"),
    "effect": ("record", "ticket", "none", "advice"),
}
_ACTIVE_RELATION = """
CREATE VIEW active_relation AS
SELECT workspace_id, shown AS kind, edge_ticket AS ticket
FROM statement WHERE latest AND (inactive IS NULL OR crosses)
"""
_TICKET_NAME = """
CREATE VIEW ticket_name AS
SELECT workspace_id, ticket, folder, title, slug FROM ticket_now
WHERE folders = 1 AND folder IS NOT NULL
UNION ALL SELECT workspace_id, ticket, folder, title, slug FROM ticket_folder
"""


def upgrade() -> None:
    """Go to this revision."""
    _create_workspace()
    _create_statement()
    _create_tickets()
    _create_problems()
    op.execute(_ACTIVE_RELATION)
    op.execute(_TICKET_NAME)


def downgrade() -> None:
    """Go back to an empty database."""
    op.execute("DROP VIEW active_relation")
    op.execute("DROP VIEW ticket_name")
    for table in _TABLES:
        op.drop_table(table)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.TEXT(collation="C"), nullable=nullable) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def _long_numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in names]


def _key(*columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("workspace_id", *columns)


def _one_of(column: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in _CHECKS[column])
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _create_workspace() -> None:
    op.create_table(
        "workspace",
        *_long_numbers("workspace_id"),
        *_texts("name"),
        *_long_numbers("publication"),
        *_texts("digest"),
        *_numbers("parser_version"),
        *_texts("tickets_root"),
        *_texts("git_commit", nullable=True),
        *_texts("aliases"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        _key(),
    )
    op.create_table(
        "tally",
        *_long_numbers("workspace_id"),
        *_texts("name"),
        *_numbers("count"),
        *_numbers("active", nullable=True),
        _key("name"),
    )


def _create_statement() -> None:
    op.create_table(
        "statement",
        *_long_numbers("workspace_id", "id", "holder_key"),
        *_texts("path", "format"),
        *_numbers("line", nullable=True),
        *_texts("record_id", "kind", "holder"),
        *_texts("target", nullable=True),
        *_texts("class", "shown", "edge_ticket"),
        *_texts("edge_target", "note", "summary", "branch", "worktree", "role_plan", nullable=True),
        *_texts("author", "at", nullable=True),
        *_texts("at_key"),
        *_texts("retired_at", "retired_by", "retired_reason", "inactive", nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("crosses", sa.Boolean(), nullable=False),
        _key("holder_key", "id"),
        *(_one_of(column) for column in ("kind", "shown", "class")),
    )
    op.create_index("statement_edge_ticket", "statement", ["edge_ticket", "shown"])
    op.create_index("statement_edge_target", "statement", ["edge_target"])
    op.create_index("statement_record_id", "statement", ["record_id"], postgresql_using="hash")
    op.create_index(
        "statement_active",
        "statement",
        ["shown", "edge_ticket"],
        postgresql_where=sa.text("latest AND (inactive IS NULL OR crosses)"),
    )
    op.create_index(
        "statement_crosses",
        "statement",
        ["workspace_id"],
        postgresql_where=sa.text("crosses"),
    )


def _create_tickets() -> None:
    op.create_table(
        "ticket_now",
        *_long_numbers("workspace_id"),
        *_texts("ticket"),
        *_texts("title", "slug", "state", "word", "folder", nullable=True),
        *_numbers("folders"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _key("ticket"),
        _one_of("state"),
    )
    op.create_index("ticket_now_ticket", "ticket_now", ["ticket"])
    op.create_index("ticket_now_slug", "ticket_now", ["slug"], postgresql_using="hash")
    op.create_table(
        "ticket_folder",
        *_long_numbers("workspace_id"),
        *_texts("ticket", "folder"),
        *_texts("title", "slug", nullable=True),
        _key("ticket", "folder"),
    )


def _create_problems() -> None:
    op.create_table(
        "problem_now",
        *_long_numbers("workspace_id"),
        *_numbers("number"),
        *_texts("path"),
        *_numbers("line", nullable=True),
        *_texts("message", "effect"),
        *_texts("code", "targets", nullable=True),
        *_texts("about"),
        *_texts("format", nullable=True),
        _key("number"),
        _one_of("effect"),
    )
    op.create_table(
        "near_target",
        *_long_numbers("workspace_id"),
        *_numbers("number"),
        *_texts("path"),
        *_numbers("line", nullable=True),
        *_texts("record_id", "meant", "difference"),
        *_texts("inactive", nullable=True),
        _key("number"),
    )
    op.create_table(
        "lost_retirement",
        *_long_numbers("workspace_id"),
        *_numbers("number"),
        *_texts("path", "record_id", "holder", "retires", "retired_at"),
        *_texts("other_holder", nullable=True),
        *_numbers("is_retirement"),
        _key("number"),
    )
