"""The cells of a table: a ticket, the phrase of a kind, and the texts of records."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text

from yoi_relations.kinds import phrase, shown_name
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.glyphs import ELLIPSIS, state_glyph
from yoi_relations.render.lines import counted
from yoi_relations.render.terminal.folding import cut
from yoi_relations.render.terminal.widths import drawable, drawn_glyph

CELL_NOTE_LIMIT = 240
"""Characters of a note in a table of many relations; `show TICKET` draws the whole note."""

_STATE_STYLES = {
    "planning": "magenta",
    "ready": "cyan",
    "queued": "yellow",
    "inprogress": "bold blue",
    "done": "green",
    "closed": "dim green",
}


_STATE_COLOURS = {
    "planning": "color(133)",
    "ready": "color(30)",
    "queued": "color(130)",
    "inprogress": "color(27)",
    "done": "color(28)",
    "closed": "color(243)",
}
"""Of the fixed colours, which no palette alters: they differ enough from white and from black."""
_UNKNOWN_COLOUR = "color(196)"
_MIN_TITLE_WIDTH = 4
"""Columns of a title that is cut."""


def ticket_text(
    ticket: TicketInfo, shown_id: str, columns: int, *, with_state: bool = False
) -> Text:
    """A ticket on one line: ``glyph Title… ID``, with a bold title; only the title is cut.

    Args:
        ticket: the ticket.
        shown_id: its id, short or whole.
        columns: columns to use; more if the id and the state do not fit in.
        with_state: whether the state follows in words; a state that is not known always does.
    """
    words = state_words(ticket) if with_state or ticket.state is None else ""
    end = " ".join(part for part in (drawable(shown_name(shown_id)), words) if part)
    text = Text.assemble(state_mark(ticket.state), " ")
    if ticket.title:
        free = columns - text.cell_len - cell_len(end) - 1
        title = cut(drawable(ticket.title), max(free, _MIN_TITLE_WIDTH), drawn_glyph(ELLIPSIS))
        text.append(title, style="bold").append(" ")
    return text.append(end)


def state_mark(state: str | None) -> Text:
    """The coloured glyph of a state."""
    return Text(drawn_glyph(state_glyph(state)), _STATE_COLOURS.get(state or "", _UNKNOWN_COLOUR))


def state_words(ticket: TicketInfo) -> str:
    """The state of a ticket, or why it has none."""
    return ticket.state or ("state unknown" if ticket.folders else "does not exist")


def ticket_cell(ticket: TicketInfo | None, *, narrow: bool) -> Text:
    """Id, state and title; if `narrow`, the state has a line of its own."""
    if ticket is None:
        return Text("")
    text = _id_and_state(ticket, "\n" if narrow else " ")
    return text.append(f"\n{drawable(ticket.title)}") if ticket.title else text


def ticket_lines(ticket: TicketInfo) -> list[Text]:
    """A line with id and state, which is never broken, and a line with the title."""
    name = _id_and_state(ticket, " ")
    name.no_wrap, name.overflow = True, "ignore"
    return [name, Text(drawable(ticket.title))] if ticket.title else [name]


def _id_and_state(ticket: TicketInfo, separator: str) -> Text:
    state = ticket.state or ("state unknown" if ticket.folders else "does not exist")
    style = _STATE_STYLES.get(state, "bold red")
    return Text.assemble((drawable(shown_name(ticket.id)), "bold"), separator, (state, style))


def whole_line(text: str, style: str = "dim") -> Text:
    """A line that is never broken, such as a path; print it with ``crop=False``."""
    return Text(drawable(text), style=style, no_wrap=True, overflow="ignore")


def phrase_cell(relation: Relation) -> Text:
    """What is read between ticket and target: ``blocked by``."""
    words = phrase(relation.kind)
    for prefix in ("is ", "has ", "an ", "a "):
        words = words.removeprefix(prefix)
    return Text(words)


def folded_cell(relation: Relation) -> Text:
    """The latest text of a record that is not retired, shortened, and its author."""
    all_records = relation.by_time()
    records = [record for record in all_records if not record.retired_at] or all_records
    shown = next((record for record in records if text_of(record)), records[0])
    text = text_of(shown)
    if len(text) > CELL_NOTE_LIMIT:
        text = text[:CELL_NOTE_LIMIT].rstrip() + "…"
    others = len(records) - 1
    return _text_and_details(
        text,
        [
            *_plan_lines(shown),
            f"{shown.author}, {shown.at[:10]}",
            f"and {counted(others, 'more record')}" if others else None,
            _labelled("not active", relation.inactive_reason),
        ],
    )


def whole_cell(relation: Relation) -> Text:
    """The whole text of every record, the latest first, with the id that retires it."""
    parts = [
        _text_and_details(
            text_of(record),
            [
                *_plan_lines(record),
                _labelled("roles", record.role_plan),
                f"{record.author}, {record.at[:10]}",
                record.id,
                _retirement_line(record),
            ],
        )
        for record in relation.by_time()
    ]
    if relation.inactive_reason:
        parts.append(_text_and_details("", [_labelled("not active", relation.inactive_reason)]))
    return Text("\n\n").join(parts)


def text_of(record: StoredRecord) -> str:
    """The text of a record (summary and note), which may have several lines."""
    return "\n".join(part for part in (record.summary, record.note) if part)


def _plan_lines(record: StoredRecord) -> list[str | None]:
    return [_labelled("branch", record.branch), _labelled("worktree", record.worktree)]


def _retirement_line(record: StoredRecord) -> str | None:
    if not record.retired_at:
        return None
    by, day = record.retired_by, record.retired_at[:10]
    return f"retired by {by}, {day}: {record.retired_reason}"


def _labelled(label: str, text: str | None) -> str | None:
    return f"{label}: {text}" if text else None


def _text_and_details(text: str, details: Iterable[str | None]) -> Text:
    lines = [Text(drawable(line)) for line in text.split("\n")] if text else []
    lines += [Text(drawable(line), style="dim") for line in details if line]
    return Text("\n").join(lines)
