"""Draws the answer of `diff`: the changes in groups, then what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.difference import Difference, VerdictChange
from yoi_relations.queries.relation_changes import RelationChange, RelationChangeType
from yoi_relations.queries.ticket_changes import TicketChange
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.render.glyphs import ELLIPSIS, short_ids
from yoi_relations.render.output import terminal_width
from yoi_relations.render.terminal.cells import (
    folded,
    folded_words,
    note_of,
    phrase_of,
    ticket_text,
)
from yoi_relations.render.terminal.folding import cut
from yoi_relations.render.terminal.widths import draw, drawable, drawn_glyph

_INDENT = 2
_TICKETS = {
    ChangeType.TICKET_ADDED: "New tickets",
    ChangeType.TICKET_GONE: "Tickets that are gone",
    ChangeType.STATE_CHANGED: "States",
    ChangeType.TITLE_CHANGED: "Titles",
}
_RELATIONS = {
    RelationChangeType.ADDED: "Relations added",
    RelationChangeType.RETIRED: "Relations retired",
    RelationChangeType.GONE: "Relations gone, which nothing retired",
    RelationChangeType.CHANGED: "Relations changed",
    RelationChangeType.UNCERTAIN: "Relations that a file may state that cannot be used",
    RelationChangeType.ENDED: "No longer in the way",
    RelationChangeType.RESUMED: "Active again",
}
_PROBLEMS = {
    ChangeType.PROBLEM_APPEARED: "New problems",
    ChangeType.PROBLEM_SOLVED: "Solved problems",
}
_HELD, _FREED, _OTHER = "Now on hold", "No longer on hold", "Other verdicts"


def draw_difference(head: Iterable[str], difference: Difference, *, paged: bool) -> None:
    """Draw lines of words, and the differences below them; if `paged`, in a pager."""
    columns = terminal_width()
    lines = folded_words("\n".join(head), columns)
    for title, entries in _Layout.of(difference, columns).groups(difference):
        if entries:
            lines += [Text(), Text(f"{title} ({len(entries)})", style="bold")]
            lines += [line for entry in entries for line in entry]
    draw(lines, paged=paged)


class _Layout(NamedTuple):
    """How tickets are drawn.

    Attributes:
        columns: columns of the terminal.
        shown: by id, the short id of a ticket.
    """

    columns: int
    shown: dict[str, str]

    @classmethod
    def of(cls, difference: Difference, columns: int) -> _Layout:
        ids = {end.id for change in difference.relations for end in change.relation.ends}
        ids |= {change.ticket.id for change in difference.tickets}
        ids |= {change.ticket.id for change in difference.verdicts}
        return cls(columns, short_ids(ids))

    def groups(self, difference: Difference) -> Iterator[tuple[str, list[list[Text]]]]:
        """Headings with their entries, which are lines."""
        for ticket_type, title in _TICKETS.items():
            tickets = (each for each in difference.tickets if each.what is ticket_type)
            yield title, [self._ticket_change(each) for each in tickets]
        for type_, title in _RELATIONS.items():
            relations = (each for each in difference.relations if each.what is type_)
            yield title, [self._relation_change(each) for each in relations]
        for title in (_HELD, _FREED, _OTHER):
            verdicts = (each for each in difference.verdicts if _verdict_title(each) == title)
            yield title, [self._verdict_change(each) for each in verdicts]
        for appeared, title in ((True, "New"), (False, "Solved")):
            clashes = (each.clash for each in difference.clashes if each.appeared is appeared)
            sentences = [self._words(clash.sentence) for clash in clashes]
            yield f"{title} cycles and contradictions", sentences
        for what, title in _PROBLEMS.items():
            problems = (each.problem for each in difference.problems if each.what is what)
            yield title, [self._words(str(problem)) for problem in problems]

    def _ticket_change(self, change: TicketChange) -> list[Text]:
        if change.what is ChangeType.TITLE_CHANGED:
            return self._words(change.sentence)
        if change.what is ChangeType.STATE_CHANGED:
            after = f"was {change.before or 'unknown'}, is {change.after or 'unknown'}"
            return self._with_words(change.ticket, after)
        return self._with_words(change.ticket, "")

    def _relation_change(self, change: RelationChange) -> list[Text]:
        relation = change.relation
        phrase = f"  {phrase_of(relation)}"
        ends = len(relation.ends)
        room = (self.columns - _INDENT - len(phrase) - 2) // ends
        line = Text(" " * _INDENT).append_text(self._ticket(relation.ticket, room)).append(phrase)
        if relation.target is not None:
            line.append("  ").append_text(self._ticket(relation.target, room))
        lines = folded(line, self.columns, hanging=2 * _INDENT, whole_words=True)
        said = change.sentence.removeprefix(relation.sentence).strip(" :")
        if change.what is RelationChangeType.ADDED:
            said = cut(
                note_of(relation, self.shown), self.columns - 2 * _INDENT, drawn_glyph(ELLIPSIS)
            )
        return lines + folded_words(said, self.columns, indent=2 * _INDENT)

    def _verdict_change(self, change: VerdictChange) -> list[Text]:
        reason = change.reason.removeprefix(f"{change.ticket.name} ")
        lines = self._with_words(change.ticket, change.words)
        return lines + folded_words(reason, self.columns, indent=2 * _INDENT)

    def _with_words(self, ticket: TicketInfo, after: str) -> list[Text]:
        """A ticket, and words behind it."""
        room = self.columns - _INDENT - len(after) - 2
        line = Text(" " * _INDENT).append_text(self._ticket(ticket, room))
        if after:
            line.append(f"  {after}")
        return folded(line, self.columns, hanging=2 * _INDENT, whole_words=True)

    def _words(self, text: str) -> list[Text]:
        line = Text(f"{' ' * _INDENT}{drawable(text)}")
        return folded(line, self.columns, hanging=2 * _INDENT, whole_words=True)

    def _ticket(self, ticket: TicketInfo, room: int) -> Text:
        return ticket_text(ticket, self.shown[ticket.id], room, title_style="")


def _verdict_title(change: VerdictChange) -> str:
    if change.after is Verdict.HOLD:
        return _HELD
    if change.before is Verdict.HOLD and change.after is not Verdict.UNKNOWN:
        return _FREED
    return _OTHER
