"""Names that a shell can offer: tickets with their titles, records with what they say, kinds.

An offer is no answer: it is taken from the index as it lies, without a look at the files, and only
where there is none it is built. Whoever sends the command off gets an answer that is checked.
"""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Trust
from yoi_relations.kinds import ALIASES, KINDS, Edge, RelationClass, dashed, sentence
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.records import find_records
from yoi_relations.queries.tickets import TicketInfo, all_tickets
from yoi_relations.render.output import visible

WIDTH = 100
"""Characters of a help text that are worth sending; shells cut it to their line."""


class Candidate(NamedTuple):
    """One word that could stand there.

    Attributes:
        value: the word.
        help: what a shell may show beside it.
        sought: where any part may be what somebody has typed.
    """

    value: str
    help: str
    sought: str = ""


def matching(found: Iterable[Candidate], typed: str) -> list[Candidate]:
    """Those that begin with `typed`, in any case; else those that may be sought by it.

    Ids of tickets and records begin alike, so a part is what people know of them.
    """
    small = typed.lower()
    known = list(found)
    return [one for one in known if one.value.lower().startswith(small)] or [
        one for one in known if small in one.sought.lower()
    ]


def lines(found: Iterable[Candidate]) -> str:
    """One line a candidate: value, tab, help; in the help, control characters are written out."""
    return "".join(f"{one.value}\t{_short(visible(one.help))}\n" for one in found)


def tickets(directory: str | None) -> list[Candidate]:
    """Every ticket of the workspace around `directory`."""
    with _opened(directory) as index:
        found = all_tickets(index.connection)
    return [_ticket(one) for one in found if _is_plain(one.id)]


def _ticket(ticket: TicketInfo) -> Candidate:
    said = f"{ticket.title or 'no title'} ({ticket.state or 'state not known'})"
    return Candidate(ticket.id, said, f"{ticket.id} {ticket.slug or ''} {ticket.title or ''}")


def records(directory: str | None) -> list[Candidate]:
    """Every record that is not retired, by id, with what it says."""
    with _opened(directory) as index:
        found = find_records(index.connection)
    said = {
        one.id: sentence(Edge(one.shown, one.edge_ticket, one.edge_target))
        for one in found
        if not one.retired_at and _is_plain(one.id)
    }
    return [Candidate(id_, says, f"{id_} {says}") for id_, says in said.items()]


def kinds() -> list[Candidate]:
    """What `add` takes as a kind."""
    return [Candidate(dashed(kind.name), str(kind.cls), kind.name) for kind in KINDS.values()]


def kinds_and_classes() -> list[Candidate]:
    """What `show` takes as a kind."""
    classes = [Candidate(cls.value, "a class of kinds") for cls in RelationClass]
    aliases = [Candidate(alias, f"short for {cls}") for alias, cls in ALIASES.items()]
    return [*kinds(), *classes, *aliases]


def _opened(directory: str | None) -> Index:
    return open_index(find_workspace(directory), _silent, trust=Trust.INDEX, wait=0.0)


def _silent(_message: str) -> None:
    """A notice that would stand in the middle of somebody's command line."""


def _is_plain(value: str) -> bool:
    """Whether it can be offered: it is no option, and nothing in it acts on a terminal."""
    return not value.startswith("-") and value == visible(value)


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
