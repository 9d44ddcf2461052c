"""Trees, as a person sees them: real processes on a pseudo-terminal."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from rich.cells import cell_len
from tour import on_terminal
from workspace_builder import A, B, C, D, Workspace

E = "00001KT0000EE"
LONG = "読み仮名で目録を検索できるようにする、全角と半角をならべて、あいうえおの順に"
LINE = re.compile(r"(?:\+(\d+) )?((?:[│├└ ] )*)([○◔◑▶✓✕?]) (.*) ([0-9A-Z]{5}) ([a-z]+)(  .*)?")


def screen(workspace: Workspace, *arguments: str, columns: int = 80) -> list[str]:
    command = [sys.executable, "-m", "yoi_relations", "tree", *arguments]
    text, code = on_terminal(command, workspace.root, columns)
    assert code == 0, text
    return [line for line in text.splitlines() if not line.startswith("index: built")]


def answer(workspace: Workspace, *arguments: str) -> list[Any]:
    lines: list[Any] = workspace.run("tree", "--json", *arguments).json["lines"]
    return lines


@pytest.fixture
def plan(workspace: Workspace) -> Workspace:
    """Edges of both classes, a cycle, a ticket with many others before it; E is done."""
    states = {A: "queued", B: "ready", C: "inprogress", D: "planning", E: "done"}
    for id_, state in states.items():
        workspace.ticket(id_, state, title=LONG)
    workspace.record(A, "blocks", B)
    workspace.record(A, "blocks", C)
    workspace.record(B, "before", C)
    workspace.record(C, "blocks", D)
    workspace.record(B, "blocks", D)
    workspace.record(D, "blocks", B)
    workspace.record(A, "after", E)
    return workspace


def parts(lines: list[str]) -> list[re.Match[str]]:
    found = [LINE.fullmatch(line) for line in lines]
    return [match for match in found if match]


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("arguments", [(), ("--reverse",), ("--all",), (B,)])
def test_each_line_of_the_answer_fits(
    plan: Workspace, arguments: tuple[str, ...], columns: int
) -> None:
    lines = screen(plan, *arguments, columns=columns)
    drawn, expected = parts(lines), answer(plan, *arguments)

    assert [line for line in lines if cell_len(line) > columns] == []
    assert [(len(match[2]) // 2, match[5], match[6]) for match in drawn] == [
        (line["depth"], line["ticket"][-5:], line["state"]) for line in expected
    ]
    assert all(LONG.startswith(match[4].rstrip("…")) for match in drawn)
    for match, line in zip(drawn, expected, strict=True):
        marks = match[7] or ""
        assert ("(*)" in marks, "(cycle)" in marks) == (line["repeated"], line["cycle"])
        assert ("free" in marks, "after" in marks) == (line["frees"], line["kind"] == "after")
        assert ("not active" in marks) == (line["active"] is False)
        before = line["more_before"] if line["parent"] else 0
        assert [int(number) for number in re.findall(r"\d+", marks)] == ([before] * bool(before))


@pytest.mark.parametrize("arguments", [(), ("--reverse",), ("--all",), (B,)])
def test_guides_lead_from_each_ticket_to_those_below(
    plan: Workspace, arguments: tuple[str, ...]
) -> None:
    drawn, expected = parts(screen(plan, *arguments)), answer(plan, *arguments)
    for number, (match, line) in enumerate(zip(drawn, expected, strict=True)):
        for level in range(1, line["depth"] + 1):
            later = next((e for e in expected[number + 1 :] if e["depth"] <= level), None)
            goes_on = later is not None and later["depth"] == level
            guides = "│ " if level < line["depth"] else "├└"
            assert match[2][2 * level - 2] == guides[not goes_on]


def test_marks_have_footnotes_only_if_they_are_there(plan: Workspace) -> None:
    def footnotes(*arguments: str) -> set[str]:
        lines = screen(plan, *arguments, columns=120)
        return {line.split()[0].rstrip(":") for line in lines if line and not LINE.fullmatch(line)}

    marks = {"(*)", "(cycle)", "after", "freed", "frees"}
    assert footnotes() & marks == {"(*)", "(cycle)", "after"}
    assert footnotes(A, "--depth", "1") & marks == set()
    plan.ticket(B, "done")
    assert footnotes("--kind", "blocker") & marks == {"freed"}
    assert footnotes("--kind", "blocker", "--reverse") & marks == {"frees"}


def test_deep_chain_keeps_its_titles(workspace: Workspace) -> None:
    ids = [f"00001KT00{number:04d}" for number in range(40)]
    for number, id_ in enumerate(ids):
        workspace.ticket(id_, "queued")
        if number:
            workspace.record(id_, "blocked_by", ids[number - 1])
    lines = screen(workspace, columns=60)

    assert max(map(cell_len, lines)) <= 60
    drawn = parts(lines)
    assert [int(match[1] or 0) + len(match[2]) // 2 for match in drawn] == list(range(40))
    assert max(len(match[2]) for match in drawn) <= 20


def test_ascii_terminal_gets_stand_ins(plan: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = answer(plan)
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    lines = screen(plan, columns=120)

    assert all(line.isascii() for line in lines)
    indents = [re.match(r"[|+` ]*", line) for line in lines[: len(expected)]]
    assert [len(match[0]) // 2 for match in indents if match] == [e["depth"] for e in expected]


def test_empty_answers_say_why(workspace: Workspace) -> None:
    workspace.ticket(A, "queued")
    (line, empty, why) = screen(workspace)
    assert (LINE.fullmatch(line) is not None, empty, why[:1]) == (True, "", "1")
    assert len(screen(workspace, A)) == 3
    workspace.ticket(A, "done")
    assert len(screen(workspace)) == 1
