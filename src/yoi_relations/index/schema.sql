-- Compiled by scripts/compile_schema.py from models.py and views.sql; do not edit.

CREATE TABLE generation (
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    parser_version INTEGER NOT NULL,
    tickets_root TEXT NOT NULL,
    tool TEXT NOT NULL,
    digest TEXT NOT NULL,
    built_at TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT one_row CHECK (id = 1)
);

CREATE TABLE near_target (
    id INTEGER NOT NULL,
    path TEXT NOT NULL,
    line INTEGER,
    record_id TEXT NOT NULL,
    meant TEXT NOT NULL,
    difference TEXT NOT NULL,
    inactive TEXT,
    PRIMARY KEY (id)
);

CREATE TABLE snapshot (
    id INTEGER NOT NULL,
    scanned_at INTEGER NOT NULL,
    trusted INTEGER NOT NULL,
    names BLOB NOT NULL,
    sizes BLOB NOT NULL,
    paths BLOB NOT NULL,
    stamps BLOB NOT NULL,
    racy BLOB NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT one_row CHECK (id = 1)
);

CREATE TABLE source (
    id INTEGER NOT NULL,
    path TEXT NOT NULL,
    format TEXT NOT NULL,
    holder TEXT NOT NULL,
    folder TEXT,
    name BLOB NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT format_known CHECK (format IN ('item', 'frontmatter', 'relations.json', 'orchestration-plan.jsonl', 'tk', 'backlog.md', 'stray'))
);

CREATE INDEX source_holder ON source (holder, folder, format);

CREATE INDEX source_name ON source (name);

CREATE TABLE spanning_problem (
    id INTEGER NOT NULL,
    path TEXT NOT NULL,
    line INTEGER,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    effect TEXT NOT NULL,
    about TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT code_known CHECK (code IN ('no_item', 'shared_id', 'dangling_target')),
    CONSTRAINT effect_known CHECK (effect IN ('record', 'ticket', 'none', 'advice'))
);

CREATE TABLE tally (
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    active INTEGER,
    PRIMARY KEY (name)
);

CREATE TABLE problem (
    id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    line INTEGER,
    message TEXT NOT NULL,
    effect TEXT NOT NULL,
    code TEXT,
    targets TEXT,
    PRIMARY KEY (id),
    CONSTRAINT effect_known CHECK (effect IN ('record', 'ticket', 'none', 'advice')),
    CONSTRAINT code_known CHECK (code IN ('self_relation', 'dropped_text', 'second_record')),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE INDEX problem_source_id ON problem (source_id);

CREATE TABLE record (
    id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    line INTEGER,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    holder TEXT NOT NULL,
    target TEXT,
    class TEXT NOT NULL,
    shown TEXT NOT NULL,
    edge_ticket TEXT NOT NULL,
    edge_target TEXT,
    note TEXT,
    summary TEXT,
    branch TEXT,
    worktree TEXT,
    role_plan TEXT,
    author TEXT,
    at TEXT,
    at_key TEXT NOT NULL,
    retired_at TEXT,
    retired_by TEXT,
    retired_reason TEXT,
    PRIMARY KEY (id),
    CONSTRAINT kind_known CHECK (kind IN ('blocked_by', 'blocks', 'depends_on', 'before', 'after', 'conflicts_with', 'do_not_parallelize', 'waiting', 'waiting_capacity_note', 'accepted_plan', 'related', 'supersedes', 'duplicate_of')),
    CONSTRAINT shown_known CHECK (shown IN ('blocked_by', 'after', 'conflicts_with', 'do_not_parallelize', 'waiting', 'accepted_plan', 'related', 'supersedes', 'duplicate_of')),
    CONSTRAINT class_known CHECK (class IN ('dependency', 'ordering', 'conflict', 'capacity', 'plan', 'reference')),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE INDEX record_edge ON record (shown, edge_ticket, edge_target);

CREATE INDEX record_edge_target ON record (edge_target);

CREATE INDEX record_edge_ticket ON record (edge_ticket);

CREATE INDEX record_holder ON record (holder, record_id);

CREATE INDEX record_record_id ON record (record_id);

CREATE TABLE retirement (
    source_id INTEGER NOT NULL,
    record_id TEXT NOT NULL,
    holder TEXT NOT NULL,
    retires TEXT NOT NULL,
    retired_at TEXT NOT NULL,
    retired_by TEXT NOT NULL,
    retired_reason TEXT NOT NULL,
    PRIMARY KEY (source_id),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE INDEX retirement_retires ON retirement (holder, retires);

CREATE TABLE ticket (
    source_id INTEGER NOT NULL,
    ticket_id TEXT NOT NULL,
    title TEXT,
    slug TEXT,
    state TEXT,
    word TEXT,
    PRIMARY KEY (source_id),
    CONSTRAINT state_known CHECK (state IN ('planning', 'ready', 'queued', 'inprogress', 'done', 'closed')),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE INDEX ticket_slug ON ticket (slug);

CREATE INDEX ticket_ticket_id ON ticket (ticket_id);

CREATE TABLE activity (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    ticket TEXT NOT NULL,
    inactive TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(id) REFERENCES record (id)
);

CREATE INDEX activity_active ON activity (kind, ticket) WHERE inactive IS NULL;

-- Views for the program's own queries, and for people with sqlite3 or Datasette. The queries of
-- show, check, tree and graph read only these, near_target and tally: a shared database has the same
-- names.

-- One row per ticket id. An id found in two folders has no known state; nor has a folder that holds
-- records but no item.md, whose folder is NULL. A source without a folder holds a record of a ticket
-- that another tool keeps.
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
GROUP BY source.holder;

-- One row per record, retired in its own file or by a retirement.
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
);

-- One row per relation: an edge with all its records, or a note. Text, author and time are those of
-- the latest record that is not retired, otherwise of the latest record.
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
LEFT JOIN ticket_now AS target ON target.ticket = latest.edge_target;

-- One row per record, with the reason why its relation is not active: at the latest record alone.
CREATE VIEW statement AS
SELECT record_now.*, activity.inactive
FROM record_now LEFT JOIN activity ON activity.id = record_now.id;

-- One row per active relation.
CREATE VIEW active_relation AS
SELECT kind, ticket FROM activity WHERE inactive IS NULL;

-- The names of every ticket, once for each of its sources. Only an item.md or a task file has slug
-- and title.
CREATE VIEW ticket_name AS
SELECT source.holder AS ticket, coalesce(source.folder, '') AS folder, ticket.slug, ticket.title
FROM source LEFT JOIN ticket ON ticket.source_id = source.id
WHERE source.format <> 'stray';

-- One row per problem: the faults of the sources, and what is wrong between them.
CREATE VIEW problem_now AS
SELECT
    source.path, problem.line, problem.message, problem.effect, source.holder AS about,
    problem.code, source.format, problem.targets
FROM problem JOIN source ON source.id = problem.source_id
UNION ALL
SELECT path, line, message, effect, about, code, NULL, NULL FROM spanning_problem;

-- Retirement files that name a record which their ticket does not hold: one row for each ticket
-- that holds a record with that id, otherwise one row.
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
);
