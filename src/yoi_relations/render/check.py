"""Writes the answer of `check`, and says with which status it ends."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.errors import ExitCode
from yoi_relations.index.handle import Index
from yoi_relations.kinds import shown_name
from yoi_relations.queries.check import Check, CheckAnswer
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.holds import HeldTicket
from yoi_relations.render.documents import (
    Value,
    envelope,
    plan_value,
    problem_value,
    shorten,
)
from yoi_relations.render.output import Mode, json_line, notice, write_answer

LISTED_PROBLEMS = 200
"""Problems that an answer without a limit of its own lists."""


def write_checks(
    mode: Mode, index: Index, checked: CheckAnswer, expect: str | None, *, named: bool
) -> ExitCode:
    """Write the answer of `check`: of tickets that were named, every reason."""
    if mode is Mode.JSON:
        write_answer(json_line(check_document(index, checked, whole=named)))
    elif mode is Mode.PLAIN:
        from yoi_relations.render.lines import tab_separated  # noqa: PLC0415  # for lines only

        write_answer(tab_separated(row for one in checked.checks for row in _rows(one)))
    else:
        from yoi_relations.render.terminal.check import draw_checks  # noqa: PLC0415  # Rich

        draw_checks(checked.checks, whole=named)
    code = exit_code_of_checks(checked, expect)
    if code is ExitCode.NOT_AS_EXPECTED:
        notice("the expected digest no longer holds; this is the new answer", mode)
    return code


def exit_code_of_checks(checked: CheckAnswer, expect: str | None) -> ExitCode:
    """The exit status of `check` with this answer, and with this digest expected."""
    if expect is not None and any(one.digest != expect for one in checked.checks):
        return ExitCode.NOT_AS_EXPECTED
    return _EXIT_CODES[max((one.verdict for one in checked.checks), default=Verdict.CLEAR)]


_EXIT_CODES = {
    Verdict.CLEAR: ExitCode.DONE,
    Verdict.CAUTION: ExitCode.CAUTION,
    Verdict.HOLD: ExitCode.HOLD,
    Verdict.UNKNOWN: ExitCode.UNKNOWN,
}


def check_document(index: Index, checked: CheckAnswer, *, whole: bool) -> Value:
    """The answer of `check`; notes are cut unless they are wanted `whole`."""
    problems = checked.problems[:LISTED_PROBLEMS]
    return envelope("check", index) | {
        "checks": [check_value(one, whole=whole) for one in checked.checks],
        "problems": [problem_value(one) for one in problems],
        "problems_total": len(checked.problems),
    }


def check_value(check: Check, *, whole: bool = True) -> Value:
    """The check of one ticket."""
    return {
        "ticket": check.ticket.id,
        "title": check.ticket.title,
        "state": check.ticket.state,
        "verdict": check.verdict.word,
        "digest": check.digest,
        "plan": plan_value(check.plan.latest_record, whole=whole) if check.plan else None,
        "reasons": [_reason_value(reason, whole=whole) for reason in check.reasons],
        "holds": [_held_value(held) for held in check.holds],
    }


def _held_value(held: HeldTicket) -> Value:
    ticket = held.ticket
    return {
        "ticket": ticket.id,
        "title": ticket.title,
        "state": ticket.state,
        "frees": held.frees,
    }


def _reason_value(reason: Reason, *, whole: bool) -> Value:
    relation, other = reason.relation, reason.other
    note = relation.latest_record.note if relation else None
    shown = shorten(note, whole=whole)
    cut = "…" if shown != note else ""
    return {
        "verdict": reason.verdict.word,
        "code": reason.code,
        "class": relation.cls if relation else None,
        "kind": relation.kind if relation else None,
        "sentence": reason.sentence,
        "ticket": other.id if other else None,
        "title": other.title if other else None,
        "state": other.state if other else None,
        "note": shown and f"{shown}{cut}",
        "records": [
            {"id": place.id or None, "path": place.path, "line": place.line}
            for place in reason.records
        ],
    }


def _rows(check: Check) -> Iterator[list[object]]:
    """One row a reason: verdict, ticket, its state, reason's verdict, code, other ticket, sentence.

    A ticket without any has one row, with nothing behind its state.
    """
    of_ticket = [check.verdict.word, shown_name(check.ticket.id), check.ticket.state]
    for one in check.reasons:
        other = shown_name(one.other.id) if one.other else None
        yield [*of_ticket, one.verdict.word, one.code, other, one.sentence]
    if not check.reasons:
        yield [*of_ticket, None, None, None, None]
