"""Writes the answer of `check` and chooses its exit status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yoi_relations.errors import ExitCode
from yoi_relations.index.handle import revision_fields
from yoi_relations.kinds import shown_name
from yoi_relations.lean.types import TYPE_CHECKING
from yoi_relations.queries.check import Check, CheckAnswer
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.committed import NOTHING_KNOWN, find_committed
from yoi_relations.queries.holds import HeldTicket
from yoi_relations.queries.records import RecordPlace
from yoi_relations.render.documents import (
    Value,
    envelope,
    marked,
    place_value,
    plan_value,
    problem_fields,
    word_field,
)
from yoi_relations.render.output import Mode, json_line, notice, write_answer

if TYPE_CHECKING:
    from yoi_relations.queries.catalog import Catalog


def write_checks(  # noqa: PLR0913  # what was asked for, and how to write it
    mode: Mode,
    catalog: Catalog,
    checked: CheckAnswer,
    expect: str | None,
    *,
    named: bool,
    by_state: bool,
    paged: bool,
) -> ExitCode:
    """Write the answer of `check`.

    Args:
        mode: how to write it.
        catalog: what was asked.
        checked: the answer.
        expect: the digest that `--expect` names.
        named: whether tickets were named; then notes are not cut, and a table shows every reason.
        by_state: whether states were named; then a table lists every ticket.
        paged: whether a long table goes to a pager.
    """
    if mode is Mode.JSON:
        write_answer(json_line(check_document(catalog, checked, whole=named)))
    elif mode is Mode.PLAIN:
        from yoi_relations.render.lines import tab_separated  # noqa: PLC0415  # for lines only

        write_answer(tab_separated(row for check in checked.checks for row in check_rows(check)))
    else:
        from yoi_relations.render.terminal.check import draw_checks  # noqa: PLC0415  # Rich

        draw_checks(checked.checks, whole=named, fold=not by_state, paged=paged)
    if mode is not Mode.JSON:
        committed = _committed(catalog, checked)
        for path in sorted(path for path in committed if not committed[path]):
            notice(f"{path}: this record is not committed; a verdict rests on it here alone", mode)
    return conclude_checks(mode, checked, expect)


def conclude_checks(mode: Mode, checked: CheckAnswer, expect: str | None) -> ExitCode:
    """The exit status of `check`; a notice says that the expected digest no longer holds."""
    code = exit_code_of_checks(checked, expect)
    if code is ExitCode.NOT_AS_EXPECTED:
        notice("the expected digest no longer holds; this is the new answer", mode)
    return code


def exit_code_of_checks(checked: CheckAnswer, expect: str | None) -> ExitCode:
    """The exit status of `check` for this answer and this expected digest."""
    if expect is not None and any(check.digest != expect for check in checked.checks):
        return ExitCode.NOT_AS_EXPECTED
    return _EXIT_CODES[max((check.verdict for check in checked.checks), default=Verdict.CLEAR)]


_EXIT_CODES = {
    Verdict.CLEAR: ExitCode.DONE,
    Verdict.CAUTION: ExitCode.CAUTION,
    Verdict.HOLD: ExitCode.HOLD,
    Verdict.UNKNOWN: ExitCode.UNKNOWN,
}


def _committed(catalog: Catalog, checked: CheckAnswer) -> Mapping[str, bool]:
    """By path, whether the records that verdicts rest on are committed, where that is known."""
    places = [
        place for check in checked.checks for reason in check.reasons for place in reason.records
    ]
    workspace = catalog.workspace
    return NOTHING_KNOWN if workspace is None else find_committed(workspace, places)


def check_document(catalog: Catalog, checked: CheckAnswer, *, whole: bool) -> Value:
    """The answer of `check` as a JSON value; notes are cut unless `whole`."""
    committed = _committed(catalog, checked)
    checks = [check_value(check, committed, whole=whole) for check in checked.checks]
    return (
        envelope("check", catalog)
        | revision_fields("base", checked.base)
        | {"checks": catalog.placed(checks)}
        | problem_fields(checked.problems)
    )


def check_value(
    check: Check, committed: Mapping[str, bool] = NOTHING_KNOWN, *, whole: bool = True
) -> Value:
    """The check of one ticket as a JSON value.

    A record whose path is in `committed` says whether it is committed.
    """
    return {
        "ticket": check.ticket.id,
        "title": check.ticket.title,
        "state": check.ticket.state,
        **word_field(check.ticket),
        "verdict": check.verdict.word,
        "digest": check.digest,
        "plan": plan_value(check.plan.latest_record, whole=whole) if check.plan else None,
        "reasons": [_reason_value(reason, committed, whole=whole) for reason in check.reasons],
        "holds": [_held_value(held) for held in check.holds],
    }


def _held_value(held: HeldTicket) -> Value:
    ticket = held.ticket
    of_ticket = {"ticket": ticket.id, "title": ticket.title, "state": ticket.state}
    return of_ticket | word_field(ticket) | {"frees": held.frees}


def _reason_value(reason: Reason, committed: Mapping[str, bool], *, whole: bool) -> Value:
    relation, other = reason.relation, reason.other
    note = relation.latest_record.note if relation else None
    return {
        "verdict": reason.verdict.word,
        "code": reason.code,
        "class": relation.cls if relation else None,
        "kind": relation.kind if relation else None,
        "sentence": reason.text,
        "ticket": other.id if other else None,
        "title": other.title if other else None,
        "state": other.state if other else None,
        **word_field(other),
        "note": marked(note, whole=whole),
        "records": [_place_value(place, committed) for place in reason.records],
    }


def _place_value(place: RecordPlace, committed: Mapping[str, bool]) -> Value:
    known = {"committed": committed[place.path]} if place.path in committed else {}
    return place_value(place) | known


def check_rows(check: Check) -> Iterator[list[object]]:
    """One row per reason, for `tab_separated`.

    The fields are: verdict, ticket, its state, the reason's verdict, code, other ticket, sentence.
    A ticket without reasons has one row, whose last four fields are empty.
    """
    of_ticket = [check.verdict.word, shown_name(check.ticket.id), check.ticket.state]
    for reason in check.reasons:
        other = shown_name(reason.other.id) if reason.other else None
        yield [*of_ticket, reason.verdict.word, reason.code, other, reason.text]
    if not check.reasons:
        yield [*of_ticket, None, None, None, None]
