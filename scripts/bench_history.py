"""Measure `log` and `show --provenance` beside git's own commands, and print ratios of CPU times.

scripts/dev bench-history [--tickets N --commits N | --repository FOLDER] [--runs N]

The program is that of the environment which runs this script; B is `python -c pass` in it. CPU
times include all child processes. Figures of one run share the state of the machine.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate import generate

IDENTITY = "tester <tester@example.org>"
START = 1_767_225_600
"""Time of the first commit, in seconds since 1970."""
BLAMED = 100
"""Plans that are blamed, about."""
FAILED = {1, 2, 3}
"""Exit statuses of a command without an answer."""
ENVIRON = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""Without what would make each command compile its modules."""
PROGRAM = (sys.executable, "-m", "yoi_relations")
RECORD = "---\nkind: waiting\nauthor: x\nat: 2026-06-09T10:03:41Z\n---\nWhy {number}.\n"


class Measured:
    """A repository with tickets, and CPU times of commands in it."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.folder = folder
        self.runs = runs
        records = sorted(folder.glob(".yoi/tickets/*/artifacts/relations/*.md"))
        plans = sorted(folder.glob(".yoi/tickets/*/artifacts/orchestration-plan.jsonl"))
        self.plans = plans
        self.ticket = (records or plans)[-1].relative_to(folder / ".yoi/tickets").parts[0]

    def usage(self, *command: str) -> resource.struct_rusage:
        """What a command and its children used; it must have an answer."""
        with open(os.devnull, "wb") as null:
            process = subprocess.Popen(command, cwd=self.folder, env=ENVIRON, stdout=null)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode in FAILED:
            raise SystemExit(f"{command}: ended with {process.returncode}")
        return usage

    def cpu(self, *command: str) -> float:
        """Seconds of CPU time of a command and its children."""
        usage = self.usage(*command)
        return usage.ru_utime + usage.ru_stime

    def in_turn(self, *measured: Callable[[], float]) -> list[float]:
        """The medians of several times, of commands that run in turn."""
        rounds = [[one() for one in measured] for _ in range(self.runs)]
        return [statistics.median(times) for times in zip(*rounds, strict=True)]

    def bare(self) -> float:
        """CPU time of an interpreter that does nothing."""
        return self.cpu(sys.executable, "-c", "pass")

    def program(self, *arguments: str) -> float:
        """CPU time of a command of the program."""
        return self.cpu(*PROGRAM, *arguments)

    def git(self, *arguments: str) -> float:
        """CPU time of a command of git, without a commit-graph."""
        return self.cpu("git", "-c", "core.commitGraph=false", *arguments)

    def first(self, *arguments: str) -> float:
        """CPU time of a command that finds no stored history, but a current index."""
        for path in (self.folder / ".yoi/cache/relations").glob("history-*"):
            path.unlink()
        return self.program(*arguments)

    def settle(self) -> None:
        """Wait until the stamps of index and history are reliable, and let them be noted."""
        for _ in range(2):
            self.program("log", self.ticket)
            time.sleep(3)
        self.program("log", self.ticket)

    def blame(self) -> float:
        """CPU time of blame on all plans, a process for each; of many, a sample is measured."""
        sample = self.plans[:: len(self.plans) // BLAMED + 1]
        command = ("blame", "--line-porcelain", "--")
        times = [self.git(*command, str(path.relative_to(self.folder))) for path in sample]
        return statistics.mean(times) * len(self.plans)

    def without_git(self, *arguments: str) -> float:
        """CPU time of a command of the program where there is no repository."""
        here, aside = self.folder / ".git", self.folder / "not-git"
        shutil.move(here, aside)
        try:
            return self.program(*arguments)
        finally:
            shutil.move(aside, here)

    def report(self) -> None:
        """Print all rows."""
        self.settle()
        bare, raw, first, provenance = self.in_turn(
            self.bare,
            lambda: self.git("log", "--raw", "-m", "--full-history", "--", ".yoi/tickets"),
            lambda: self.first("log"),
            lambda: self.first("show", self.ticket, "--provenance"),
        )
        self.settle()
        bare_again, one, again, trusted, lookup, check, without = self.in_turn(
            self.bare,
            lambda: self.git("log", "--", f".yoi/tickets/{self.ticket}"),
            lambda: self.program("log", self.ticket),
            lambda: self.program("log", self.ticket, "--trust", "index"),
            lambda: self.program("show", self.ticket, "--trust", "index"),
            lambda: self.program("check", self.ticket),
            lambda: self.without_git("check", self.ticket),
        )
        rows = {
            "first log / git log --raw of all tickets": first / raw,
            "first show --provenance / git log --raw of all tickets": provenance / raw,
            "first log / bare interpreter": first / bare,
            "log of a ticket again / bare interpreter": again / bare_again,
            "the same with --trust index / bare interpreter": trusted / bare_again,
            "show of a ticket with --trust index / bare interpreter": lookup / bare_again,
            "log of a ticket again / git log of its folder": again / one,
            "(check in git - check without git) / bare interpreter": (check - without) / bare_again,
        }
        if self.plans:
            rows["first log / blame of all plans"] = first / self.blame()
        for name, value in rows.items():
            print(f"| {name} | {value:.2f} |", flush=True)


def make_repository(folder: Path, tickets: int, commits: int) -> None:
    """Write a workspace, and commits that each add a record to a ticket or remove one."""
    generate(folder, tickets, seed=1, own=0.5)
    (folder / ".gitignore").write_text(".yoi/cache/\n")
    environ = os.environ | {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (
            ("NAME", "tester"),
            ("EMAIL", "tester@example.org"),
            ("DATE", f"{START} +0000"),
        )
    }
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", *command], cwd=folder, env=environ, check=True)
    rng = random.Random(1)  # noqa: S311  # not for secrets
    ids = sorted(path.name for path in (folder / ".yoi/tickets").iterdir() if path.is_dir())
    stream = []
    added: list[str] = []
    for number in range(commits):
        if added and rng.random() < 0.1:  # noqa: PLR2004  # one in ten
            change = f"D {added.pop()}\n"
        else:
            name = f"artifacts/relations/01KT{number:022d}.md"
            added.append(f".yoi/tickets/{rng.choice(ids)}/{name}")
            text = RECORD.format(number=number)
            change = f"M 100644 inline {added[-1]}\ndata {len(text)}\n{text}\n"
        start = "from refs/heads/main^0\n" if number == 0 else ""
        stream.append(
            f"commit refs/heads/main\ncommitter {IDENTITY} {START + number + 1} +0000\n"
            f"data 1\nx\n{start}{change}\n"
        )
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=folder, input="".join(stream), text=True, check=True
    )
    subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)


def measure(description: str, measured: type[Measured]) -> None:
    """Read the arguments, and print the report about a new repository, or a copy of one."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--tickets", type=int, default=1000)
    parser.add_argument("--commits", type=int, default=2000)
    parser.add_argument("--repository", type=Path, help="an existing one; it is copied")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "work"
        if arguments.repository:
            shutil.copytree(arguments.repository, folder, symlinks=True)
        else:
            make_repository(folder, arguments.tickets, arguments.commits)
        measured(folder, arguments.runs).report()


if __name__ == "__main__":
    measure("Measure the history of records.", Measured)
