"""What is wrong with the files, and what it could mean for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from yoi_relations.files.faults import Effect
from yoi_relations.files.formats import Format
from yoi_relations.kinds import ALL_SHOWN, JSON_KINDS, PLAN_KINDS
from yoi_relations.typed import Connection, NamedTuple

_COULD_SHOW = {
    Format.RELATIONS_JSON: frozenset(kind.shown for kind in JSON_KINDS.values()),
    Format.PLAN_JSONL: frozenset(kind.shown for kind in PLAN_KINDS.values()),
}


class Problem(NamedTuple):
    """A file, a line or a ticket that could not be used as it is.

    Attributes:
        path: below the workspace root.
        line: counted from 1, or None.
        message: what is wrong, to be read after the path.
        effect: what it could hide.
        about: id of the ticket whose records or state it could hide.
        shown: the kinds of relation that a hidden record could be shown as.
    """

    path: str
    line: int | None
    message: str
    effect: Effect
    about: str
    shown: frozenset[str] = ALL_SHOWN


def find_problems(connection: Connection) -> list[Problem]:
    """Every problem of the workspace, by path and line."""
    found = [
        *_of_sources(connection),
        *_of_folders(connection),
        *_dangling(connection),
    ]
    return sorted(found, key=lambda problem: (problem.path, problem.line or 0, problem.message))


def _of_sources(connection: Connection) -> Iterator[Problem]:
    rows = connection.execute(
        "SELECT path, line, message, effect, holder, format"
        " FROM problem JOIN source ON source.id = problem.source_id"
    )
    for path, line, message, effect, holder, form in rows:
        shown = _COULD_SHOW.get(Format(form), ALL_SHOWN)
        yield Problem(path, line, message, Effect(effect), holder, shown)


def _of_folders(connection: Connection) -> Iterator[Problem]:
    """Folders with records and no item.md, and folders that share an id."""
    rows = connection.execute(
        "SELECT holder, folder, sum(format = 'item') FROM source WHERE format <> 'stray'"
        " AND holder IN (SELECT holder FROM source WHERE format <> 'stray' GROUP BY holder"
        "  HAVING min(folder) <> max(folder) OR sum(format = 'item') = 0)"
        " GROUP BY holder, folder"
    ).fetchall()
    sharing = Counter(holder for holder, _, _ in rows)
    for holder, folder, items in rows:
        if not items:
            message = "holds records but no item.md; the state of the ticket is not known"
            yield Problem(folder, None, message, Effect.TICKET, holder)
        if (folders := sharing[holder]) > 1:
            message = f"has an id that {folders} folders share; the ticket's state is not known"
            yield Problem(folder, None, message, Effect.TICKET, holder)


def _dangling(connection: Connection) -> Iterator[Problem]:
    rows = connection.execute(
        "SELECT path, line, target FROM statement WHERE retired_at IS NULL AND id IN"
        " (SELECT id FROM record WHERE target IS NOT NULL AND NOT EXISTS"
        "  (SELECT 1 FROM source WHERE holder = record.target AND format <> 'stray'))"
    )
    for path, line, target in rows:
        message = f"names the ticket {target}, which does not exist"
        yield Problem(path, line, message, Effect.TICKET, target)
