"""Kill publishers, cut their connections and let them race, and print what the database held.

scripts/dev publisher-faults [--tries N]

Each publisher is to replace an old state by a new one. `tests/server` tries the same less often.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path
from random import Random

from postgres_server import PostgresServer, needed_programs
from publication_faults import RACERS, Race, Trials, new_workspace, old_workspace
from workspace_builder import Workspace

from yoi_relations.server.schema import migrate

FEW, MANY = 10, 60
"""Tickets that change: few are sent as statements, many by COPY."""
ONLY_ANSWER = 10
"""Every so many cuts, all of the publication arrives, and only the answer is missing."""


def kill(trials: Trials, random: Random, _number: int) -> None:
    """Kill one publisher."""
    trials.kill(random)


def cut(trials: Trials, random: Random, number: int) -> None:
    """Cut one connection."""
    trials.cut(random, at_the_end=number % ONLY_ANSWER == 0)


def report(name: str, tries: int, found: Counter[str], refused: int) -> None:
    """Print a row."""
    states = " | ".join(str(found[state]) for state in ("old", "new", "other"))
    print(f"| {name} | {tries} | {states} | {refused} |", flush=True)


FAULTS = {"killed": kill, "cut off": cut}


def main() -> None:
    """Read the arguments and print the report."""
    parser = argparse.ArgumentParser(description="Try what can happen to publishers.")
    parser.add_argument("--tries", type=int, default=100)
    tries = parser.parse_args().tries
    random = Random()  # noqa: S311  # when and where it happens
    server = PostgresServer(needed_programs())
    try:
        template = server.create()
        migrate(server.url(template))
        print("| what | tries | old | new | other | refused |\n|---|---|---|---|---|---|")
        for (name, trial), tickets in product(FAULTS.items(), (FEW, MANY)):
            database = server.url(server.create(template))
            with tempfile.TemporaryDirectory() as scratch:
                old = old_workspace(Path(scratch) / "old")
                new = new_workspace(Path(scratch) / "new", tickets)
                trials = Trials(old, new, database)
                for number in range(tries):
                    trial(trials, random, number)
            report(f"{name}, {tickets} tickets", tries, trials.found, 0)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            race = Race(Workspace(folder / "work"), folder, server.url(server.create(template)))
            refused = sum(race.run(f"race/{number}", random) for number in range(tries))
        report(f"races of {RACERS}", tries, Counter(new=tries), refused)
    finally:
        server.end()


if __name__ == "__main__":
    main()
