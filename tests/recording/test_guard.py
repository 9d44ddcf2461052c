"""The guard refuses secrets and runtime claims; prose about them passes."""

from __future__ import annotations

import re

import pytest
from guard_examples import EXAMPLES, GITHUB, PROSE
from workspace_builder import A, B, Workspace

from yoi_relations.errors import UsageError
from yoi_relations.recording.guard import PATTERNS, check_durable
from yoi_relations.recording.guard_pattern import GuardPattern

CASES = [(pattern, text) for pattern in PATTERNS for text in EXAMPLES[pattern.name][0]]
NEAR_MISSES = [(pattern, text) for pattern in PATTERNS for text in EXAMPLES[pattern.name][1]]
PLAN = ("accepted-plan", "--note", "a plan")
HELD = f"pid 4711 holds it, with {GITHUB}".replace("«", "").replace("»", "")


def test_each_pattern_has_examples() -> None:
    assert [pattern.name for pattern in PATTERNS] == list(EXAMPLES)
    assert all(refused and passing for refused, passing in EXAMPLES.values())


@pytest.mark.parametrize(("pattern", "text"), CASES, ids=lambda value: getattr(value, "name", None))
def test_secret_is_refused_and_named_without_its_text(pattern: GuardPattern, text: str) -> None:
    secret = text.partition("«")[2].partition("»")[0]
    with pytest.raises(UsageError) as caught:
        check_durable({pattern.field or "note": text.replace("«", "").replace("»", "")})
    assert caught.value.message.startswith(f"the {pattern.field or 'note'} holds {pattern.name}: ")
    assert caught.value.hint == pattern.advice
    assert not secret or secret[:4] not in caught.value.message


@pytest.mark.parametrize(
    ("pattern", "text"), NEAR_MISSES, ids=lambda value: getattr(value, "name", None)
)
def test_similar_text_passes(pattern: GuardPattern, text: str) -> None:
    check_durable({pattern.field or "note": text})


@pytest.mark.parametrize("text", PROSE)
def test_prose_passes(text: str) -> None:
    check_durable(dict.fromkeys(["note", "summary", "role_plan", "branch", "author"], text))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_every_repetition_of_a_pattern_is_bounded(pattern: GuardPattern) -> None:
    """So the time is proportional to the length of any text."""
    bare = re.sub(r"\\.|\[\^?(?:\\.|[^\]\\])*\]", "", pattern.regex)
    assert re.findall(r"\*|(?<!\})\+|\{\d*,\}", bare) == []


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("related", B, "--note", HELD), "note"),
        (("related", B, "--author", HELD), "author"),
        (("accepted-plan", "--note", HELD), "summary"),
        ((*PLAN, "--branch", HELD), "branch"),
        ((*PLAN, "--worktree", f"/srv/{HELD}"), "worktree"),
        ((*PLAN, "--role-plan", HELD), "role_plan"),
    ],
)
def test_add_guards_every_field(pair: Workspace, arguments: tuple[str, ...], field: str) -> None:
    assert_refused(pair, ("add", A, *arguments), f"the {field} holds a GitHub token: ghp_…")


def test_add_guards_standard_input_and_the_default_author(pair: Workspace) -> None:
    message = "the note holds a GitHub token: ghp_…"
    assert_refused(pair, ("add", A, "related", B, "--note", "-"), message, stdin=HELD.encode())
    message = "the author holds a process id: pid 4711"
    assert_refused(pair, ("add", A, "related", B), message, author="pid 4711")


def test_retire_guards_reason_and_author(pair: Workspace) -> None:
    record = pair.record(A, "after", B).stem
    message = "the reason holds a GitHub token: ghp_…"
    assert_refused(pair, ("retire", record, "--reason", HELD), message)
    message = "the author holds a process id: pid 4711"
    assert_refused(pair, ("retire", record, "--reason", "x"), message, author="pid 4711")


def test_existing_record_is_not_guarded(pair: Workspace) -> None:
    record = pair.record(A, "after", B, "pid 4711 holds it")
    pair.plan_lines(
        B, {"kind": "accepted_plan", "accepted_plan": {"summary": "x", "worktree": "/a"}}
    )
    ran = pair.run("show", "--json")
    assert (ran.code, ran.json["count"], ran.json["problems"]) == (0, 2, [])
    assert pair.run("retire", record.stem, "--reason", "no claim belongs here").code == 0
    assert "pid 4711" in record.read_text()


def assert_refused(
    workspace: Workspace,
    arguments: tuple[str, ...],
    message: str,
    stdin: bytes = b"",
    author: str = "tester",
) -> None:
    """The command is refused without showing the secret, and writes nothing."""
    before = workspace.snapshot()
    ran = workspace.run("--json", *arguments, stdin=stdin, YOI_RELATIONS_AUTHOR=author)
    error = ran.errors[-1]["error"]
    assert (ran.code, ran.out, error["code"], error["message"]) == (2, "", "usage", message)
    assert error["hint"]
    assert "a1B2" not in ran.err
    assert workspace.snapshot() == before
