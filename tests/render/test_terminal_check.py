"""The answer of `check` on a terminal."""

from __future__ import annotations

import sys

import pytest
from rich.cells import cell_len
from tour import on_terminal
from workspace_builder import A, B, Workspace, ulid

from yoi_relations.render.terminal.check import REFERENCE_TO_COMMON


@pytest.fixture
def pair(workspace: Workspace) -> Workspace:
    return workspace.pair(states=("queued", "inprogress"))


def screen(workspace: Workspace, *arguments: str, columns: int = 80) -> list[str]:
    """The lines that check draws."""
    workspace.run("show")
    program = [sys.executable, "-m", "yoi_relations", "check"]
    text, _ = on_terminal([*program, *arguments], workspace.root, columns)
    return text.splitlines()


@pytest.mark.parametrize("columns", [40, 80])
def test_place_of_a_reason_is_not_broken(pair: Workspace, columns: int) -> None:
    record = pair.record(A, "blocked_by", B, "the other one first, " * 8)

    lines = screen(pair, A, columns=columns)

    assert f"  {record.relative_to(pair.root)}" in lines
    assert {line.split()[0] for line in lines if line.startswith("  ho")} == {"hold"}


def test_long_words_are_not_broken(pair: Workspace) -> None:
    pair.record(A, "blocked_by", B)
    pair.record(A, "waiting", note="for a decision")
    pair.record(A, "related", B).write_text("no record\n")

    lines = screen(pair, A)

    verdicts = ["  unknown  ", "  hold     ", "  caution  "]
    assert [line[:11] for line in lines if line[:11] in verdicts] == verdicts


def test_clear_ticket_is_reported(pair: Workspace) -> None:
    clear = screen(pair, A)
    assert (clear[0], clear[2]) == (
        f"clear  {A} queued",
        "  no recorded relation speaks against it",
    )


def test_no_ticket_draws_no_table(pair: Workspace) -> None:
    assert screen(pair, "--state", "done") == ["0 tickets"]


def test_reason_without_effect_is_not_in_the_queue(pair: Workspace) -> None:
    pair.ticket(B, "planning")
    pair.record(A, "conflicts_with", B)
    pair.record(A, "accepted_plan", note="how")

    lines = screen(pair, "--state", "queued")
    assert [line.split() for line in lines if line.startswith(" clear")] == [["clear", A, "queued"]]
    assert not any(B in line or "more" in line for line in lines)
    whole = "\n".join(screen(pair, A))
    assert "clear    00001KT0000AA conflicts with" in whole
    assert "has an accepted plan" in whole

    pair.record(A, "waiting", note="for a decision")
    (row,) = [
        line for line in screen(pair, "--state", "queued", columns=160) if "caution  " in line
    ]
    assert f"{A} is waiting" in row
    assert "more" not in row


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("columns", [40, 80, 160])
def test_file_that_could_hide_every_blocker_is_listed_once(
    pair: Workspace, columns: int, *, named: bool
) -> None:
    pair.record(A, "blocked_by", B)
    bad = pair.record_file(B, f"{ulid(9)}.md", "no record\n").relative_to(pair.root)

    lines = screen(pair, *((A, B) if named else ()), columns=columns)
    text = " ".join(" ".join(lines).split())
    assert lines.count(f"  {bad}:1") == 1
    assert text.count("frontmatter") == 1
    assert text.count(REFERENCE_TO_COMMON) == (2 if named else 0)
    assert f"{A} is blocked by" in text
    assert f"{B} is inprogress" in text
    single = " ".join(screen(pair, A, columns=columns))
    assert single.count("frontmatter") == 1
    assert REFERENCE_TO_COMMON not in " ".join(single.split())


def test_ticket_without_other_reasons_refers_to_the_common_one(
    pair: Workspace,
) -> None:
    pair.record_file(B, f"{ulid(9)}.md", "no record\n")

    text = " ".join(" ".join(screen(pair, "--state", "queued", columns=160)).split())
    assert f"unknown {A} queued {REFERENCE_TO_COMMON}" in text
    assert "1 ticket: 1 unknown" in text


@pytest.mark.parametrize("columns", [40, 44, 45, 60, 80, 160])
@pytest.mark.parametrize("old", ["00001KT0000DD", "20260102-030405-a-slug-of-the-old-layout"])
def test_ids_stand_whole(pair: Workspace, columns: int, old: str) -> None:
    pair.ticket(old, "queued", bucket="open", title="An older one")
    pair.record(A, "blocked_by", B)
    pair.record(B, "after", old)
    for arguments in ((), (A, B, old)):
        lines = screen(pair, *arguments, columns=columns)
        for id_ in (A, B, old):
            assert any(id_ in line for line in lines), (id_, "\n".join(lines))
        wide = [line for line in lines if cell_len(line) > columns]
        assert not [line for line in wide if old not in line and "artifacts" not in line], lines
