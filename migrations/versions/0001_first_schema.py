"""The first schema.

Revision: 0001, after none. Lists of kinds and states are written out, not imported, because later
versions may change them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FORMATS = "'item', 'frontmatter', 'relations.json', 'orchestration-plan.jsonl', 'stray'"
_STATES = "'planning', 'ready', 'queued', 'inprogress', 'done', 'closed'"
_KINDS = (
    "'blocked_by', 'blocks', 'depends_on', 'before', 'after', 'conflicts_with',"
    " 'do_not_parallelize', 'waiting', 'waiting_capacity_note', 'accepted_plan', 'related',"
    " 'supersedes', 'duplicate_of'"
)
_SHOWN = (
    "'blocked_by', 'after', 'conflicts_with', 'do_not_parallelize', 'waiting', 'accepted_plan',"
    " 'related', 'supersedes', 'duplicate_of'"
)
_CLASSES = "'dependency', 'ordering', 'conflict', 'capacity', 'plan', 'reference'"

_TICKET_NOW = """
CREATE VIEW ticket_now AS
SELECT
    source.holder AS ticket,
    min(ticket.title) AS title,
    min(ticket.slug) AS slug,
    CASE count(DISTINCT source.folder) WHEN 1 THEN min(ticket.state) END AS state,
    min(CASE source.format WHEN 'item' THEN source.folder END) AS folder,
    count(DISTINCT source.folder) AS folders
FROM source
LEFT JOIN ticket ON ticket.source_id = source.id
WHERE source.format <> 'stray'
GROUP BY source.holder
"""

_RECORD_NOW = """
CREATE VIEW record_now AS
SELECT
    record.id, source.path, record.line, source.format, record.record_id, record.kind,
    record.holder, record.target, record.class, record.shown, record.edge_ticket,
    record.edge_target, record.note, record.summary, record.branch, record.worktree,
    record.role_plan, record.author, record.at, record.at_key,
    coalesce(record.retired_at, retirement.retired_at) AS retired_at,
    coalesce(record.retired_by, retirement.retired_by) AS retired_by,
    coalesce(record.retired_reason, retirement.retired_reason) AS retired_reason
FROM record
JOIN source ON source.id = record.source_id
LEFT JOIN retirement ON retirement.source_id = (
    SELECT each.source_id FROM retirement AS each JOIN source AS at ON at.id = each.source_id
    WHERE each.holder = record.holder AND each.retires = record.record_id
    ORDER BY each.retired_at, each.record_id, at.path LIMIT 1
)
"""

_RELATION = """
CREATE VIEW relation AS
SELECT
    latest.class,
    latest.shown AS kind,
    latest.edge_ticket AS ticket,
    ticket.title AS ticket_title,
    ticket.state AS ticket_state,
    latest.edge_target AS target,
    target.title AS target_title,
    target.state AS target_state,
    CASE WHEN activity.inactive IS NULL THEN 1 ELSE 0 END AS active,
    activity.inactive,
    coalesce(latest.summary, latest.note) AS text,
    latest.author,
    latest.at,
    (
        SELECT count(*) FROM record_now AS each
        WHERE each.shown = latest.shown AND each.edge_ticket = latest.edge_ticket AND (
            each.id = latest.id
            OR (latest.class NOT IN ('capacity', 'plan') AND each.edge_target = latest.edge_target)
        )
    ) AS records,
    (
        SELECT count(*) FROM record_now AS each
        WHERE each.shown = latest.shown AND each.edge_ticket = latest.edge_ticket AND (
            each.id = latest.id
            OR (latest.class NOT IN ('capacity', 'plan') AND each.edge_target = latest.edge_target)
        ) AND each.retired_at IS NULL
    ) AS records_not_retired
FROM activity
JOIN record_now AS latest ON latest.id = activity.id
LEFT JOIN ticket_now AS ticket ON ticket.ticket = latest.edge_ticket
LEFT JOIN ticket_now AS target ON target.ticket = latest.edge_target
"""


def upgrade() -> None:
    """Go to this revision."""
    _create_generation()
    _create_snapshot()
    _create_source()
    _create_ticket()
    _create_record()
    _create_retirement()
    _create_problem()
    _create_spanning_problem()
    _create_near_target()
    _create_activity()
    _create_tally()
    for view in (_TICKET_NOW, _RECORD_NOW, _RELATION):
        op.execute(view)


def downgrade() -> None:
    """Go back to an empty database."""
    for view in ("relation", "record_now", "ticket_now"):
        op.execute(f"DROP VIEW {view}")
    op.drop_table("tally")
    op.drop_table("activity")
    op.drop_table("near_target")
    op.drop_table("spanning_problem")
    for table in ("problem", "retirement", "record", "ticket", "source", "snapshot", "generation"):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _create_generation() -> None:
    op.create_table(
        "generation",
        _number("id"),
        _number("number"),
        _number("parser_version"),
        _text("tickets_root"),
        _text("digest"),
        _text("built_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def _create_snapshot() -> None:
    op.create_table(
        "snapshot",
        _number("id"),
        _number("scanned_at"),
        _number("trusted"),
        *(_bytes(name) for name in ("names", "sizes", "paths", "stamps", "racy")),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def _create_source() -> None:
    op.create_table(
        "source",
        _number("id"),
        _text("path"),
        _text("format"),
        _text("holder"),
        _text("folder"),
        _bytes("name"),
        _bytes("digest"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(f"format IN ({_FORMATS})", name="format_known"),
    )
    op.create_index("source_holder", "source", ["holder", "folder", "format"])
    op.create_index("source_name", "source", ["name"])


def _create_ticket() -> None:
    op.create_table(
        "ticket",
        _number("source_id"),
        _text("ticket_id"),
        _text("title", nullable=True),
        _text("slug", nullable=True),
        _text("state", nullable=True),
        sa.PrimaryKeyConstraint("source_id"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
    )
    op.create_index("ticket_ticket_id", "ticket", ["ticket_id"])
    op.create_index("ticket_slug", "ticket", ["slug"])


def _create_record() -> None:
    op.create_table(
        "record",
        _number("id"),
        _number("source_id"),
        _number("line", nullable=True),
        _text("record_id"),
        _text("kind"),
        _text("holder"),
        _text("target", nullable=True),
        _text("class"),
        _text("shown"),
        _text("edge_ticket"),
        _text("edge_target", nullable=True),
        _text("note", nullable=True),
        _text("summary", nullable=True),
        _text("branch", nullable=True),
        _text("worktree", nullable=True),
        _text("role_plan", nullable=True),
        _text("author"),
        _text("at"),
        _text("at_key"),
        _text("retired_at", nullable=True),
        _text("retired_by", nullable=True),
        _text("retired_reason", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        sa.CheckConstraint(f"shown IN ({_SHOWN})", name="shown_known"),
        sa.CheckConstraint(f"class IN ({_CLASSES})", name="class_known"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
    )
    op.create_index("record_edge", "record", ["shown", "edge_ticket", "edge_target"])
    op.create_index("record_edge_ticket", "record", ["edge_ticket"])
    op.create_index("record_edge_target", "record", ["edge_target"])
    op.create_index("record_holder", "record", ["holder", "record_id"])
    op.create_index("record_record_id", "record", ["record_id"])


def _create_retirement() -> None:
    op.create_table(
        "retirement",
        _number("source_id"),
        _text("record_id"),
        _text("holder"),
        _text("retires"),
        _text("retired_at"),
        _text("retired_by"),
        _text("retired_reason"),
        sa.PrimaryKeyConstraint("source_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
    )
    op.create_index("retirement_retires", "retirement", ["holder", "retires"])


def _create_problem() -> None:
    op.create_table(
        "problem",
        _number("id"),
        _number("source_id"),
        _number("line", nullable=True),
        _text("message"),
        _text("effect"),
        _text("code", nullable=True),
        _text("targets", nullable=True),
        sa.CheckConstraint("effect IN ('record', 'ticket', 'none', 'advice')", name="effect_known"),
        sa.CheckConstraint(
            "code IN ('self_relation', 'dropped_text', 'second_record')", name="code_known"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
    )
    op.create_index("problem_source_id", "problem", ["source_id"])


def _create_spanning_problem() -> None:
    op.create_table(
        "spanning_problem",
        _number("id"),
        _text("path"),
        _number("line", nullable=True),
        _text("code"),
        _text("message"),
        _text("effect"),
        _text("about"),
        sa.CheckConstraint(
            "code IN ('no_item', 'shared_id', 'dangling_target')", name="code_known"
        ),
        sa.CheckConstraint("effect IN ('record', 'ticket', 'none', 'advice')", name="effect_known"),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_near_target() -> None:
    op.create_table(
        "near_target",
        _number("id"),
        _text("path"),
        _number("line", nullable=True),
        _text("record_id"),
        _text("meant"),
        _text("difference"),
        _text("inactive", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_activity() -> None:
    op.create_table(
        "activity",
        _number("id"),
        _text("kind"),
        _text("ticket"),
        _text("inactive", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["id"], ["record.id"]),
    )
    active = sa.text("inactive IS NULL")
    op.create_index("activity_active", "activity", ["kind", "ticket"], sqlite_where=active)


def _create_tally() -> None:
    op.create_table(
        "tally",
        _text("name"),
        _number("count"),
        _number("active", nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
