"""Names that mean two things: ids of records in several tickets, and slugs of other tickets."""

from __future__ import annotations

import shlex
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.jsontext import json_text
from yoi_relations.queries.doctor.findings import Code, Finding, found_at
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.typed import Connection, NamedTuple

_ENDING = 4
"""Characters that an ending of an id must have to name its ticket."""
_ID_LENGTH = 13
"""Characters of an id that is a number in base 32."""
_NAMED = 5
"""Tickets that a sentence names."""


class Copy(NamedTuple):
    """A file that records or retires, where another ticket has one of the same id."""

    id: str
    holder: str
    path: str


def load_copies(connection: Connection) -> list[Copy]:
    """Records and retirements whose ids several tickets hold, by id and ticket."""
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


def copied_records(copies: Iterable[Copy]) -> Iterator[Finding]:
    """A finding for each set of tickets that hold records of the same ids."""
    by_id: dict[str, list[Copy]] = {}
    for one in copies:
        by_id.setdefault(one.id, []).append(one)
    by_holders: dict[tuple[str, ...], list[list[Copy]]] = {}
    for same in by_id.values():
        by_holders.setdefault(tuple(dict.fromkeys(one.holder for one in same)), []).append(same)
    for holders, records in by_holders.items():
        first, last = records[0][0], records[0][-1]
        more = len(records) - 1
        others = f", and so it is with {more} more record{'' if more == 1 else 's'}" if more else ""
        said = f"has the same id as {first.path}{others}"
        hint = (
            "if one is a copy that states nothing of its own, retire it by its path: relations"
            f" retire {shlex.quote(last.path)} --reason WHY"
        )
        yield found_at(last.path, Code.COPIED_RECORD, said, hint, holders)


def contested_slugs(tickets: Mapping[str, TicketInfo]) -> Iterator[Finding]:
    """Slugs that are the id of another ticket, or a long ending of one."""
    ids = sorted((_plain(id_)[::-1], id_) for id_ in tickets)
    for ticket in tickets.values():
        others = sorted(_ending_with(ids, ticket)) if ticket.slug else []
        if others:
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            whose = f"{', '.join(others[:_NAMED])}{more}"
            said = f"has the slug '{ticket.slug}', which also names {whose}, by id"
            hint = "give it another slug; until then that word names neither of them"
            path = f"{ticket.folder}/item.md"
            yield found_at(path, Code.CONTESTED_SLUG, said, hint, [ticket.id, *others[:_NAMED]])


def _ending_with(ids: list[tuple[str, str]], ticket: TicketInfo) -> Iterator[str]:
    """The other tickets whose ids are, or end with, the slug of `ticket`.

    Args:
        ids: of all tickets, each with what it is the other way round, by the latter.
        ticket: that has a slug.
    """
    slug = _plain(ticket.slug or "")
    backwards = slug[::-1]
    at = bisect_left(ids, (backwards, ""))
    while at < len(ids) and ids[at][0].startswith(backwards):
        id_ = ids[at][1]
        if id_ != ticket.id and _is_named(_plain(id_), slug):
            yield id_
        at += 1


def _is_named(id_: str, slug: str) -> bool:
    if id_ == slug:
        return True
    if len(slug) < _ENDING:
        return False
    is_number = len(id_) == _ID_LENGTH and id_.isascii() and id_.isalnum()
    return is_number or not (id_[-len(slug) - 1].isdigit() and slug[0].isdigit())


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().casefold())
