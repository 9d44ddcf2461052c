"""Count the characters that a day of an orchestrator costs: all that it has to read.

scripts/dev day [--workspace FOLDER] [PROGRAM [OTHER]]

The day is played in a copy of the workspace: find what may be accepted, explain what is held,
record ten decisions, check again. Each question is asked by somebody who has seen no answer yet:
the overviews as lines, all else as JSON.
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
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ANSWERS = {0, 4, 9, 10, 11}
"""Exit statuses with which there is an answer."""
ADDED = (
    ("ticket blocked-by target", "The table of members has to exist first; the import needs it."),
    (
        "target blocks ticket",
        "The new page shows what the other one stores; nothing to try before.",
    ),
    ("ticket after target", "Both touch the start page, and the smaller change goes first."),
    ("target before ticket", "The names that are decided here are used over there."),
    ("ticket conflicts-with target", "Both move the functions that send mail."),
    ("ticket waiting", "The board decides in its next meeting which of the texts is sent."),
    (
        "ticket accepted-plan",
        "First the table and its test, then the import. One writes, one reviews.",
    ),
    ("ticket related target", "The same report from a reader led to both."),
)
"""What is added, of each class, and why; the first two are retired again."""
IN_ORDER = {"blocked", "ordered_after", "dependency_cycle", "mixed_cycle"}
"""Codes of reasons that a ticket waits by; a target without any of them closes no cycle."""
REASON = "The two were cut differently; this no longer holds for either half."


class Day:
    """One program's day in a copy of a workspace.

    Attributes:
        costs: characters by step, of stdout and stderr together.
        calls: commands by step.
        freed: by blocker, the tickets that nothing else stands against.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self.costs: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.freed: dict[str, list[str]] = {}
        self._program = shlex.split(program)
        self._folder = folder
        self._step = "open the index"
        self._ask("status")

    def live(self) -> None:
        """Play the day."""
        found = self._look("find what may be accepted")
        self._step = "explain what is held"
        held = {ticket for verdict, ticket, *_ in found if verdict == "hold"}
        answers = [self._check(ticket) for ticket in sorted(held)]
        blockers = {reason["ticket"] for one in answers for reason in _holding(one)} - {None}
        at_once = all("holds" in one for one in answers)
        for blocker in sorted(blockers):
            self.freed[blocker] = self._what_becomes_free(blocker, at_once=at_once)
        self._step = "record ten decisions"
        self._record(found)
        self._look("check again")

    def _look(self, step: str) -> list[list[str]]:
        """What is recorded against the tickets that are not resolved."""
        self._step = step
        lines = self._run("check", "--plain").splitlines()
        return [line.split("\t") for line in lines]

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

    def _record(self, found: list[list[str]]) -> None:
        """Add records about tickets that come in turn, and retire two of them."""
        waiting: dict[str, bool] = {}
        for _, ticket, _, _, code, *_ in found:
            waiting[ticket] = waiting.get(ticket, False) or code in IN_ORDER
        tickets = [ticket for ticket, waits in waiting.items() if waits] or list(waiting)
        targets = [ticket for ticket, waits in waiting.items() if not waits] or list(waiting)
        made = []
        for ticket, target, (what, note) in zip(
            cycle(tickets), cycle(targets), ADDED, strict=False
        ):
            names = {"ticket": ticket, "target": target}
            words = [names.get(word, word) for word in what.split()]
            made.append(self._ask("add", *words, "--note", note)["record"]["id"])
        for record in made[:2]:
            self._ask("retire", record, "--reason", REASON)

    def _ask(self, *arguments: str) -> Any:  # noqa: ANN401  # JSON
        """A command's answer as JSON, what it costs written down."""
        return json.loads(self._run(*arguments, "--json"))

    def _run(self, *arguments: str) -> str:
        """The same, as it was printed."""
        ran = subprocess.run(
            [*self._program, *arguments],
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
        return ran.stdout


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
