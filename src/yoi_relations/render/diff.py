"""Writes the answer of `diff` and chooses its exit status."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.errors import ExitCode
from yoi_relations.files.git_tree import revision_words
from yoi_relations.index.handle import Index
from yoi_relations.kinds import shown_name
from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.difference import ClashChange, Difference, VerdictChange
from yoi_relations.queries.relation_changes import RelationChange, RelationChangeType
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.sides import Clash
from yoi_relations.queries.ticket_changes import ProblemChange, TicketChange
from yoi_relations.render.documents import (
    Value,
    edge_fields,
    envelope,
    place_value,
    problem_value,
    text_fields,
)
from yoi_relations.render.output import Mode, json_line, write_answer

LISTS = ("tickets", "relations", "verdicts", "clashes", "problems")
"""The fields of the document that are lists of changes."""
_SHORT_ID = 12
"""Characters of the id of a commit on a terminal."""


class DiffAnswer(NamedTuple):
    """The answer of `diff`.

    Attributes:
        earlier: the index of the earlier state.
        later: the index of the later state.
        difference: what changed between them.
    """

    earlier: Index
    later: Index
    difference: Difference


def write_difference(mode: Mode, answer: DiffAnswer, *, exit_code: bool, paged: bool) -> ExitCode:
    """Write the differences.

    Args:
        mode: how to write them.
        answer: the answer.
        exit_code: whether the exit status says that there is a difference.
        paged: whether a long answer on a terminal goes to a pager.
    """
    difference = answer.difference
    if mode is Mode.JSON:
        write_answer(json_line(diff_document(answer)))
    elif mode is Mode.PLAIN:
        from yoi_relations.render.lines import tab_separated  # noqa: PLC0415  # for lines only

        write_answer(tab_separated(difference_rows(difference)))
    else:
        from yoi_relations.render.terminal.diff import draw_difference  # noqa: PLC0415  # Rich

        draw_difference(_head(answer), difference, paged=paged)
    return ExitCode.FOUND if exit_code and difference.number else ExitCode.DONE


def _head(answer: DiffAnswer) -> list[str]:
    """The first line on a terminal."""
    from yoi_relations.render.lines import counted  # noqa: PLC0415  # for terminals only

    number = answer.difference.number
    found = counted(number, "difference") if number else "no difference"
    return [f"From {side_name(answer.earlier)} to {side_name(answer.later)}: {found} in meaning."]


def side_name(index: Index) -> str:
    """Which state of the files an index is of."""
    at = index.workspace.files.at
    if at is None:
        return "the working files"
    return f"{at.name} ({at.commit[:_SHORT_ID]})" if at.commit else revision_words(at)


def diff_document(answer: DiffAnswer) -> Value:
    """The answer of `diff` as a JSON value."""
    difference = answer.difference
    return envelope("diff", answer.later) | {
        "from": side_value(answer.earlier),
        "to": side_value(answer.later),
        "different": difference.number > 0,
        "tickets": [_ticket_value(change) for change in difference.tickets],
        "relations": [relation_change_value(change) for change in difference.relations],
        "verdicts": [_verdict_value(change) for change in difference.verdicts],
        "clashes": [_clash_value(change) for change in difference.clashes],
        "problems": [_problem_value(change) for change in difference.problems],
    }


def side_value(index: Index) -> Value:
    """The state of the files that an index is of; null is for the working files."""
    at = index.workspace.files.at
    return {
        "rev": at and at.name,
        "commit": at and at.commit,
        "time": at and at.time,
        "digest": index.generation.digest,
    }


def _ticket_value(change: TicketChange) -> Value:
    return {
        "change": change.what.value,
        "ticket": change.ticket.id,
        "title": change.ticket.title,
        "before": change.before,
        "after": change.after,
        "sentence": change.sentence,
    }


def relation_change_value(change: RelationChange) -> Value:
    """One change of a relation."""
    relation = change.relation
    ticket, target = relation.ticket, relation.target
    # What differs could be beyond the start of a text.
    whole = change.what is RelationChangeType.CHANGED
    return (
        {"change": change.what.value, "fields": list(change.fields)}
        | edge_fields(relation)
        | {
            "ticket_title": ticket.title,
            "ticket_state": ticket.state,
            "target_title": target.title if target else None,
            "target_state": target.state if target else None,
            "sentence": change.sentence,
            "before": _version_value(change.earlier, whole=whole),
            "after": _version_value(change.later, whole=whole),
        }
    )


def _version_value(relation: Relation | None, *, whole: bool) -> Value | None:
    """What one of the two indexes says about a relation; None if it is not there."""
    if relation is None:
        return None
    places = [place_value(record.place) for record in relation.records]
    texts = text_fields(relation, whole=whole)
    return {"status": relation.status} | texts | {"records": places}


def _verdict_value(change: VerdictChange) -> Value:
    return {
        "change": ChangeType.VERDICT_CHANGED.value,
        "ticket": change.ticket.id,
        "title": change.ticket.title,
        "state": change.ticket.state,
        "before": _word(change.before),
        "after": _word(change.after),
        "sentence": change.sentence,
    }


def _word(verdict: Verdict | None) -> str | None:
    return None if verdict is None else verdict.word


def _clash_value(change: ClashChange) -> Value:
    return {"change": change.word} | clash_fields(change.clash)


def clash_fields(clash: Clash) -> Value:
    """A cycle or a contradiction."""
    return {
        "code": clash.code,
        "tickets": list(clash.tickets),
        "sentence": clash.sentence,
        "record": place_value(clash.place),
    }


def _problem_value(change: ProblemChange) -> Value:
    return {"change": change.what.value} | problem_value(change.problem)


def difference_rows(difference: Difference) -> Iterator[list[object]]:
    """One row per change, for `tab_separated`.

    The fields are: change, ticket, kind or code, target or other tickets, before, after, sentence.
    """
    for ticket in difference.tickets:
        values = ticket.before, ticket.after, ticket.sentence
        yield [ticket.what, shown_name(ticket.ticket.id), None, None, *values]
    for change in difference.relations:
        relation, target = change.relation, change.relation.target
        states = (version and version.status for version in (change.earlier, change.later))
        edge = shown_name(relation.ticket.id), relation.kind, target and shown_name(target.id)
        yield [change.what, *edge, *states, change.sentence]
    for verdict in difference.verdicts:
        words = map(_word, (verdict.before, verdict.after))
        id_ = shown_name(verdict.ticket.id)
        yield [ChangeType.VERDICT_CHANGED, id_, None, None, *words, verdict.sentence]
    for found in difference.clashes:
        first, *others = map(shown_name, found.clash.tickets)
        about = first, found.clash.code, ",".join(others)
        yield [found.word, *about, None, None, found.clash.sentence]
    for each in difference.problems:
        yield [each.what, shown_name(each.problem.about), *[None] * 4, each.problem]
