"""Draws the answer of `log`: the events of each commit below it, tickets with their titles."""

from __future__ import annotations

from itertools import groupby

from rich.text import Text

from yoi_relations.history.lives import Event
from yoi_relations.kinds import Edge, named
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.log import Log
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.render.event_words import event_deed, event_edge, event_text, record_words
from yoi_relations.render.glyphs import short_ids
from yoi_relations.render.lines import counted
from yoi_relations.render.output import terminal_width
from yoi_relations.render.phrases import PHRASES
from yoi_relations.render.provenance import commit_words
from yoi_relations.render.terminal.cells import folded, folded_words, moved
from yoi_relations.render.terminal.widths import draw, drawable

_INDENT = 2


def draw_log(log: Log, connection: Connection, *, paged: bool) -> None:
    """Draw the events, below a line for each commit.

    Args:
        log: the answer.
        connection: to the index, which has the titles of the tickets that exist.
        paged: whether a long table goes to a pager.
    """
    columns = terminal_width()
    names = _Names.of(log, connection)
    lines = folded_words(counted(log.total, "event"), columns)
    for words, events in groupby(log.events, key=_heading):
        lines += [Text(), *folded(Text(words, style="bold"), columns)]
        for event in events:
            sentence = Text(drawable(names.sentence(event)))
            room = max(columns - _INDENT, _INDENT)
            lines += moved(_INDENT, folded(sentence, room, hanging=_INDENT, whole_words=True))
            lines += folded_words(event_text(event) or "", columns, indent=2 * _INDENT)
    draw(lines, paged=paged)


class _Names(NamedTuple):
    """How tickets are called.

    Attributes:
        tickets: by id; of one that is gone, only the id is known.
        shown: by id, the short id of a ticket.
    """

    tickets: dict[str, TicketInfo]
    shown: dict[str, str]

    @classmethod
    def of(cls, log: Log, connection: Connection) -> _Names:
        edges = [edge for edge in map(event_edge, log.events) if edge]
        ids = {edge.ticket for edge in edges} | {edge.target for edge in edges if edge.target}
        return cls(load_tickets(connection, ids), short_ids(ids))

    def sentence(self, event: Event) -> str:
        """Who did what, and the relation, with the titles of its tickets."""
        edge = event_edge(event)
        return f"{event_deed(event)}: {self._relation(edge) if edge else record_words(event)}"

    def _relation(self, edge: Edge) -> str:
        words = f"{self._ticket(edge.ticket)}  {PHRASES[edge.shown][0]}"
        return f"{words}  {self._ticket(edge.target)}" if edge.target else words

    def _ticket(self, id_: str) -> str:
        """Title and short id; the whole id if there is no title."""
        title = self.tickets[id_].title
        return f"{title} {self.shown[id_]}" if title else named(id_)


def _heading(event: Event) -> str:
    return drawable(commit_words(event.commit, event.how))
