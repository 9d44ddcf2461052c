"""Hints for words that are not kinds: none of them turns an edge round."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_builder import A, B, Workspace

from yoi_relations.errors import UsageError
from yoi_relations.files.record import check_kind
from yoi_relations.files.source import SourceError
from yoi_relations.kinds import JSON_KINDS, KINDS, PLAN_KINDS, edge_of, kind_named, select_shown
from yoi_relations.states import State, suggest_state

FORWARD = {
    ("blocked_by", A, B): (
        "blocked waits-for wait-on waiting-for needs requires depends depends-upon dependent-on "
        "awaits pending gated-by is-blocked-by unblocked-by enabled-by blocked-until has-blocker "
        "held-by is-held-by held-up-by held-back-by stopped-by stoppd-by preempted-by gated-by "
        "stalled-by delayed-by is-delayed-by postponed-by was-postponed-by "
        "blocks-on relies-on contingent-on blokced-by blockd-by depnds-on require"
    ),
    ("blocked_by", B, A): (
        "blocker-of dependency-of prerequisite-of prerequisite-for unblocks enables required-by "
        "needed-by blocking gates has-dependent depended-on-by wanted-by bloks requierd-by "
        "holds holding holds-up holds-back stops stop stopping preempts pre-empts preempt gate "
        "stalls stalling delays delay delaying postpones postponing postpnes"
    ),
    ("after", B, A): "precedes preceding prior-to followed-by succeeded-by predecessor-of ahead-of",
    ("after", A, B): "follows succeeds preceded-by successor-of comes-after later-than folows",
    ("supersedes", A, B): "replaces supersede obsoletes supercedes overrides deprecates instead-of",
    ("supersedes", B, A): (
        "superseded-by replaced-by obsoleted-by superceded-by superseeded-by deprecated-by "
        "was-replaced-by replaced-with overridden-by has-replacement is-superseded-by repalced-by"
    ),
    ("duplicate_of", A, B): (
        "dup dupe duplicate duplicates dup-of is-a-duplicate-of copy-of clones "
        "merged-into merges-into merge-into was-merged-into folded-into absorbed-by"
    ),
    ("duplicate_of", B, A): (
        "duplicated-by has-duplicate cloned-by copied-by duplicatd-by absorbs merged-from"
    ),
}
"""Words by the edge that `add A WORD B` means."""
SYMMETRIC = {
    "conflicts_with": "excludes excluded-by mutex incompatible-with clashes-with exclusive-with",
    "do_not_parallelize": "not-parallel do-not-parallel serialize not-in-parallel-with",
    "related": "relates-to related-to see see-also linked-to references link mentions",
}
OPEN = (
    "stopped delayed stalled prerequisite dependency dep deps dependent blocker predecessor "
    "successor order required"
)
HIERARCHY = (
    "parent child parent-of child-of part-of has-part epic subtask sub-task subtask-of umbrella "
    "contains contained-in belongs-to member-of story milestone includes children partof epic-link"
)


def spellings(word: str) -> list[str]:
    """The ways in which a word may be written."""
    parts = word.split("-")
    camel = parts[0] + "".join(part.title() for part in parts[1:])
    return [word, word.upper(), "_".join(parts), " ".join(parts), camel, " ".join(parts).title()]


def hint(word: str) -> str:
    with pytest.raises(UsageError) as caught:
        kind_named(word)
    assert caught.value.hint is not None
    return caught.value.hint


def followed(said: str) -> set[tuple[str, str, str | None]]:
    """The edges that a hint for `add A WORD B` leads to."""
    turned = re.findall(r"relations add TARGET ([a-z-]+) TICKET", said)
    offered = re.findall(r"(?:did you mean|\bor) ([a-z-]+)", said.partition(" add ")[0])
    edges = [edge_of(KINDS[kind.replace("-", "_")], B, A) for kind in turned]
    edges += [edge_of(KINDS[kind.replace("-", "_")], A, B) for kind in offered]
    return {(edge.shown, edge.ticket, edge.target) for edge in edges}


@pytest.mark.parametrize(
    ("word", "edge"), [(word, edge) for edge, words in FORWARD.items() for word in words.split()]
)
def test_hint_has_the_meaning_of_the_word_in_any_spelling(
    word: str, edge: tuple[str, str, str]
) -> None:
    for spelling in spellings(word):
        if spelling.replace("-", "_").lower() in KINDS:
            continue
        assert followed(hint(spelling)) == {edge}, spelling


@pytest.mark.parametrize(
    ("word", "kind"), [(word, kind) for kind, words in SYMMETRIC.items() for word in words.split()]
)
def test_word_of_a_symmetric_kind_offers_that_kind(word: str, kind: str) -> None:
    for spelling in spellings(word):
        assert {shown for shown, *_ in followed(hint(spelling))} == {kind}


@pytest.mark.parametrize("word", OPEN.split())
def test_word_without_direction_offers_both_kinds(
    word: str,
) -> None:
    said = hint(word)
    assert {(ticket, target) for _, ticket, target in followed(said)} == {(A, B), (B, A)}
    assert said.count("(") == said.count("TICKET") == said.count("TARGET") == 2


@pytest.mark.parametrize("word", HIERARCHY.split())
def test_hierarchy_word_says_that_there_is_none(word: str) -> None:
    for spelling in spellings(word):
        assert hint(spelling).startswith("there is no hierarchy here")
        with pytest.raises(UsageError) as caught:
            select_shown([spelling])
        assert (caught.value.hint or "").startswith("there is no hierarchy here")


@pytest.mark.parametrize("word", ["not-blocked-by", "unrelated", "no-conflict", "non-blocking"])
def test_denied_word_is_not_suggested(word: str) -> None:
    assert followed(hint(word)) == set()
    assert "retire" in hint(word)


@pytest.mark.parametrize("word", ["xyz", "", "💥", "by", "q" * 10_000, "-_-"])
def test_unknown_word_lists_all_kinds(word: str) -> None:
    assert hint(word).startswith("known: blocked-by, ")


@given(st.text(max_size=20))
def test_any_word_gets_a_hint(word: str) -> None:
    if word.replace("-", "_").lower() not in KINDS:
        assert hint(word)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *(("dep", "dependency"), ("deps", "dependency"), ("prerequisites", "dependency")),
        *(("superseded-by", "supersedes"), ("waits-for", "blocked-by"), ("ordr", "ordering")),
        *(("conflicts", "conflict"), ("dup", "duplicate-of"), ("bloked-by", "blocked-by")),
    ],
)
def test_selection_hint_names_the_option(workspace: Workspace, word: str, said: str) -> None:
    ran = workspace.run("show", "--kind", word, "--json")
    assert (ran.code, ran.errors[-1]["error"]["hint"]) == (2, f"did you mean {said}?")
    assert workspace.run("show", "--kind", said).code == 0


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("blocked_by", JSON_KINDS, "did you mean depends_on ("),
        ("waits_for", JSON_KINDS, "did you mean depends_on ("),
        ("depends_on", PLAN_KINDS, "did you mean blocked_by ("),
        ("waiting", PLAN_KINDS, "did you mean waiting_capacity_note?"),
        ("superseded_by", KINDS, "record it from the other side: supersedes "),
        ("superseded_by", JSON_KINDS, "record it from the other side: supersedes "),
        ("superseded_by", PLAN_KINDS, "known: before, "),
        ("after", JSON_KINDS, "known: depends_on, "),
        ("parent_of", PLAN_KINDS, "there is no hierarchy here"),
    ],
)
def test_record_hint_suggests_only_kinds_of_its_format(
    word: str, known: dict[str, object], said: str
) -> None:
    with pytest.raises(SourceError) as caught:
        check_kind(word, known)  # type: ignore[arg-type]
    assert caught.value.message.startswith(f"has an unknown kind '{word}'; {said}")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *(("Done", "done"), ("DONE ", "done"), ("in-progress", "inprogress"), ("redy", "ready")),
        *(("in_progress", "inprogress"), ("In Progress", "inprogress"), ("wip", "inprogress")),
        *(("doing", "inprogress"), ("todo", "planning or ready"), ("open", "planning")),
        *(("cancelled", "closed"), ("resolved", "done or closed"), ("backlog", "planning")),
    ],
)
def test_state_is_suggested_by_meaning(word: str, said: str) -> None:
    assert suggest_state(word, State) == f"did you mean {said}?"


@pytest.mark.parametrize("word", ["parked", "blocked", "xyz", "", "\u200b"])
def test_unrelated_state_has_no_suggestion(word: str) -> None:
    assert suggest_state(word, State) is None
