"""How check looks on a terminal."""

from __future__ import annotations

import sys

import pytest
from building import A, B, Workspace
from tour import on_terminal


@pytest.fixture
def pair(workspace: Workspace) -> Workspace:
    workspace.ticket(A, "queued")
    workspace.ticket(B, "inprogress")
    return workspace


def screen(workspace: Workspace, *arguments: str, columns: int = 80) -> list[str]:
    """The lines that check draws."""
    workspace.run("show")
    program = [sys.executable, "-m", "yoi_relations", "check"]
    text, _ = on_terminal([*program, *arguments], workspace.root, columns)
    return text.splitlines()


@pytest.mark.parametrize("columns", [40, 80])
def test_the_place_of_a_reason_can_be_copied(pair: Workspace, columns: int) -> None:
    record = pair.record(A, "blocked_by", B, "the other one first, " * 8)

    lines = screen(pair, A, columns=columns)

    assert f"  {record.relative_to(pair.root)}" in lines
    assert {line.split()[0] for line in lines if line.startswith("  ho")} == {"hold"}


def test_words_of_any_length_stand_whole_in_one_column(pair: Workspace) -> None:
    pair.record(A, "blocked_by", B)
    pair.record(A, "waiting", note="for a decision")
    pair.record(A, "related", B).write_text("no record\n")

    lines = screen(pair, A)

    verdicts = ["  unknown  ", "  hold     ", "  caution  "]
    assert [line[:11] for line in lines if line[:11] in verdicts] == verdicts


def test_a_clear_ticket_is_said_to_be_clear(pair: Workspace) -> None:
    clear = screen(pair, A)
    assert (clear[0], clear[2]) == (f"clear  {A} queued", "  nothing recorded stands in the way")


def test_no_ticket_is_no_table(pair: Workspace) -> None:
    assert screen(pair, "--state", "done") == ["0 tickets"]
