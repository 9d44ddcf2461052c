"""The answer of `check` on a terminal."""

from __future__ import annotations

import sys

import pytest
from rich.cells import cell_len
from tour import on_terminal
from workspace_builder import A, B, Workspace, git, ulid

from yoi_relations.render.terminal.check import REFERENCE_TO_COMMON


def screen(workspace: Workspace, *arguments: str, columns: int = 80) -> list[str]:
    """The lines that check draws."""
    workspace.run("show")
    program = [sys.executable, "-m", "yoi_relations", "check"]
    text, _ = on_terminal([*program, *arguments], workspace.root, columns)
    return text.splitlines()


@pytest.mark.parametrize("columns", [40, 80])
def test_place_of_a_reason_is_not_broken(queued: Workspace, columns: int) -> None:
    record = queued.record(A, "blocked_by", B, "the other one first, " * 8)

    lines = screen(queued, A, columns=columns)

    assert str(record.relative_to(queued.root)) in [line.strip() for line in lines]
    assert {line.split()[1] for line in lines if line.startswith("  ✕ ho")} == {"hold"}


def test_long_words_are_not_broken(queued: Workspace) -> None:
    queued.record(A, "blocked_by", B)
    queued.record(A, "waiting", note="for a decision")
    queued.record(A, "related", B).write_text("no record\n")

    lines = screen(queued, A)

    verdicts = ["  ? unknown  ", "  ✕ hold     ", "  ! caution  "]
    assert [line[:13] for line in lines if line[:13] in verdicts] == verdicts


def test_clear_ticket_is_reported(queued: Workspace) -> None:
    assert screen(queued, A)[:2] == [
        f"✓ clear    ◑ Title of {A} {A} queued",
        "  no recorded relation speaks against it",
    ]


def test_reason_without_effect_is_not_in_the_queue(queued: Workspace) -> None:
    queued.ticket(B, "planning")
    queued.record(A, "conflicts_with", B)
    queued.record(A, "accepted_plan", note="how", worktree="../trees/last")

    assert screen(queued, "--state", "queued")[2:] == [f"✓ clear    ◑ Title of {A} {A[-5:]}"]
    whole = "\n".join(screen(queued, A, columns=120))
    assert f"✓ clear    not together with ○ Title of {B} {B} planning" in whole
    assert "has an accepted plan" in whole
    assert "work tree: last" in whole
    assert f"{A} " not in whole.partition("queued")[2]

    queued.record(A, "waiting", note="for a decision")
    (row,) = screen(queued, "--state", "queued", columns=160)[2:]
    assert row.split("  ")[-1].strip() == "waiting: for a decision"


def test_reason_elsewhere_has_its_own_glyph(queued: Workspace) -> None:
    queued.record(A, "blocked_by", "loans:00001KT0000BB")
    (row,) = screen(queued, "--state", "queued", columns=140)[2:]
    assert row.endswith("waits for ↗ loans:00001KT0000BB elsewhere")


def test_no_ticket_is_reported(queued: Workspace) -> None:
    assert screen(queued, "--state", "done") == ["No ticket to check."]


def test_what_can_be_acted_on_is_first(queued: Workspace) -> None:
    queued.ticket("00001KT0000DD", "ready", title="Nothing speaks against it")
    queued.ticket("00001KT0000EE", "planning")
    queued.ticket("00001KT0000FF", "inprogress")
    queued.ticket("00001KT0000GG", "planning")
    queued.record(A, "blocked_by", B)
    queued.record(A, "after", "00001KT0000DD")
    queued.record("00001KT0000GG", "after", B)
    queued.ticket("00001KT0000HH", "queued")
    queued.record("00001KT0000HH", "after", B)

    for columns in (120, 200):
        first, _, *rows, _, last = screen(queued, columns=columns)
        assert first == "7 tickets: 1 clear, 2 caution, 1 hold, 3 not up for acceptance"
        assert last == "3 not up for acceptance: 1 planning, 2 inprogress"
        assert [row.split()[1] for row in rows] == ["clear", "caution", "caution", "hold"]
        assert rows[3].endswith(f"waits for ▶ Title of {B} 000BB (+1 more)")
        assert "000HH" in rows[1]
        assert rows[2].endswith(f"after ▶ Title of {B} 000BB (+1 more)")
    assert len(screen(queued, columns=119)) == 4 + 7
    assert "000EE" in "".join(screen(queued, "--state", "planning"))


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("columns", [40, 80, 160])
def test_file_that_could_hide_every_blocker_is_listed_once(
    queued: Workspace, columns: int, *, named: bool
) -> None:
    queued.record(A, "blocked_by", B)
    bad = queued.record_file(B, f"{ulid(9)}.md", "no record\n").relative_to(queued.root)

    lines = screen(queued, *((A, B) if named else ()), columns=columns)
    text = " ".join(" ".join(lines).split())
    assert [line.strip() for line in lines].count(f"{bad}:1") == 1
    assert text.count("frontmatter") == 1
    assert text.count(REFERENCE_TO_COMMON) == (2 if named else 0)
    assert "waits for" in text
    assert "is inprogress" in text
    single = " ".join(screen(queued, A, columns=columns))
    assert single.count("frontmatter") == 1
    assert REFERENCE_TO_COMMON not in " ".join(single.split())


def test_ticket_without_other_reasons_refers_to_the_common_one(
    queued: Workspace,
) -> None:
    queued.record_file(B, f"{ulid(9)}.md", "no record\n")

    text = " ".join(" ".join(screen(queued, "--state", "queued", columns=160)).split())
    assert f"? unknown ◑ Title of {A} {A[-5:]} {REFERENCE_TO_COMMON}" in text
    assert "1 ticket: 1 unknown" in text


@pytest.mark.parametrize("columns", [40, 44, 45, 60, 80, 160])
@pytest.mark.parametrize("old", ["00001KT0000DD", "20260102-030405-a-slug-of-the-old-layout"])
def test_ids_stand_whole(queued: Workspace, columns: int, old: str) -> None:
    queued.ticket(old, "queued", bucket="open", title="An older one")
    queued.record(A, "blocked_by", B)
    queued.record(B, "after", old)
    short = (A[-5:], B[-5:], old if len(old) > 13 else old[-5:])
    for arguments, ids in ((), short), ((A, B, old), (A, B, old)):
        lines = screen(queued, *arguments, columns=columns)
        for id_ in ids:
            assert any(id_ in line for line in lines), (id_, "\n".join(lines))
        wide = [line for line in lines if cell_len(line) > columns]
        assert not [line for line in wide if old not in line and "artifacts" not in line], lines


def test_blocker_that_only_the_base_has_is_told_from_others(queued: Workspace) -> None:
    queued.record(A, "blocked_by", B)
    git(queued, "init", "-q")
    git(queued, "add", ".yoi/tickets")
    git(queued, "commit", "-q", "-m", "first")
    queued.ticket(B, "done")
    git(queued, "add", ".yoi/tickets")

    rows = screen(queued, "--at", ":", "--base", "HEAD")

    assert [line.partition(":")[0] for line in rows[:2]] == ["at what is staged", "base HEAD"]
    assert f"waits in the base for ✓ Title of {B} {B[-5:]}" in rows[-1]
    assert any("in the base it is" in line for line in screen(queued, A, "--base", "HEAD"))
