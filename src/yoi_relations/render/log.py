"""Writes the answer of `log`: one event per line, in sentences."""

from __future__ import annotations

from yoi_relations.errors import ExitCode
from yoi_relations.history.lives import Event, how_word
from yoi_relations.index.handle import Index
from yoi_relations.kinds import KINDS, shown_name
from yoi_relations.queries.log import Log
from yoi_relations.render.documents import Value, commit_value, envelope
from yoi_relations.render.event_words import event_sentence, event_text
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import Mode, json_line, notice, write_answer


def write_log(mode: Mode, index: Index, log: Log, *, paged: bool) -> ExitCode:
    """Write the events; if `paged`, a long table to a pager."""
    if mode is Mode.JSON:
        write_answer(json_line(log_document(index, log)))
        return ExitCode.DONE
    if mode is Mode.PLAIN:
        write_answer(tab_separated(map(_row, log.events)))
    else:
        from yoi_relations.render.terminal.log import draw_log  # noqa: PLC0415  # Rich

        draw_log(log, index.connection, paged=paged)
    for line in log_notices(log):
        notice(line, mode)
    return ExitCode.DONE


def log_document(index: Index, log: Log) -> Value:
    """The answer of `log` as a JSON value."""
    return envelope("log", index) | {
        "history": {
            "tip": log.tip,
            "ends_early": log.ends_early,
            "missing_files": log.missing,
        },
        "count": log.total,
        "returned": len(log.events),
        "truncated": len(log.events) < log.total,
        "events": [_event_value(event) for event in log.events],
    }


def log_notices(log: Log) -> list[str]:
    """What the answer leaves out, and what git does not have."""
    lines = []
    if not log.total:
        lines.append("no such event")
    if len(log.events) < log.total:
        lines.append(f"{len(log.events)} of {log.total} events; -n 0 shows all")
    if log.ends_early:
        lines.append(
            "this clone is shallow: what its first commits state may be older, and what was gone"
            " before is not known; git fetch --unshallow gets the rest"
        )
    if log.missing:
        lines.append(
            f"this clone is partial: {log.missing} committed files are missing, and what they"
            " state is not known; git fetch --refetch --no-filter gets them"
        )
    return lines


def _row(event: Event) -> list[object]:
    """The fields of a line, for `tab_separated`.

    They are: time, commit, its author, what, how, kind, ticket, target, record, its own time,
    path, sentence, and the text of the record or the reason of the retirement.
    """
    commit, record = event.commit, event.record
    return [
        commit and commit.time,
        commit and commit.id,
        commit and commit.author,
        event.what,
        how_word(commit, event.how),
        record and record.shown,
        record and record.edge_ticket and shown_name(record.edge_ticket),
        record and record.edge_target and shown_name(record.edge_target),
        event.key[1],
        record and record.at,
        event.path,
        event_sentence(event),
        event_text(event),
    ]


def _event_value(event: Event) -> Value:
    record, retirement = event.record, event.retirement
    shown = record.shown if record else None
    return {
        "what": event.what.value,
        "how": how_word(event.commit, event.how),
        "commit": commit_value(event.commit),
        "sentence": event_sentence(event),
        "class": KINDS[shown].cls.value if shown else None,
        "kind": shown,
        "ticket": record.edge_ticket if record else None,
        "target": record.edge_target if record else None,
        "record": _record_value(event),
        "retirement": retirement
        and {
            "id": retirement.id,
            "author": retirement.author,
            "at": retirement.at,
            "reason": retirement.reason,
        },
    }


def _record_value(event: Event) -> Value:
    (holder, id_), record = event.key, event.record
    plan = None
    if record is not None and record.summary is not None:
        plan = {
            "summary": record.summary,
            "branch": record.branch,
            "worktree": record.worktree,
            "role_plan": record.role_plan,
        }
    return {
        "id": id_,
        "format": record and record.format,
        "kind": record and record.kind,
        "holder": holder,
        "target": record and record.target,
        "note": record and record.note,
        "note_truncated": bool(record and record.text_cut),
        "plan": plan,
        "author": record and record.author,
        "at": record and record.at,
        "path": event.path,
        "line": event.line,
    }
