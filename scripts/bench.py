"""Measure the installed program, and print ratios of pairs that were run in turn.

scripts/dev bench [--tickets N]... [--corpus FOLDER] [--runs N]

B is `python -c pass` of the same environment. Each figure is the median over the runs of a command,
divided by the median of what it was run in turn with: machines are noisy, ratios less so.
"""

from __future__ import annotations

import argparse
import os
import pty
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

ROOT = Path(__file__).parent.parent
BARE_LOOP = """
import os, yaml
def read(path):
    with open(path, 'rb') as file:
        return file.read()
def parse(path):
    parts = read(path).decode('utf-8', 'replace').split('---\\n', 2)
    try:
        yaml.load(parts[1] if len(parts) > 2 else '', Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        pass
def take(folder):
    try:
        parse(folder + '/item.md')
        entries = os.scandir(folder + '/artifacts')
    except OSError:
        return
    for entry in entries:
        if entry.name in ('relations.json', 'orchestration-plan.jsonl'):
            read(entry.path)
        elif entry.name == 'relations':
            for record in os.scandir(entry.path):
                if record.name.endswith('.md'):
                    parse(record.path)
for folder in os.scandir('.yoi/tickets'):
    if folder.name in ('open', 'pending', 'closed'):
        for inner in os.scandir(folder.path):
            take(inner.path)
    else:
        take(folder.path)
"""
"""Reads the files that a rebuild reads, and parses the same frontmatter with libyaml."""

CORES = sorted(os.sched_getaffinity(0))
SOME_CORES = [set(CORES[:count]) for count in (1, 2) if count <= len(CORES)]
"""On which a rebuild is measured."""


class Bench:
    """An environment of its own with the program installed and compiled."""

    def __init__(self, place: Path, runs: int) -> None:
        self.runs = runs
        environment = place / "environment"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        self.python = environment / "bin" / "python"
        self.relations = environment / "bin" / "relations"
        self.environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.python_does(environment, "-m", "pip", "install", "--quiet", str(ROOT))
        self.python_does(environment, "-m", "compileall", "-q", str(environment / "lib"))

    def python_does(self, folder: Path, *arguments: str) -> None:
        """Run the environment's Python, which must succeed."""
        subprocess.run([str(self.python), *arguments], cwd=folder, env=self.environ, check=True)

    def run(self, folder: Path, *command: str | Path, terminal: bool = False) -> float:
        """Seconds that a command takes, its output read and thrown away."""
        start = time.perf_counter()
        if terminal:
            self._on_terminal(folder, command)
        else:
            subprocess.run(command, cwd=folder, env=self.environ, capture_output=True, check=False)
        return time.perf_counter() - start

    def _on_terminal(self, folder: Path, command: tuple[str | Path, ...]) -> None:
        leader, follower = pty.openpty()
        environ = self.environ | {"TERM": "xterm", "COLUMNS": "120"}
        with subprocess.Popen(command, cwd=folder, env=environ, stdout=follower):
            os.close(follower)
            try:
                while os.read(leader, 65536):
                    pass
            except OSError:  # how Linux says that the other side is closed
                pass
        os.close(leader)

    def ratio(self, one: Callable[[], float], other: Callable[[], float]) -> float:
        """How many times as long `one` takes as `other`, run in turn."""
        one(), other()
        pairs = [(one(), other()) for _ in range(self.runs)]
        return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)

    def bare(self, folder: Path) -> float:
        """B."""
        return self.run(folder, self.python, "-c", "pass")

    def lookup(self, folder: Path, *more: str, terminal: bool = False) -> float:
        """The lookup that all goals are about."""
        shown = () if terminal else ("--json",)
        command = ("show", "--kind", "blocker", "--all", *shown, *more)
        return self.run(folder, self.relations, *command, terminal=terminal)


def report(name: str, value: float, goal: str, unit: str = "") -> None:
    """Print a row."""
    print(f"| {name} | {value:.2f}{unit} | {goal} |", flush=True)


def settle(bench: Bench, folder: Path) -> None:
    """Until nothing is noted any more: stamps, then that the index file was proven."""
    for _ in range(3):
        bench.lookup(folder)
        time.sleep(2.6)
    bench.lookup(folder)


def measure(bench: Bench, name: str, folder: Path) -> None:
    """All rows for one workspace."""
    bench.run(folder, bench.relations, "rebuild")
    settle(bench, folder)
    bare = lambda: bench.bare(folder)  # noqa: E731
    steady = lambda: bench.lookup(folder)  # noqa: E731
    report(f"lookup, {name}", bench.ratio(steady, bare), "B")
    unchecked = bench.ratio(lambda: bench.lookup(folder, "--trust", "index", "--limit", "50"), bare)
    report(f"lookup with --trust index, 50 rows, {name}", unchecked, "B")
    drawn = bench.ratio(lambda: bench.lookup(folder, "--limit", "50", terminal=True), bare)
    report(f"lookup on a terminal, 50 rows, {name}", drawn, "B")
    ticket = min(path.name for path in (folder / ".yoi" / "tickets").iterdir())
    report(f"lookup right after an edit, {name}", edited(bench, folder, ticket), "steady lookups")
    for count, cores in enumerate(SOME_CORES, start=1):
        ratio = rebuilt(bench, folder, cores)
        report(f"rebuild on {count} cores, {name}", ratio, "bare loops with libyaml")
    settle(bench, folder)
    bench.lookup(folder)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report(f"peak memory of any command so far, {name}", peak, "", " MiB")


def rebuilt(bench: Bench, folder: Path, cores: set[int]) -> float:
    """A rebuild against the bare loop, both on these cores alone."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        return bench.ratio(
            lambda: bench.run(folder, bench.relations, "rebuild"),
            lambda: bench.run(folder, bench.python, "-c", BARE_LOOP),
        )
    finally:
        os.sched_setaffinity(0, allowed)


def edited(bench: Bench, folder: Path, ticket: str) -> float:
    """The lookup after one record was written, against the steady one."""
    place = folder / ".yoi" / "tickets" / ticket / "artifacts" / "relations"
    place.mkdir(exist_ok=True)
    ratios = []
    for number in range(min(bench.runs, 7)):
        settle(bench, folder)
        steady = statistics.median(bench.lookup(folder) for _ in range(5))
        text = "---\nkind: waiting\nauthor: x\nat: 2026-06-09T10:03:41Z\n---\nWhy.\n"
        (place / f"01KT{number:022d}.md").write_text(text)
        ratios.append(bench.lookup(folder) / steady)
    shutil.rmtree(place)
    return statistics.median(ratios)


def main() -> None:
    """Read the arguments and print the report."""
    parser = argparse.ArgumentParser(description="Measure the installed program.")
    parser.add_argument("--tickets", type=int, action="append", help="sizes to generate")
    parser.add_argument("--corpus", type=Path, help="a workspace of yours; it is copied")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place), arguments.runs)
        print("| what | ratio | of |\n|---|---|---|")
        if arguments.corpus:
            copy = Path(place) / "corpus"
            shutil.copytree(arguments.corpus / ".yoi", copy / ".yoi", symlinks=True)
            measure(bench, "own workspace", copy)
        for tickets in arguments.tickets or [1000, 10_000]:
            folder = Path(place) / str(tickets)
            generate(folder, tickets)
            measure(bench, f"{tickets:,} tickets", folder)


if __name__ == "__main__":
    main()
