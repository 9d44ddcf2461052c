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
CREATE VIEW statement AS
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
-- the record that speaks for it: the latest that is not retired, otherwise the latest.
CREATE VIEW relation AS
SELECT
    voice.class,
    voice.shown AS kind,
    voice.edge_ticket AS ticket,
    ticket.title AS ticket_title,
    ticket.state AS ticket_state,
    voice.edge_target AS target,
    target.title AS target_title,
    target.state AS target_state,
    CASE WHEN activity.inactive IS NULL THEN 1 ELSE 0 END AS active,
    activity.inactive,
    coalesce(voice.summary, voice.note) AS text,
    voice.author,
    voice.at,
    (
        SELECT count(*) FROM statement AS each
        WHERE each.shown = voice.shown AND each.edge_ticket = voice.edge_ticket AND (
            each.id = voice.id
            OR (voice.class NOT IN ('capacity', 'plan') AND each.edge_target = voice.edge_target)
        )
    ) AS records,
    (
        SELECT count(*) FROM statement AS each
        WHERE each.shown = voice.shown AND each.edge_ticket = voice.edge_ticket AND (
            each.id = voice.id
            OR (voice.class NOT IN ('capacity', 'plan') AND each.edge_target = voice.edge_target)
        ) AND each.retired_at IS NULL
    ) AS records_not_retired
FROM activity
JOIN statement AS voice ON voice.id = activity.id
LEFT JOIN ticket_now AS ticket ON ticket.ticket = voice.edge_ticket
LEFT JOIN ticket_now AS target ON target.ticket = voice.edge_target;
