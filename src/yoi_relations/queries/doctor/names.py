"""Findings about names that mean two things: copied record ids, and slugs that name others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from yoi_relations.files.ids import MIN_PART, ends_with
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.command_lines import retire_template
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_at
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.ticket_names import casefolded

_MAX_NAMED = 5
"""Tickets that a sentence names."""


class Copy(NamedTuple):
    """A record or retirement with an id that another ticket holds too."""

    id: str
    holder: str
    path: str


def _load_copies(connection: Connection) -> list[Copy]:
    """Records and retirements whose id several tickets hold, by id and ticket."""
    ids = [
        id_
        for (id_,) in connection.execute(
            "SELECT record_id FROM (SELECT record_id, holder FROM record"
            " UNION SELECT record_id, holder FROM retirement)"
            " GROUP BY record_id HAVING count(*) > 1"
        )
    ]
    among = "record_id IN (SELECT value FROM json_each(?))"
    rows = connection.execute(
        f"SELECT record_id, source.holder, path FROM record"  # noqa: S608  # fixed text
        f" JOIN source ON source.id = source_id WHERE {among}"
        f" UNION SELECT record_id, source.holder, path FROM retirement"
        f" JOIN source ON source.id = source_id WHERE {among}"
        " ORDER BY 1, 2, 3",
        (json_text(ids), json_text(ids)),
    )
    return [Copy(*row) for row in rows]


def first_elsewhere(connection: Connection, problem: Problem) -> Copy | None:
    """A record of another ticket whose id is the name of the file with a problem; None if none."""
    name = problem.path.rpartition("/")[2]
    row = connection.execute(
        "SELECT record_id, source.holder, path FROM record JOIN source ON source.id = source_id"
        " WHERE record_id = ? AND source.holder <> ? ORDER BY path LIMIT 1",
        (name.removesuffix(".md"), problem.about),
    ).fetchone()
    return Copy(*row) if row else None


def copied_records(contents: Contents) -> Iterator[Finding]:
    """A finding for each set of tickets that hold records with the same ids."""
    by_id: dict[str, list[Copy]] = {}
    for copy in _load_copies(contents.connection):
        by_id.setdefault(copy.id, []).append(copy)
    by_holders: dict[tuple[str, ...], list[list[Copy]]] = {}
    for copies_of_id in by_id.values():
        by_holders.setdefault(
            tuple(dict.fromkeys(copy.holder for copy in copies_of_id)), []
        ).append(copies_of_id)
    for holders, records in by_holders.items():
        first, last = records[0][0], records[0][-1]
        more = len(records) - 1
        others = (
            f"; the same holds for {more} more record{'' if more == 1 else 's'}" if more else ""
        )
        text = f"has the same id as {first.path}{others}"
        hint = (
            "if one is a copy that says nothing new, retire it by its path:"
            f" {retire_template(last.path)}"
        )
        yield found_at(last.path, Code.COPIED_RECORD, text, hint, holders)


def contested_slugs(contents: Contents) -> Iterator[Finding]:
    """Slugs that are the id of another ticket, or a long ending of such an id."""
    ids = sorted((casefolded(id_)[::-1], id_) for id_ in contents.tickets)
    by_slug: dict[str, list[str]] = {}
    for ticket in contents.tickets.values():
        if ticket.slug is None or ticket.folder is None:
            continue
        slug = casefolded(ticket.slug)
        if slug not in by_slug:
            by_slug[slug] = list(islice(_tickets_named(ids, slug), _MAX_NAMED + 1))
        others = [id_ for id_ in by_slug[slug] if id_ != ticket.id][:_MAX_NAMED]
        if others:
            text = f"has the slug '{ticket.slug}', which also names {', '.join(others)}, by id"
            hint = "give it another slug; until then, the slug names neither ticket"
            about = [ticket.id, *others]
            yield found_at(ticket.file, Code.CONTESTED_SLUG, text, hint, about)


def _tickets_named(ids: list[tuple[str, str]], slug: str) -> Iterator[str]:
    """The tickets whose ids are, or end with, a folded slug.

    `ids` are sorted pairs: each id folded and reversed, and as it is.
    """
    backwards = slug[::-1]
    for at in range(bisect_left(ids, (backwards, "")), len(ids)):
        reversed_id, id_ = ids[at]
        if not slug or not reversed_id.startswith(backwards):
            return
        folded = reversed_id[::-1]
        if folded == slug or (len(slug) >= MIN_PART and ends_with(id_, folded, slug)):
            yield id_
