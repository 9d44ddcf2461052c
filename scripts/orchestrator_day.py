"""Count the characters that a day of an orchestrator costs: all that it has to read.

scripts/dev day [--workspace FOLDER] [PROGRAM [OTHER]]

The day is played in a copy of the workspace: find what may be accepted, explain what is held,
record ten decisions, check again. Each question is asked by somebody who has seen no answer yet.
With two programs (commands, with arguments if need be), the last column is PROGRAM by OTHER; both
get the same questions, and each answers them in as many calls as it needs.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ANSWERS = {0, 4, 9, 10, 11}
"""Exit statuses with which there is an answer."""
DECISIONS = (
    (
        "blocked-by",
        True,
        "The table of members has to exist first; the import has nowhere to write to.",
    ),
    ("blocks", True, "The new page shows what this one stores, so it cannot be tried before."),
    ("after", True, "Both touch the start page. The smaller change goes first, which is easier."),
    ("before", True, "The names that are decided here are used over there."),
    (
        "conflicts-with",
        True,
        "Both move the functions that send mail; a merge would be made by hand.",
    ),
    ("waiting", False, "The board decides in its next meeting which of the two texts is sent."),
    (
        "accepted-plan",
        False,
        "First the table and its test, then the import, then the page. One writes, one reviews.",
    ),
    ("related", True, "The same report from a reader led to both."),
)
"""Kind, whether it has a target, and the note of what is added; two of them are retired again."""
REASON = "The two were cut differently; this no longer holds for either half."


class Day:
    """One program's day in a copy of a workspace.

    Attributes:
        costs: characters by step, of stdout and stderr together.
        calls: commands by step.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self.costs: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._program = shlex.split(program)
        self._folder = folder
        self._step = "open the index"
        self._ask("status")

    def live(self) -> None:
        """Play the day."""
        found = self._look("find what may be accepted")
        self._step = "explain what is held"
        held = [one for one in found if one["verdict"] == "hold"]
        answers = [self._check(one["ticket"]) for one in held]
        blockers = {reason["ticket"] for one in answers for reason in _holding(one)} - {None}
        for blocker in sorted(blockers):
            self._what_becomes_free(blocker, at_once=all("holds" in one for one in answers))
        self._step = "record ten decisions"
        self._record([one["ticket"] for one in found])
        self._look("check again")

    def _look(self, step: str) -> list[Any]:
        """Every ticket that is not resolved, after those in the queue."""
        self._step = step
        self._ask("check", "--state", "queued")
        return list(self._ask("check")["checks"])

    def _check(self, ticket: str) -> Any:  # noqa: ANN401  # JSON
        return self._ask("check", ticket)["checks"][0]

    def _what_becomes_free(self, blocker: str, *, at_once: bool) -> list[str]:
        """The tickets that nothing would stand against if `blocker` were done."""
        if at_once:
            return [one["ticket"] for one in self._check(blocker)["holds"] if one["frees"]]
        rows = self._ask("show", blocker)["relations"]
        ends = {row[end] for row in rows for end in ("ticket", "target")} - {blocker, None}
        return [
            end
            for end in sorted(ends)
            if {reason["ticket"] for reason in _against(self._check(end))} == {blocker}
        ]

    def _record(self, tickets: list[str]) -> None:
        """Add a record of each class, and retire two of them."""
        others = islice(cycle(tickets), 1, None)
        made = []
        for ticket, other, (kind, has_target, note) in zip(
            cycle(tickets), others, DECISIONS, strict=False
        ):
            target = [other] if has_target else []
            made.append(self._ask("add", ticket, kind, *target, "--note", note)["record"]["id"])
        for record in made[:2]:
            self._ask("retire", record, "--reason", REASON)

    def _ask(self, *arguments: str) -> Any:  # noqa: ANN401  # JSON
        """A command's answer, what it costs written down."""
        ran = subprocess.run(
            [*self._program, *arguments, "--json"],
            cwd=self._folder,
            env=os.environ | {"YOI_RELATIONS_AUTHOR": "orchestrator"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if ran.returncode not in ANSWERS:
            raise SystemExit(f"{shlex.join(ran.args)}: {ran.stderr}")
        self.costs[self._step] += len(ran.stdout) + len(ran.stderr)
        self.calls[self._step] += 1
        return json.loads(ran.stdout)


def _against(check: Any) -> list[Any]:  # noqa: ANN401  # JSON
    """The reasons against a ticket, but for its own state."""
    reasons = check["reasons"]
    return [one for one in reasons if one["verdict"] != "clear" and one["code"] != "state"]


def _holding(check: Any) -> list[Any]:  # noqa: ANN401  # JSON
    return [one for one in check["reasons"] if one["verdict"] == "hold"]


def live(program: str, workspace: Path) -> Day:
    """The day of `program` in a copy of `workspace`."""
    with tempfile.TemporaryDirectory() as place:
        copied = shutil.ignore_patterns("cache")
        shutil.copytree(workspace / ".yoi", Path(place, ".yoi"), symlinks=True, ignore=copied)
        day = Day(program, Path(place))
        day.costs.clear()
        day.calls.clear()
        day.live()
        return day


def main() -> None:
    """Read the arguments and print a row for each step."""
    own = shlex.join([sys.executable, "-m", "yoi_relations"])
    parser = argparse.ArgumentParser(description="Count what a day of an orchestrator costs.")
    parser.add_argument("program", nargs="*", default=[own], help="one, or two to compare")
    parser.add_argument("--workspace", type=Path, default=ROOT / "examples")
    arguments = parser.parse_args()
    days = [live(program, arguments.workspace) for program in arguments.program]
    for step in days[0].costs:
        print(_row(step, [(day.costs[step], day.calls[step]) for day in days]))
    print(_row("the day", [(day.costs.total(), day.calls.total()) for day in days]))


def _row(name: str, sums: list[tuple[int, int]]) -> str:
    cells = [f"{costs:>8,} in {calls:>3} calls" for costs, calls in sums]
    if len(sums) > 1:
        cells.append(f"{sums[0][0] / sums[1][0]:.2f}")
    return "  ".join([f"{name:<26}", *cells])


if __name__ == "__main__":
    main()
