"""Count the characters that an orchestrator reads in one day.

scripts/dev day [--workspace FOLDER] [PROGRAM [OTHER]]

The day runs in a copy of the workspace: find tickets that may be accepted, explain what is on hold,
record ten decisions, check again. No question relies on an earlier answer. Overviews are read as
lines, everything else as JSON.
With two programs (commands, optionally with arguments), the last column is PROGRAM divided by
OTHER; both get the same questions, and each answers them in as many calls as it needs.
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
"""Exit codes of commands that answer."""
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
"""Records of each class to add, with their notes; the first two are then retired."""
IN_ORDER = {"blocked", "ordered_after", "dependency_cycle", "mixed_cycle"}
"""Codes of reasons that make a ticket wait; a target without them cannot close a cycle."""
REASON = "The two were cut differently; this no longer holds for either half."


class Day:
    """One program's day in a copy of a workspace.

    Attributes:
        costs: characters on stdout and stderr, by step.
        calls: number of commands, by step.
        freed: for each blocker, the tickets that have no other reason to wait.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self.costs: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.freed: dict[str, list[str]] = {}
        self._program = shlex.split(program)
        self._folder = folder
        self._step = "open the index"
        self._ask("status")

    def run(self) -> None:
        """Run the day."""
        found = self._overview("find what may be accepted")
        self._step = "explain what is held"
        held = {ticket for verdict, ticket, *_ in found if verdict == "hold"}
        answers = [self._check(ticket) for ticket in sorted(held)]
        blockers = {reason["ticket"] for check in answers for reason in _holding(check)} - {None}
        lists_freed = all("holds" in check for check in answers)
        for blocker in sorted(blockers):
            self.freed[blocker] = self._freed_by(blocker, lists_freed=lists_freed)
        self._step = "record ten decisions"
        self._record(found)
        self._overview("check again")

    def _overview(self, step: str) -> list[list[str]]:
        """The reasons against accepting unresolved tickets, as rows."""
        self._step = step
        lines = self._run("check", "--plain").splitlines()
        return [line.split("\t") for line in lines]

    def _check(self, ticket: str) -> Any:  # noqa: ANN401  # JSON
        return self._ask("check", ticket)["checks"][0]

    def _freed_by(self, blocker: str, *, lists_freed: bool) -> list[str]:
        """The tickets without a reason to wait if `blocker` were done."""
        if lists_freed:
            return [hold["ticket"] for hold in self._check(blocker)["holds"] if hold["frees"]]
        rows = self._ask("show", blocker)["relations"]
        ends = {row[end] for row in rows for end in ("ticket", "target")} - {blocker, None}
        return [
            end
            for end in sorted(ends)
            if {reason["ticket"] for reason in _against(self._check(end))} == {blocker}
        ]

    def _record(self, found: list[list[str]]) -> None:
        """Add records about one ticket after the other, and retire two of them."""
        waiting: dict[str, bool] = {}
        for _, ticket, _, _, code, *_ in found:
            waiting[ticket] = waiting.get(ticket, False) or code in IN_ORDER
        tickets = [ticket for ticket, waits in waiting.items() if waits] or list(waiting)
        targets = [ticket for ticket, waits in waiting.items() if not waits] or list(waiting)
        added = []
        for ticket, target, (arguments, note) in zip(
            cycle(tickets), cycle(targets), ADDED, strict=False
        ):
            names = {"ticket": ticket, "target": target}
            words = [names.get(word, word) for word in arguments.split()]
            added.append(self._ask("add", *words, "--note", note)["record"]["id"])
        for record in added[:2]:
            self._ask("retire", record, "--reason", REASON)

    def _ask(self, *arguments: str) -> Any:  # noqa: ANN401  # JSON
        """The JSON answer of a command, whose cost is counted."""
        return json.loads(self._run(*arguments, "--json"))

    def _run(self, *arguments: str) -> str:
        """The output of a command, whose cost is counted."""
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
    """The reasons against accepting a ticket, except its own state."""
    reasons = check["reasons"]
    return [each for each in reasons if each["verdict"] != "clear" and each["code"] != "state"]


def _holding(check: Any) -> list[Any]:  # noqa: ANN401  # JSON
    return [reason for reason in check["reasons"] if reason["verdict"] == "hold"]


def run_day(program: str, workspace: Path) -> Day:
    """Run the day with `program` in a copy of `workspace`."""
    with tempfile.TemporaryDirectory() as folder:
        copied = shutil.ignore_patterns("cache")
        shutil.copytree(workspace / ".yoi", Path(folder, ".yoi"), symlinks=True, ignore=copied)
        day = Day(program, Path(folder))
        day.costs.clear()
        day.calls.clear()
        day.run()
        return day


def main() -> None:
    """Read the arguments and print a row for each step."""
    this = shlex.join([sys.executable, "-m", "yoi_relations"])
    parser = argparse.ArgumentParser(
        description="Count the characters that an orchestrator reads in one day."
    )
    parser.add_argument("program", nargs="*", default=[this], help="one program, or two to compare")
    parser.add_argument("--workspace", type=Path, default=ROOT / "examples")
    arguments = parser.parse_args()
    days = [run_day(program, arguments.workspace) for program in arguments.program]
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
