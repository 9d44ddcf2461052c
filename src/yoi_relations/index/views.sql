-- Views for the program's own queries, and for people with sqlite3 or Datasette.

-- One row per ticket id. An id found in two folders has no known state; nor has a folder that holds
-- records but no item.md, whose folder is NULL.
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
