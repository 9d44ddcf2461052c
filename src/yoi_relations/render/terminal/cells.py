"""What stands in the cells of a table: a ticket, a phrase, and what the records say."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from yoi_relations.kinds import phrase, shown_name
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.terminal.widths import drawable

FOLDED_NOTE = 240
"""Characters of a note in a list; `show TICKET` draws all of it."""

_STATE_STYLES = {
    "planning": "magenta",
    "ready": "cyan",
    "queued": "yellow",
    "inprogress": "bold blue",
    "done": "green",
    "closed": "dim green",
}


def ticket_cell(ticket: TicketInfo | None, *, narrow: bool) -> Text:
    """Id, state, title; the state on a line of its own where there is little room."""
    if ticket is None:
        return Text("")
    text = _named(ticket, "\n" if narrow else " ")
    return text.append(f"\n{drawable(ticket.title)}") if ticket.title else text


def ticket_lines(ticket: TicketInfo) -> list[Text]:
    """The same as lines below one another, of which the first is never broken."""
    name = _named(ticket, " ")
    name.no_wrap, name.overflow = True, "ignore"
    return [name, Text(drawable(ticket.title))] if ticket.title else [name]


def _named(ticket: TicketInfo, between: str) -> Text:
    state = ticket.state or ("state unknown" if ticket.folders else "does not exist")
    style = _STATE_STYLES.get(state, "bold red")
    return Text.assemble((drawable(shown_name(ticket.id)), "bold"), between, (state, style))


def whole_line(text: str, style: str = "dim") -> Text:
    """A line that is never broken, such as a path; print it with ``crop=False``."""
    return Text(drawable(text), style=style, no_wrap=True, overflow="ignore")


def phrase_cell(relation: Relation) -> Text:
    """What stands between ticket and target: ``blocked by``."""
    said = phrase(relation.kind)
    for word in ("is ", "has ", "an ", "a "):
        said = said.removeprefix(word)
    return Text(said)


def folded_cell(relation: Relation) -> Text:
    """The latest text that a standing record gives, shortened, and who said it."""
    records = relation.by_time()
    standing = [one for one in records if not one.retired_at] or records
    speaker = next((one for one in standing if said_by(one)), standing[0])
    said = said_by(speaker)
    if len(said) > FOLDED_NOTE:
        said = said[:FOLDED_NOTE].rstrip() + "…"
    others = len(standing) - 1
    return _lines(
        said,
        [
            *_plan_lines(speaker),
            f"{speaker.author}, {speaker.at[:10]}",
            f"and {others} more record{'' if others == 1 else 's'}" if others else None,
            _labelled("not active", relation.inactive_reason),
        ],
    )


def whole_cell(relation: Relation) -> Text:
    """What every record says, the latest first, with the id to retire it by."""
    parts = [
        _lines(
            said_by(one),
            [
                *_plan_lines(one),
                _labelled("roles", one.role_plan),
                f"{one.author}, {one.at[:10]}",
                one.id,
                _retired(one),
            ],
        )
        for one in relation.by_time()
    ]
    if relation.inactive_reason:
        parts.append(_lines("", [_labelled("not active", relation.inactive_reason)]))
    return Text("\n\n").join(parts)


def said_by(record: StoredRecord) -> str:
    """The text of a record, which may have several lines."""
    return "\n".join(part for part in (record.summary, record.note) if part)


def _plan_lines(record: StoredRecord) -> list[str | None]:
    return [_labelled("branch", record.branch), _labelled("worktree", record.worktree)]


def _retired(record: StoredRecord) -> str | None:
    if not record.retired_at:
        return None
    by, day = record.retired_by, record.retired_at[:10]
    return f"retired by {by}, {day}: {record.retired_reason}"


def _labelled(label: str, text: str | None) -> str | None:
    return f"{label}: {text}" if text else None


def _lines(said: str, details: Iterable[str | None]) -> Text:
    lines = [Text(drawable(line)) for line in said.split("\n")] if said else []
    lines += [Text(drawable(line), style="dim") for line in details if line]
    return Text("\n").join(lines)
