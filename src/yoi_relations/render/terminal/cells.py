"""What lines on a terminal are made of: tickets, states, phrases, and the texts of records."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from rich.text import Text

from yoi_relations.kinds import shown_name
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.glyphs import ELLIPSIS, ELSEWHERE_GLYPH, state_glyph
from yoi_relations.render.phrases import PHRASES
from yoi_relations.render.terminal.folding import cut, fold, fold_spans
from yoi_relations.render.terminal.widths import drawable, drawn_glyph

FIXED = {
    "red": "color(196)",
    "green": "color(28)",
    "blue": "color(27)",
    "amber": "color(130)",
    "cyan": "color(30)",
    "magenta": "color(133)",
    "grey": "color(243)",
}
"""Colours of glyphs that no palette alters; each differs enough from both white and black."""
_STATE_COLOURS = {
    "planning": FIXED["magenta"],
    "ready": FIXED["cyan"],
    "queued": FIXED["amber"],
    "inprogress": FIXED["blue"],
    "done": FIXED["green"],
    "closed": FIXED["grey"],
}
_MIN_TITLE_WIDTH = 4
"""Columns of a title; with less room, there is none."""


def phrase_of(relation: Relation, *, seen_from: str | None = None) -> str:
    """The words before the other end of a relation.

    Args:
        relation: the relation.
        seen_from: id of one end; None for its ticket.
    """
    forward, backward = PHRASES[relation.kind]
    return forward if seen_from in (None, relation.ticket.id) else backward


def ticket_text(
    ticket: TicketInfo,
    shown_id: str,
    columns: int,
    *,
    with_state: bool = False,
    title_style: str = "bold",
) -> Text:
    """A ticket on one line: ``glyph Title… ID``; only the title is cut or left out.

    Args:
        ticket: the ticket.
        shown_id: its id, short or whole.
        columns: columns to use; more if the id and the state do not fit in.
        with_state: whether the state follows in words; a state that is not known always does.
        title_style: the style of the title.
    """
    end = " ".join(_id_and_state(ticket, shown_id, with_state=with_state))
    text = Text.assemble(_mark(ticket), " ")
    free = columns - text.cell_len - cell_len(end) - 1
    if ticket.title and free >= _MIN_TITLE_WIDTH:
        title = cut(drawable(ticket.title), free, drawn_glyph(ELLIPSIS))
        text.append(title, style=title_style).append(" ")
    return text.append(end)


def ticket_lines(
    ticket: TicketInfo,
    shown_id: str,
    columns: int,
    *,
    before: str = "",
    title_style: str = "bold",
) -> list[Text]:
    """A ticket with its whole title and its state; an id is never broken.

    Args:
        ticket: the ticket.
        shown_id: its id, short or whole.
        columns: columns of each line.
        before: words before the ticket.
        title_style: the style of the title.
    """
    text = Text.assemble(before, _mark(ticket), " ")
    if ticket.title:
        text.append(drawable(ticket.title), style=title_style).append(" ")
    lines = folded(text, columns, hanging=2)
    id_, *states = _id_and_state(ticket, shown_id, with_state=True)
    for word in (id_, *" ".join(states).split()):
        if lines[-1].cell_len + 1 + cell_len(word) > columns:
            lines.append(Text(f"  {word}"))
        else:
            lines[-1].append(f" {word}")
    return lines


def _id_and_state(ticket: TicketInfo, shown_id: str, *, with_state: bool) -> list[str]:
    id_ = drawable(shown_name(shown_id))
    return [id_, ticket.state_words] if with_state or ticket.state is None else [id_]


def _mark(ticket: TicketInfo) -> Text:
    """The coloured glyph of a ticket's state, or of a ticket that is elsewhere."""
    if ticket.elsewhere:
        return Text(drawn_glyph(ELSEWHERE_GLYPH), FIXED["grey"])
    glyph = drawn_glyph(state_glyph(ticket.state))
    return Text(glyph, _STATE_COLOURS.get(ticket.state or "", FIXED["red"]))


def folded(text: Text, columns: int, *, hanging: int = 0, whole_words: bool = False) -> list[Text]:
    """The lines of `text`, which is one line, in `columns`; its styles stay.

    Args:
        text: the text.
        columns: columns of each line.
        hanging: columns by which all lines but the first are moved to the right.
        whole_words: whether a word, such as an id, is never broken.
    """
    spans = fold_spans(
        text.plain, max(columns - hanging, 2), first=columns, whole_words=whole_words
    )
    first, *rest = [text[start:end] for start, end in spans]
    return [first, *moved(hanging, rest)]


def moved(columns: int, lines: list[Text]) -> list[Text]:
    """`lines`, moved to the right."""
    return [Text(" " * columns).append_text(line) if line else line for line in lines]


def folded_words(text: str, columns: int, *, indent: int = 0) -> list[Text]:
    """Text of people or of the program, which may have several lines, folded and moved right."""
    return moved(
        indent,
        [
            Text(line)
            for paragraph in text.splitlines()
            for line in fold(drawable(paragraph), max(columns - indent, 2))
        ],
    )


def text_of(record: StoredRecord) -> str:
    """The text of a record (summary and note), which may have several lines."""
    return "\n".join(part for part in (record.summary, record.note) if part)


def plan_fields(record: StoredRecord, *, whole: bool) -> list[str]:
    """Branch, work tree and roles of a plan, each with its name.

    Unless `whole`, only the last part of the path of the work tree is given, and no roles are.
    """
    path = record.worktree
    if path and not whole:
        path = path.rstrip("/").rpartition("/")[2]
    fields = {"branch": record.branch, "work tree": path}
    if whole:
        fields["roles"] = record.role_plan
    return [f"{name}: {text}" for name, text in fields.items() if text]


def note_of(relation: Relation, shown: Mapping[str, str]) -> str:
    """On one line, why a relation is not active, and the latest text that is recorded for it.

    Args:
        relation: the relation.
        shown: by id, the shown id of each end.
    """
    records = relation.by_time()
    counting = [record for record in records if not record.is_retired] or records
    latest = next((record for record in counting if text_of(record)), counting[0])
    parts = [inactive_words(relation, shown), " ".join(text_of(latest).split())]
    parts += plan_fields(latest, whole=False)
    return drawable("; ".join(part for part in parts if part))


def inactive_words(relation: Relation, shown: Mapping[str, str]) -> str:
    """``not active`` and the reason, in which the shown ids stand; empty if it is active."""
    reason = relation.inactive_reason
    if reason is None:
        return ""
    for end in relation.ends:
        reason = reason.replace(end.name, shown[end.id])
    return f"not active: {reason}"
