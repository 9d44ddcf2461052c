"""Measure the installed program, and print ratios of commands that were run alternately.

scripts/dev bench [--tickets N]... [--own SHARE] [--corpus FOLDER] [--runs N]

B is `python -c pass` in the same environment. Each figure is the median time of a command divided
by the median time of its baseline, run alternately: on a busy machine, ratios vary less than times.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench_environment import BARE_LOOP, Bench
from generate import generate

CORES = sorted(os.sched_getaffinity(0))
CORE_SETS = [set(CORES[:count]) for count in (1, 2) if count <= len(CORES)]
"""The sets of cores on which a rebuild is measured."""
CHANGED = 10
"""Tickets that a checkout changes."""
RECORD = "---\nkind: waiting\nauthor: x\nat: 2026-06-09T10:03:41Z\n---\nWhy.\n"


def report(name: str, value: float, goal: str, unit: str = "") -> None:
    """Print a row."""
    print(f"| {name} | {value:.2f}{unit} | {goal} |", flush=True)


def measure(bench: Bench, name: str, folder: Path) -> None:
    """Print all rows for one workspace."""
    bench.run(folder, bench.relations, "rebuild")
    tickets = sorted(path for path in (folder / ".yoi" / "tickets").iterdir() if path.is_dir())
    records = tickets[0] / "artifacts" / "relations"
    records.mkdir(parents=True, exist_ok=True)
    bench.settle(folder)
    _lookups(bench, name, folder, tickets[0].name)
    report(f"lookup right after an edit, {name}", edited(bench, folder, records), "steady lookups")
    report(f"a hook after {CHANGED} tickets changed, {name}", hook(bench, folder), "steady lookups")
    for count, cores in enumerate(CORE_SETS, start=1):
        ratio = rebuilt(bench, folder, cores)
        report(f"rebuild on {count} cores, {name}", ratio, "bare loops with libyaml")
    report(f"watch, from write to line, {name}", watched(bench, folder, records), "", " ms")


def _lookups(bench: Bench, name: str, folder: Path, ticket: str) -> None:
    def row(what: str, *more: str, terminal: bool = False) -> None:
        ratio = bench.ratio(
            lambda: bench.lookup(folder, *more, terminal=terminal), lambda: bench.baseline(folder)
        )
        report(f"{what}, {name}", ratio, "B")

    row("lookup")
    report(f"peak memory of a lookup, {name}", bench.peak(folder), "", " MiB")
    row("lookup with --trust index, 50 rows", "--trust", "index", "--limit", "50")
    row("lookup on a terminal, 50 rows", "--limit", "50", terminal=True)
    check = bench.ratio(
        lambda: bench.run(folder, bench.relations, "check", ticket, "--json"),
        lambda: bench.baseline(folder),
    )
    report(f"check of one ticket, {name}", check, "B")


def rebuilt(bench: Bench, folder: Path, cores: set[int]) -> float:
    """The time of a rebuild divided by that of the bare loop, both limited to `cores`."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        return bench.ratio(
            lambda: bench.run(folder, bench.relations, "rebuild"),
            lambda: bench.run(folder, bench.python, "-c", BARE_LOOP),
        )
    finally:
        os.sched_setaffinity(0, allowed)


def steady(bench: Bench, folder: Path) -> float:
    """The time in seconds of a lookup if nothing has changed for a while."""
    bench.settle(folder)
    return statistics.median(bench.lookup(folder) for _ in range(5))


def edited(bench: Bench, folder: Path, records: Path) -> float:
    """The time of the lookup after one record was written, divided by the steady time."""
    ratios = []
    for number in range(min(bench.runs, 7)):
        before = steady(bench, folder)
        (records / f"01KT{number:022d}.md").write_text(RECORD)
        ratios.append(bench.lookup(folder) / before)
    return statistics.median(ratios)


def hook(bench: Bench, folder: Path) -> float:
    """The time of the command in a hook after a checkout, divided by the steady time."""
    ratios = []
    for _ in range(min(bench.runs, 7)):
        before = steady(bench, folder)
        for item in sorted(folder.glob(".yoi/tickets/*/item.md"))[:CHANGED]:
            item.write_text(item.read_text() + "More.\n")
        ratios.append(bench.run(folder, bench.relations, "hooks", "run", "-C", folder) / before)
    return statistics.median(ratios)


def watched(bench: Bench, folder: Path, records: Path) -> float:
    """Milliseconds from a write to the line that `watch` prints about it."""
    bench.settle(folder)
    command = [str(bench.relations), "watch"]
    waits = []
    with subprocess.Popen(
        command, cwd=folder, env=bench.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None  # noqa: S101  # for mypy: stdout is a pipe
        time.sleep(3)
        for number in range(100, 100 + bench.runs):
            start = time.perf_counter()
            (records / f"01KT{number:022d}.md").write_text(RECORD)
            while f"{number:022d}".encode() not in process.stdout.readline():
                pass
            waits.append(time.perf_counter() - start)
            time.sleep(0.5)
        process.terminate()
    shutil.rmtree(records)
    return statistics.median(waits) * 1000


def main() -> None:
    """Read the arguments and print the report."""
    parser = argparse.ArgumentParser(description="Measure the installed program.")
    parser.add_argument("--tickets", type=int, action="append", help="sizes to generate")
    parser.add_argument("--own", type=float, default=0.5, help="share of one-file records")
    parser.add_argument("--corpus", type=Path, help="an existing workspace; it is copied")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), arguments.runs)
        print("| what | ratio | of |\n|---|---|---|")
        if arguments.corpus:
            copy = Path(scratch) / "corpus"
            shutil.copytree(arguments.corpus / ".yoi", copy / ".yoi", symlinks=True)
            measure(bench, "own workspace", copy)
        for tickets in arguments.tickets or [1000, 10_000]:
            folder = Path(scratch) / str(tickets)
            generate(folder, tickets, own=arguments.own)
            measure(bench, f"{tickets:,} tickets", folder)


if __name__ == "__main__":
    main()
