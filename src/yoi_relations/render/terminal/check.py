"""Draws the answer of `check`: one row per ticket, or every reason of named tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.text import Text

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.check import Check
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.holds import HeldTicket
from yoi_relations.render.glyphs import ELLIPSIS, VERDICT_GLYPHS, short_ids
from yoi_relations.render.lines import counted
from yoi_relations.render.output import terminal_width
from yoi_relations.render.phrases import REASON_PHRASES, SAID_IN_WORDS, WHOLE_SENTENCES
from yoi_relations.render.terminal.cells import (
    FIXED,
    folded,
    folded_words,
    moved,
    phrase_of,
    plan_fields,
    text_of,
    ticket_lines,
    ticket_text,
)
from yoi_relations.render.terminal.folding import cut
from yoi_relations.render.terminal.widths import NARROW, WIDE, draw, drawable, drawn_glyph, widest
from yoi_relations.states import State

_COLOURS = {
    Verdict.CLEAR: FIXED["green"],
    Verdict.CAUTION: FIXED["amber"],
    Verdict.HOLD: FIXED["red"],
    Verdict.UNKNOWN: FIXED["magenta"],
}
_INDENT, _GAP = 2, 2
_VERDICT_WIDTH = 2 + max(len(verdict.word) for verdict in Verdict)
"""Columns of a glyph and a word."""
_TICKET_SHARE = 0.5
REFERENCE_TO_COMMON = "a source that cannot be read could hold a blocker; see below"
"""The first reason of a ticket that has no other than the common ones."""


def draw_checks(
    checks: list[Check], *, whole: bool, fold: bool, paged: bool, more: Sequence[Text] = ()
) -> None:
    """Draw `checks`.

    Args:
        checks: the checks.
        whole: whether each of them is drawn with all its reasons; otherwise with the first one.
        fold: whether tickets that only their state keeps from being accepted are counted in one
            line, not listed.
        paged: whether a long answer goes to a pager.
        more: lines to draw below.
    """
    columns = terminal_width()
    # A source that cannot be read is a reason for every ticket of a workspace: it is drawn once.
    once = not whole or len(checks) > 1
    common = _common_reasons(checks) if once else []
    if whole:
        lines = [line for one in checks for line in _whole_check(one, columns, once=once)]
    else:
        lines = _overview(checks, columns, fold=fold)
    if common:
        everywhere = all(sum(map(_is_common, one.reasons)) == len(common) for one in checks)
        whose = "" if everywhere else " of the same workspace"
        lines += [Text(), Text(f"For every ticket{whose}", style="bold")]
        lines += [line for reason in common for line in _whole_reason(reason, None, columns)]
    draw([*(lines[1:] if lines and not lines[0].plain else lines), *more], paged=paged)


def _common_reasons(checks: list[Check]) -> list[Reason]:
    reasons = (reason for check in checks for reason in check.reasons if _is_common(reason))
    return list(dict.fromkeys(reasons))


def _is_common(reason: Reason) -> bool:
    return reason.code == "unusable_source"


def _overview(checks: list[Check], columns: int, *, fold: bool) -> list[Text]:
    """Counts, and a row per ticket: what can be acted on comes first."""
    folded = [one for one in checks if fold and _only_its_state(one)]
    listed = [one for one in checks if not (fold and _only_its_state(one))]
    counts = Counter(one.verdict for one in listed)
    parts = [f"{counts[verdict]} {verdict.word}" for verdict in sorted(counts)]
    unaccepted = f"{len(folded)} not up for acceptance"
    total = counted(len(checks), "ticket")
    summary = f"{total}: {', '.join([*parts, *([unaccepted] if folded else [])])}"
    lines = folded_words(summary if checks else "No ticket to check.", columns)
    if listed:
        lines.append(Text())
        rows = _Rows.of(listed, columns)
        for one in sorted(listed, key=lambda one: (one.verdict, _has_state_reason(one))):
            lines += rows.lines(one)
    if folded:
        states = Counter(one.ticket.state for one in folded)
        of_states = ", ".join(f"{states[state]} {state}" for state in State if states[state])
        lines += [Text(), *folded_words(f"{unaccepted}: {of_states}", columns)]
    return lines


def _only_its_state(check: Check) -> bool:
    """Whether nothing but its state keeps a ticket from being accepted."""
    return [reason.code for reason in check.reasons if reason.verdict > Verdict.CLEAR] == ["state"]


class _Rows(NamedTuple):
    """How a ticket and its first reason are drawn.

    Attributes:
        columns: columns of the terminal.
        shown: by id, the short id of a ticket.
        ticket: columns of the ticket, if its reason stands beside it; otherwise 0.
    """

    columns: int
    shown: dict[str, str]
    ticket: int

    @classmethod
    def of(cls, checks: list[Check], columns: int) -> _Rows:
        firsts = [reason for one in checks for reason in _own_reasons(one)[:1]]
        others = [reason.other.id for reason in firsts if reason.other]
        shown = short_ids([one.ticket.id for one in checks] + others)
        if columns < WIDE:
            return cls(columns, shown, 0)
        natural = [ticket_text(o.ticket, shown[o.ticket.id], columns).plain for o in checks]
        free = columns - _VERDICT_WIDTH - 2 * _GAP
        return cls(columns, shown, min(widest(natural), int(free * _TICKET_SHARE)))

    def lines(self, check: Check) -> list[Text]:
        """The line of a ticket, or two if the reason does not fit beside it."""
        line = _verdict_cell(check.verdict, self.columns)
        room = self.ticket or self.columns - line.cell_len
        line.append_text(ticket_text(check.ticket, self.shown[check.ticket.id], room))
        indent = _INDENT if self.columns < NARROW else _VERDICT_WIDTH + _GAP
        if self.ticket:
            line.append(" " * (indent + self.ticket + _GAP - line.cell_len))
            line.append_text(self._first_reason(check, self.columns - line.cell_len))
            line.rstrip()
            return [line]
        reason = self._first_reason(check, self.columns - indent)
        if not reason:
            return [line]
        lines = folded(reason, self.columns - indent, hanging=_INDENT, whole_words=True)
        return [line, *moved(indent, lines)]

    def _first_reason(self, check: Check, columns: int) -> Text:
        """The first reason of the ticket, and how many more; empty if it is clear."""
        reasons = _own_reasons(check)
        if not reasons:
            said = REFERENCE_TO_COMMON if check.verdict > Verdict.CLEAR else ""
            return Text(cut(said, columns, drawn_glyph(ELLIPSIS)))
        more = f" (+{len(reasons) - 1} more)" if reasons[1:] else ""
        return self._reason(check, reasons[0], columns - len(more)).append(more)

    def _reason(self, check: Check, reason: Reason, columns: int) -> Text:
        words = _words_before_other(check, reason)
        if words and reason.other is not None:
            room = columns - len(words) - 1
            other = ticket_text(reason.other, self.shown[reason.other.id], room, title_style="")
            return Text(f"{words} ").append_text(other)
        text = _sentence(reason, check)
        if reason.code == "waiting" and reason.relation is not None:
            text = f"waiting: {' '.join(text_of(reason.relation.latest_record).split())}"
        return Text(cut(drawable(text), max(columns, 1), drawn_glyph(ELLIPSIS)))


def _has_state_reason(check: Check) -> bool:
    """Whether its state is a reason, too, why a ticket may not be accepted."""
    return any(reason.code == "state" for reason in check.reasons)


def _own_reasons(check: Check) -> list[Reason]:
    """The reasons that are worse than clear, without those that every ticket has.

    Among equally bad ones, that of the state is the last, since the glyph says it, too.
    """
    own = [
        reason
        for reason in check.reasons
        if reason.verdict > Verdict.CLEAR and not _is_common(reason)
    ]
    return sorted(own, key=lambda reason: (-reason.verdict, reason.code == "state"))


def _words_before_other(check: Check, reason: Reason) -> str:
    """The words before the other ticket, if the reason is that ticket; otherwise empty."""
    if reason.relation is None or reason.other is None or reason.code in SAID_IN_WORDS:
        return ""
    if reason.worktree:  # its sentence names the work tree
        return ""
    by_relation = phrase_of(reason.relation, seen_from=check.ticket.id)
    return REASON_PHRASES.get(reason.code, by_relation)


def _sentence(reason: Reason, check: Check | None) -> str:
    """The sentence of a reason; it does not name the ticket that is checked."""
    return reason.text.removeprefix(f"{check.ticket.name} ") if check else reason.text


def _whole_check(check: Check, columns: int, *, once: bool) -> Iterator[Text]:
    """A check with all its reasons; if `once`, without those that every ticket has."""
    mark = _verdict_cell(check.verdict, columns)
    head = ticket_lines(check.ticket, check.ticket.id, columns - mark.cell_len)
    yield Text()
    yield Text.assemble(mark, head[0])
    yield from moved(mark.cell_len, head[1:])
    reasons = [reason for reason in check.reasons if not (once and _is_common(reason))]
    if len(reasons) < len(check.reasons):
        lines = folded_words(REFERENCE_TO_COMMON, _free(columns))
        yield from _row(Verdict.UNKNOWN, lines, columns)
    for reason in reasons:
        yield from _whole_reason(reason, check, columns)
    if not check.reasons:
        yield from folded_words("no recorded relation speaks against it", columns, indent=_INDENT)
    yield Text()
    for held in check.holds:
        yield from moved(_INDENT, _held_lines(held, columns - _INDENT))
    yield Text(f"  digest {check.digest}")


def _held_lines(held: HeldTicket, columns: int) -> list[Text]:
    """A ticket that the checked one holds up."""
    verb = "frees, once done, " if held.frees else "holds, with others, "
    return ticket_lines(held.ticket, held.ticket.id, columns, before=verb, title_style="")


def _whole_reason(reason: Reason, check: Check | None, columns: int) -> Iterator[Text]:
    """A reason with its text, and the places of its records."""
    free = _free(columns)
    words = _words_before_other(check, reason) if check else ""
    if words and reason.other is not None and reason.code not in WHOLE_SENTENCES:
        other = reason.other
        lines = ticket_lines(other, other.id, free, before=f"{words} ", title_style="")
    else:
        lines = folded_words(_sentence(reason, check), free)
    lines += folded_words(_details(reason), free)
    yield from _row(reason.verdict, lines, columns)
    # A path stays whole, to be copied, even if it is longer than a line of the terminal.
    for place in map(drawable, map(str, reason.records)):
        yield Text(" " * (columns - free if widest([place]) <= free else _INDENT) + place)


def _free(columns: int) -> int:
    """Columns of a reason beside its verdict; below it, if there is no room."""
    return columns - _INDENT - (_INDENT if columns < NARROW else _VERDICT_WIDTH + _GAP)


def _row(verdict: Verdict, lines: list[Text], columns: int) -> list[Text]:
    """A verdict, and its reason in the next column or below."""
    mark = Text(" " * _INDENT).append_text(_verdict_cell(verdict, columns))
    indent = columns - _free(columns)
    if columns < NARROW:
        mark.rstrip()
        return [mark, *moved(indent, lines)]
    return [mark.append_text(lines[0]), *moved(indent, lines[1:])]


def _details(reason: Reason) -> str:
    """The text of the latest record that states the reason's relation, in lines."""
    if reason.relation is None:
        return ""
    record = reason.relation.latest_record
    fields = plan_fields(record, whole=False) if reason.code == "plan" else []
    return "\n".join([text_of(record), *fields])


def _verdict_cell(verdict: Verdict, columns: int) -> Text:
    """The coloured glyph of a verdict, its word and a gap; if there is room, as wide as any."""
    glyph = drawn_glyph(VERDICT_GLYPHS[verdict.word])
    word = f"{verdict.word} "
    if columns >= NARROW:
        word = word.ljust(_VERDICT_WIDTH - 2 + _GAP)
    return Text.assemble((glyph, _COLOURS[verdict]), " ", (word, "bold"))
