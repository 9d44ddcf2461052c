"""Writes the answer of `diff --merge` and chooses its exit status."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.errors import ExitCode
from yoi_relations.index.merge_preview import MergePreview
from yoi_relations.kinds import shown_name
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple
from yoi_relations.queries.check import Check
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.merge_outcome import EndedRelation, MergeOutcome, first_reason
from yoi_relations.render.diff import (
    DiffAnswer,
    clash_fields,
    diff_document,
    difference_rows,
    relation_change_value,
    side_name,
    side_value,
)
from yoi_relations.render.documents import Value
from yoi_relations.render.lines import counted, tab_separated
from yoi_relations.render.output import Mode, json_line, write_answer

if TYPE_CHECKING:
    from yoi_relations.files.conflicts import Conflict


class MergeAnswer(NamedTuple):
    """The answer of `diff --merge`: the indexes, and what follows from them."""

    preview: MergePreview
    outcome: MergeOutcome

    @property
    def as_diff(self) -> DiffAnswer:
        """What would change in HEAD."""
        preview = self.preview
        return DiffAnswer(preview.ours, preview.merged, self.outcome.difference)


def write_merge(mode: Mode, answer: MergeAnswer, *, exit_code: bool, paged: bool) -> ExitCode:
    """Write what a merge would change.

    Args:
        mode: how to write it.
        answer: the answer.
        exit_code: whether the exit status also says that there is a difference.
        paged: whether a long answer on a terminal goes to a pager.
    """
    outcome = answer.outcome
    if mode is Mode.JSON:
        write_answer(json_line(merge_document(answer)))
    elif mode is Mode.PLAIN:
        rows = (*_merge_rows(answer), *difference_rows(outcome.difference))
        write_answer(tab_separated(rows))
    else:
        from yoi_relations.render.terminal.diff import draw_difference  # noqa: PLC0415  # Rich

        draw_difference(_head(answer), outcome.difference, paged=paged)
    found = outcome.breaks or (exit_code and outcome.difference.number > 0)
    return ExitCode.FOUND if found else ExitCode.DONE


def merge_document(answer: MergeAnswer) -> Value:
    """The answer of `diff --merge` as a JSON value."""
    preview, outcome = answer.preview, answer.outcome
    return diff_document(answer.as_diff) | {
        "merge": {
            "branch": side_value(preview.theirs),
            "bases": preview.bases,
            "already_merged": preview.is_merged,
            "fast_forward": preview.is_fast_forward,
            "conflicts": [_conflict_value(conflict) for conflict in preview.conflicts],
            "other_conflicts": preview.other_conflicts,
            "holds": [_hold_value(check) for check in outcome.holds],
            "unknown": [check.ticket.id for check in outcome.unknown],
            "clashes": [clash_fields(clash) for clash in outcome.clashes],
            "ended": [_ended_value(ended) for ended in outcome.ended],
        }
    }


def _hold_value(check: Check) -> Value:
    from yoi_relations.render.check import check_value  # noqa: PLC0415  # few merges make a hold

    return check_value(check, whole=False)


def _conflict_value(conflict: Conflict) -> Value:
    base, ours, theirs = conflict.states or (None, None, None)
    return {
        "path": conflict.path,
        "ticket": conflict.source.holder,
        "format": conflict.source.format.value,
        "decided": conflict.decided,
        "base": base,
        "ours": ours,
        "theirs": theirs,
    }


def _ended_value(ended: EndedRelation) -> Value:
    return relation_change_value(ended.change) | {"active_in": list(ended.active_in)}


def _merge_rows(answer: MergeAnswer) -> Iterator[list[object]]:
    """One row per conflict, and per thing that the merge makes or ends; as `difference_rows`."""
    for conflict in answer.preview.conflicts:
        what = "conflict_decided" if conflict.decided else "conflict"
        _, ours, theirs = conflict.states or (None, None, None)
        yield [
            what,
            shown_name(conflict.source.holder),
            conflict.source.format,
            None,
            ours,
            theirs,
            conflict.path,
        ]
    for what, verdict, checks in (
        ("merge_holds", Verdict.HOLD, answer.outcome.holds),
        ("merge_unknown", Verdict.UNKNOWN, answer.outcome.unknown),
    ):
        for check in checks:
            sentence = _sentence(check, verdict)
            yield [what, shown_name(check.ticket.id), *[None] * 4, sentence]
    for clash in answer.outcome.clashes:
        first, *others = map(shown_name, clash.tickets)
        yield ["merge_clash", first, clash.code, ",".join(others), None, None, clash.sentence]
    for ended in answer.outcome.ended:
        relation = ended.change.relation
        edge = relation.kind, relation.target and shown_name(relation.target.id)
        sides = ",".join(ended.active_in)
        name = shown_name(relation.ticket.id)
        yield ["merge_ends", name, *edge, sides, None, ended.change.sentence]


def _head(answer: MergeAnswer) -> Iterator[str]:
    """The first lines on a terminal: the merge, what it makes and ends, its conflicts."""
    preview, outcome = answer.preview, answer.outcome
    branch, number = side_name(preview.theirs), outcome.difference.number
    if preview.is_merged:
        yield f"{branch} is already merged into {side_name(preview.ours)}: nothing would change."
        return
    found = counted(number, "difference") if number else "no difference"
    yield f"Merge of {branch} into {side_name(preview.ours)}: {found} in meaning."
    if preview.is_fast_forward:
        yield "HEAD is a part of the branch, so the result is the branch (fast-forward)."
    if preview.bases[1:]:
        yield f"The two have {len(preview.bases)} merge bases, which git merges first."
    yield from map(_conflict_line, preview.conflicts)
    if preview.other_conflicts:
        files = counted(preview.other_conflicts, "other file")
        yield f"Conflicts in {files}."
    for check in outcome.holds:
        sentence = _sentence(check, Verdict.HOLD)
        yield f"On hold after the merge, and on neither side: {sentence}."
    if outcome.unknown:
        tickets = counted(len(outcome.unknown), "ticket")
        sentence = _sentence(outcome.unknown[0], Verdict.UNKNOWN)
        yield f"Unknown after the merge, and on neither side: {tickets}; {sentence}."
    for clash in outcome.clashes:
        yield f"After the merge, and on neither side: {clash.sentence}."
    for ended in outcome.ended:
        if ended.active_in == ("theirs",):
            said = ended.change.sentence
            yield f"Still in the way in the branch, but not after the merge: {said}."


def _sentence(check: Check, verdict: Verdict) -> str:
    """Why a ticket has a verdict that its check gives a reason for."""
    reason = first_reason(check, verdict)
    assert reason is not None  # noqa: S101  # the check was chosen for it
    return reason.sentence


def _conflict_line(conflict: Conflict) -> str:
    if not conflict.states:
        said = "the records of both sides count" if conflict.decided else "it cannot be used"
        return f"Conflict in {conflict.path}: {said}."
    base, ours, theirs = (state or "not known" for state in conflict.states)
    if conflict.decided:
        return f"Conflict in {conflict.path}: the state is certain ({ours} here, {theirs} there)."
    return (
        f"Conflict in {conflict.path}: the state is unknown; it was {base}, is {ours} here and"
        f" {theirs} there."
    )
