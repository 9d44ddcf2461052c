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

_FORMATS = (
    "'item', 'frontmatter', 'relations.json', 'orchestration-plan.jsonl', 'tk', 'backlog.md',"
    " 'stray'"
)
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
    min(ticket.word) AS word,
    min(CASE WHEN ticket.source_id IS NOT NULL THEN source.folder END) AS folder,
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

_STATEMENT = """
CREATE VIEW statement AS
SELECT record_now.*, activity.inactive
FROM record_now LEFT JOIN activity ON activity.id = record_now.id
"""

_ACTIVE_RELATION = """
CREATE VIEW active_relation AS
SELECT kind, ticket FROM activity WHERE inactive IS NULL
"""

_TICKET_NAME = """
CREATE VIEW ticket_name AS
SELECT source.holder AS ticket, coalesce(source.folder, '') AS folder, ticket.slug, ticket.title
FROM source LEFT JOIN ticket ON ticket.source_id = source.id
WHERE source.format <> 'stray'
"""

_PROBLEM_NOW = """
CREATE VIEW problem_now AS
SELECT
    source.path, problem.line, problem.message, problem.effect, source.holder AS about,
    problem.code, source.format, problem.targets
FROM problem JOIN source ON source.id = problem.source_id
UNION ALL
SELECT path, line, message, effect, about, code, NULL, NULL FROM spanning_problem
"""

_LOST_RETIREMENT = """
CREATE VIEW lost_retirement AS
SELECT DISTINCT
    source.path, retirement.record_id, retirement.holder, retirement.retires,
    retirement.retired_at, other.holder AS other_holder,
    EXISTS (
        SELECT 1 FROM retirement AS each WHERE each.record_id = retirement.retires
    ) AS is_retirement
FROM retirement
JOIN source ON source.id = retirement.source_id
LEFT JOIN record AS other ON other.record_id = retirement.retires
WHERE NOT EXISTS (
    SELECT 1 FROM record
    WHERE record.holder = retirement.holder AND record.record_id = retirement.retires
)
"""
_QUERIED = (_STATEMENT, _ACTIVE_RELATION, _TICKET_NAME, _PROBLEM_NOW, _LOST_RETIREMENT)


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
    for view in (_TICKET_NOW, _RECORD_NOW, _RELATION, *_QUERIED):
        op.execute(view)


def downgrade() -> None:
    """Go back to an empty database."""
    for view in ("lost_retirement", "problem_now", "ticket_name", "active_relation", "statement"):
        op.execute(f"DROP VIEW {view}")
    for view in ("relation", "record_now", "ticket_now"):
        op.execute(f"DROP VIEW {view}")
    for table in ("tally", "activity", "near_target", "spanning_problem", "problem", "retirement"):
        op.drop_table(table)
    for table in ("record", "ticket", "source", "snapshot", "generation"):
        op.drop_table(table)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def _blobs(*names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def _create_generation() -> None:
    op.create_table(
        "generation",
        *_numbers("id", "number", "parser_version"),
        *_texts("tickets_root", "tool", "digest", "built_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def _create_snapshot() -> None:
    op.create_table(
        "snapshot",
        *_numbers("id", "scanned_at", "trusted"),
        *_blobs("names", "sizes", "paths", "stamps", "racy"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def _create_source() -> None:
    op.create_table(
        "source",
        *_numbers("id"),
        *_texts("path", "format", "holder"),
        *_texts("folder", nullable=True),
        *_blobs("name", "digest"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(f"format IN ({_FORMATS})", name="format_known"),
    )
    op.create_index("source_holder", "source", ["holder", "folder", "format"])
    op.create_index("source_name", "source", ["name"])


def _create_ticket() -> None:
    op.create_table(
        "ticket",
        *_numbers("source_id"),
        *_texts("ticket_id"),
        *_texts("title", "slug", "state", "word", nullable=True),
        sa.PrimaryKeyConstraint("source_id"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
    )
    op.create_index("ticket_ticket_id", "ticket", ["ticket_id"])
    op.create_index("ticket_slug", "ticket", ["slug"])


def _create_record() -> None:
    op.create_table(
        "record",
        *_numbers("id", "source_id"),
        *_numbers("line", nullable=True),
        *_texts("record_id", "kind", "holder"),
        *_texts("target", nullable=True),
        *_texts("class", "shown", "edge_ticket"),
        *_texts("edge_target", "note", "summary", "branch", "worktree", "role_plan", nullable=True),
        *_texts("author", "at", nullable=True),
        *_texts("at_key"),
        *_texts("retired_at", "retired_by", "retired_reason", nullable=True),
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
        *_numbers("source_id"),
        *_texts("record_id", "holder", "retires", "retired_at", "retired_by", "retired_reason"),
        sa.PrimaryKeyConstraint("source_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
    )
    op.create_index("retirement_retires", "retirement", ["holder", "retires"])


def _create_problem() -> None:
    op.create_table(
        "problem",
        *_numbers("id", "source_id"),
        *_numbers("line", nullable=True),
        *_texts("message", "effect"),
        *_texts("code", "targets", nullable=True),
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
        *_numbers("id"),
        *_texts("path"),
        *_numbers("line", nullable=True),
        *_texts("code", "message", "effect", "about"),
        sa.CheckConstraint(
            "code IN ('no_item', 'shared_id', 'dangling_target')", name="code_known"
        ),
        sa.CheckConstraint("effect IN ('record', 'ticket', 'none', 'advice')", name="effect_known"),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_near_target() -> None:
    op.create_table(
        "near_target",
        *_numbers("id"),
        *_texts("path"),
        *_numbers("line", nullable=True),
        *_texts("record_id", "meant", "difference"),
        *_texts("inactive", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_activity() -> None:
    op.create_table(
        "activity",
        *_numbers("id"),
        *_texts("kind", "ticket"),
        *_texts("inactive", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["id"], ["record.id"]),
    )
    active = sa.text("inactive IS NULL")
    op.create_index("activity_active", "activity", ["kind", "ticket"], sqlite_where=active)


def _create_tally() -> None:
    op.create_table(
        "tally",
        *_texts("name"),
        *_numbers("count"),
        *_numbers("active", nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
