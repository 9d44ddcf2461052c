"""Draws the answer of `log`: the events of each commit below it."""

from __future__ import annotations

from itertools import groupby

from rich.text import Text

from yoi_relations.history.lives import Event
from yoi_relations.queries.log import Log
from yoi_relations.render.event_words import event_sentence, event_text
from yoi_relations.render.lines import counted
from yoi_relations.render.output import terminal_width, visible
from yoi_relations.render.provenance import commit_words
from yoi_relations.render.terminal.cells import folded, folded_words
from yoi_relations.render.terminal.widths import draw, drawable

_INDENT = 2


def draw_log(log: Log, *, paged: bool) -> None:
    """Draw the events, below a line for each commit."""
    columns = terminal_width()
    lines = folded_words(counted(log.total, "event"), columns)
    for words, events in groupby(log.events, key=_heading):
        lines += [Text(), *folded(Text(words, style="bold"), columns)]
        for event in events:
            lines += folded_words(visible(event_sentence(event)), columns, indent=_INDENT)
            text = visible(event_text(event) or "")
            lines += folded_words(text, columns, indent=2 * _INDENT)
    draw(lines, paged=paged)


def _heading(event: Event) -> str:
    return drawable(visible(commit_words(event.commit, event.how)))
