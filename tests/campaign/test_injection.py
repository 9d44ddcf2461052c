"""A command is killed, or gets an error, at each of its system calls; the short run takes a few.

A power cut is not tested: that needs a disk that loses unsynced data.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from workspace_builder import Workspace

from campaign.failing_commands import CASES, build, check_afterwards, check_end
from campaign.fault_injection import KILL, Point, hit, points, why_unavailable

pytestmark = pytest.mark.skipif(bool(why_unavailable()), reason=why_unavailable())
LEAST = {
    "refresh": 170,
    "first": 165,
    "settle": 190,
    "prove": 45,
    "rebuild": 155,
    "add": 340,
    "add-beside": 225,
    "retire": 340,
    "retire-beside": 340,
}
"""The least number of points per command; with fewer, calls were missed."""
SLOW = ("settle", "prove")
"""Commands that need files of some seconds of age."""
SAMPLE = 2
"""Points of each sort that the short run tries: any, writing calls, kills."""
LONG = 600
"""The most characters of a failure that are shown."""
TRIES = 3
"""Runs until a point is hit: how often a command reads new files depends on the time."""


@pytest.mark.parametrize("name", [name for name in CASES if name not in SLOW])
def test_command_survives_failures_at_a_few_calls(name: str, tmp_path: Path) -> None:
    found = count(name, tmp_path)
    draw = random.Random(name)  # noqa: S311  # the same points each time
    writes = [point for point in found if point.call in {"write", "fsync", "renameat", "linkat"}]
    kills = [point for point in writes if point.error == KILL]
    chosen = {point for some in (found, writes, kills) for point in draw.sample(some, SAMPLE)}
    assert outcomes(name, sorted(chosen), tmp_path).total() == len(chosen) > SAMPLE


@pytest.mark.campaign
@pytest.mark.parametrize("name", CASES)
def test_command_survives_failures_at_every_call(name: str, tmp_path: Path) -> None:
    found = count(name, tmp_path)
    ended = outcomes(name, found, tmp_path)
    # Shown with -rP: what the run was worth.
    sys.stdout.write(f"{name}: {len(found)} points, {dict(ended)}\n")
    assert ended.total() == len(found)


def count(name: str, folder: Path) -> list[Point]:
    """The points of a command."""
    # The first run may still compile modules, which are calls that no later one makes.
    runs = [points(fresh(name, folder).root, *CASES[name].arguments) for _ in range(2)]
    found = runs[-1]
    assert len(found) >= LEAST[name]
    return found


def fresh(name: str, folder: Path) -> Workspace:
    """A new workspace, as before the command."""
    shutil.rmtree(folder / "work", ignore_errors=True)
    workspace = build(folder / "work")
    CASES[name].prepare(workspace)
    return workspace


def outcomes(name: str, chosen: list[Point], folder: Path) -> Counter[str]:
    """Try each point; how often the command was killed, failed or succeeded."""
    ended: Counter[str] = Counter()
    wrong = []
    for point in chosen:
        try:
            ended[attempt(name, point, folder)] += 1
        except (AssertionError, ValueError) as error:  # a file cut short is no record to `naive`
            wrong.append(f"{point}: {str(error)[-LONG:]}")
    assert not wrong, f"{len(wrong)} of {len(chosen)}:\n" + "\n\n".join(wrong)
    return ended


def attempt(name: str, point: Point, folder: Path) -> str:
    """Try one point, and check what must hold after it."""
    case = CASES[name]
    for _ in range(TRIES):
        workspace = fresh(name, folder)
        before = workspace.snapshot()
        ended = hit(workspace.root, point, *case.arguments)
        if ended is not None:
            break
    assert ended is not None, "was never hit"
    killed = point.error == KILL
    if killed:
        assert ended.code == -9, ended
    else:
        check_end(case, workspace, ended, mute=point.stays and point.call == "write")
    check_afterwards(case, workspace, before, cut=killed or point.call == "unlinkat")
    return "killed" if killed else {0: "answered", 4: "problems"}.get(ended.code, "failed")
