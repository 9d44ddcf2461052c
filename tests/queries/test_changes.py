"""Changes between two indexes: types, sentences, paths and lines."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from index_comparison import made
from workspace_builder import A, B, C, Workspace

from yoi_relations.queries.changes import Change, find_changes

RECORD = "01KT0000000000000000000001"
PATH = f".yoi/tickets/{A}/artifacts/relations/{RECORD}.md"
Expected = tuple[str, str, str]


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    workspace.pair("blocked_by", "why")
    workspace.plan_lines(B, {"kind": "before", "related_ticket": A})
    return workspace


def happened(workspace: Workspace, change: Callable[[Workspace], object]) -> list[Change]:
    old = made(workspace)
    change(workspace)
    return find_changes(old, made(workspace))


def edit(workspace: Workspace, old: str, new: str) -> None:
    path = workspace.root / PATH
    path.write_text(path.read_text().replace(old, new))


def bucket(workspace: Workspace, name: str) -> Path:
    folder = workspace.tickets / name
    folder.mkdir()
    return folder


def retire_entry(workspace: Workspace) -> None:
    """Retire the line of B's plan by a file of its own."""
    rows = made(workspace).execute("SELECT record_id FROM record WHERE holder = ?", (B,))
    ((entry,),) = rows.fetchall()
    end = {"retired_at": "2026-06-02T10:00:00Z", "retired_by": "me", "retired_reason": "over"}
    workspace.record(B, "before", A, retires=entry, **end)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda w: w.ticket(A), []),
        (
            lambda w: w.ticket(A, "queued", title="Other"),
            [
                ("state_changed", A, f"{A} was planning, is queued"),
                ("title_changed", A, f'{A} is called "Other", was called "Title of {A}"'),
            ],
        ),
        (
            lambda w: w.ticket(C, "nonsense"),
            [
                ("ticket_added", C, f'{C} is new, of unknown state: "Title of {C}"'),
                ("problem_appeared", C, "has an unknown state 'nonsense'; known: "),
            ],
        ),
        (
            lambda w: w.record(B, "related", C),
            [
                ("added", B, f"{B} is related to {C}"),
                ("problem_appeared", C, f"names the ticket '{C}', which does not exist"),
            ],
        ),
        (lambda w: edit(w, "why", "other"), [("changed", A, f"{A} is blocked by {B} (note)")]),
        (
            lambda w: edit(w, "blocked_by", "after"),
            [("changed", A, f"{A} comes after {B} (kind)")],
        ),
        (
            lambda w: edit(
                w,
                "at: ",
                "retired_at: 2026-06-02T10:00:00Z\nretired_by: me\nretired_reason: done with\nat: ",
            ),
            [("retired", A, f'{A} is blocked by {B}: "done with"')],
        ),
        (retire_entry, [("retired", B, f'{A} comes after {B}: "over"')]),
        (lambda w: (w.root / PATH).unlink(), [("gone", A, f"{A} is blocked by {B}")]),
        (
            lambda w: w.plan_lines(B, {"kind": "before", "related_ticket": A, "note": "x"}),
            [("added", B, f"{A} comes after {B}"), ("gone", B, f"{A} comes after {B}")],
        ),
        (
            lambda w: shutil.rmtree(w.tickets / A),
            [
                ("ticket_gone", A, f"{A} is gone, it was planning"),
                ("gone", A, f"{A} is blocked by {B}"),
                ("problem_appeared", A, f"names the ticket '{A}', which does not exist"),
            ],
        ),
        # Neither a folder that moves nor a line that moves changes what a record says.
        (
            lambda w: (w.tickets / A).rename(bucket(w, "closed") / A),
            [],
        ),
        (lambda w: w.artifact(B, "orchestration-plan.jsonl", "\n" + plan(w)), []),
        # The same id in two folders: both are read, and the state counts as unknown.
        (
            lambda w: shutil.copytree(w.tickets / A, bucket(w, "open") / A),
            [
                ("state_changed", A, f"{A} was planning, is of unknown state"),
                ("added", A, f"{A} is blocked by {B}"),
                ("problem_appeared", A, "has an id that 2 folders share"),
                ("problem_appeared", A, "has an id that 2 folders share"),
            ],
        ),
    ],
)
def test_every_change_is_reported(
    filled: Workspace, change: Callable[[Workspace], object], expected: list[Expected]
) -> None:
    found = happened(filled, change)

    assert [(one.what.value, one.ticket) for one in found] == [one[:2] for one in expected]
    for one, (_, _, said) in zip(found, expected, strict=True):
        assert one.sentence.startswith(said)


def plan(workspace: Workspace) -> str:
    return (workspace.tickets / B / "artifacts/orchestration-plan.jsonl").read_text()


def test_reverted_change_is_reported_as_its_opposite(filled: Workspace) -> None:
    filled.record(A, "after", C)
    old = made(filled)
    filled.ticket(C, "ready")
    new = made(filled)

    assert [one.what.value for one in find_changes(old, new)] == ["ticket_added", "problem_solved"]
    (gone, appeared) = find_changes(new, old)
    assert (gone.what.value, gone.before, gone.after) == ("ticket_gone", "ready", None)
    assert (appeared.what.value, appeared.path, appeared.line) == (
        "problem_appeared",
        f".yoi/tickets/{A}/artifacts/relations/01KT0000000000000000000002.md",
        None,
    )


def test_change_has_path_and_line(filled: Workspace) -> None:
    (changed,) = happened(filled, lambda w: edit(w, "why", "other"))
    assert (changed.path, changed.line, changed.record) == (PATH, None, RECORD)

    (state,) = happened(filled, lambda w: w.ticket(B, "done"))
    assert (state.path, state.before, state.after) == (
        f".yoi/tickets/{B}/item.md",
        "planning",
        "done",
    )
