"""Measure a shared database, and print ratios of what was run in turn.

scripts/dev bench-server [--workspaces W] [--tickets T] [--processes P] [--distinct N] [--runs N]

It starts a PostgreSQL server with the usual settings. RT is `SELECT 1` on an open connection to
the loopback address, and on a network that takes 10 ms in each direction. Publications are divided
by it, from when the connection is open: each is the fastest of its runs, because other load only
adds. C is a process that connects to the socket and sends `SELECT 1`. What is beside publishers
shares the processors with them; publishers of another database show how much of it is that.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from bench_environment import Bench
from network_proxy import network
from postgres_server import PostgresServer, needed_programs
from psycopg.conninfo import conninfo_to_dict
from server_sample import Sample, copied_out, copy_all, make_samples, publish_all, publishing

from yoi_relations.index.handle import Trust
from yoi_relations.server.connection import connect
from yoi_relations.server.content import key_of
from yoi_relations.server.schema import migrate

ROUNDS = 3
PINGS = 20
FEW_RUNS = 5
DELAY = 0.01
"""Seconds that bytes take in each direction of what is called a network."""
FEW = 10
"""Workspaces of the database that a large one is compared with."""
PUBLISHERS = 4
PAUSE = 1.0
"""Seconds between publications of publishers that are not publishing all the time."""
CONNECT = "import psycopg, sys; psycopg.connect(sys.argv[1]).execute('SELECT 1')"
LOOP = """
import sys
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Trust
from yoi_relations.queries.path_base import PathBase
from yoi_relations.queries.show import ask_relations
for folder in sys.argv[1:]:
    workspace = find_workspace(folder)
    with open_index(workspace, print, trust=Trust.INDEX) as index:
        ask_relations(index.connection, PathBase(workspace, '.'), kinds=['blocker'])
"""
"""Asks each local index for its active blockers, without a look at the files, and prints none."""


def report(name: str, value: float, unit: str, goal: str) -> None:
    """Print a row."""
    print(f"| {name} | {value:.2f} {unit} | {goal} |", flush=True)


class Databases:
    """A server, and databases with empty tables."""

    def __init__(self) -> None:
        self.server = PostgresServer(needed_programs())
        self.server.settings["fsync"] = "on"
        password = secrets.token_hex()
        os.environ["PGPASSWORD"] = password
        self.server.listen(password)
        self._template = self.server.create()
        migrate(self.server.url(self._template))

    def new(self) -> str:
        """The URL of another database, by the socket."""
        return self.server.url(self.server.create(self._template))

    def processor_time(self) -> float:
        """Seconds that processes which have ended have used, and connections that are closed."""
        time.sleep(1)  # until the server knows that they are closed
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime + self.server.processor_time()

    def by_loopback(self, database: str) -> str:
        """The same database by the loopback address."""
        name = conninfo_to_dict(database)["dbname"]
        return f"postgresql://postgres@127.0.0.1:{self.server.port}/{name}"


def measure_all(databases: Databases, samples: list[Sample], tickets: int, processes: int) -> str:
    """Publish all workspaces, against COPY of the same bytes; the URL of the database."""
    ratios, rates, processor = [], [], []
    for _ in range(ROUNDS):
        database, floor = databases.new(), databases.new()
        start = databases.processor_time()
        taken = publish_all(samples, database, processes)
        published = databases.processor_time()
        sent = copied_out(samples, database)
        copying = databases.processor_time()
        ratios.append(taken / copy_all(sent, floor, processes))
        processor.append((published - start) / (databases.processor_time() - copying))
        rates.append(len(samples) * tickets / taken)
    report("publish all workspaces", statistics.median(ratios), "COPY", "2")
    report("publish all workspaces, processor time", statistics.median(processor), "COPY", "2")
    report("tickets published in a second", statistics.median(rates), "", "")
    size = sum(len(data) for each in sent for data in each.values())
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    stored = float(row[0]) if row else 0.0
    report("size on the server, of the bytes sent", stored / size, "", "1.7")
    report("size on the server, of a ticket", stored / (len(samples) * tickets), "bytes", "2000")
    return database


def measure_one(where: str, database: str, sample: Sample, runs: int) -> None:
    """Publish one workspace: unchanged, with one changed ticket, and whole."""
    its_row = f"WHERE workspace_id = {key_of(sample.name)}"
    touching = (
        f"BEGIN; SELECT * FROM workspace {its_row} FOR UPDATE;"  # noqa: S608  # a number
        f" UPDATE workspace SET published_at = now() {its_row};"
        " SET LOCAL synchronous_commit = off; COMMIT"
    )
    with psycopg.connect(database, autocommit=True) as connection:

        def trip() -> float:
            trips = [timed(lambda: connection.execute("SELECT 1")) for _ in range(PINGS)]
            return statistics.median(trips)

        def unchanged() -> float:
            return sample.publish(database)

        def changed() -> float:
            sample.change()
            return sample.publish(database, Trust.STAT)

        def whole() -> float:
            # What another version of the parser has published is replaced.
            connection.execute(
                "UPDATE workspace SET parser_version = 0 WHERE name = %s", [sample.name]
            )
            return sample.publish(database)

        def one_row() -> float:
            with connect(database) as other:
                return timed(lambda: other.execute(touching.encode()))

        def connecting() -> float:
            def connect_once() -> None:
                with connect(database):
                    pass

            return timed(connect_once)

        ways = (trip, connecting, one_row, unchanged, changed, whole)
        times = [[way() for way in ways] for _ in range(runs)]
    rt, connect_time, row_time, *others = (min(each) for each in zip(*times, strict=True))
    same, one, full = others
    report(f"RT, {where}", rt * 1e6, "µs", "")
    report(f"to connect, {where}", connect_time / rt, "RT", "")
    report(f"to lock and update one row, {where}", row_time / rt, "RT", "")
    report(f"publish, nothing changed, {where}", same / rt, "RT", "15")
    report(f"publish, one ticket changed, {where}", one / rt, "RT", "150")
    report(f"publish, everything changed, {where}", full / rt, "RT", "")
    report(f"publish, one ticket changed, {where}", one / full, "of everything", "0.35")


def timed(function: Callable[[], object]) -> float:
    """The time that a call takes, in seconds."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


class Readers:
    """Questions to a database as processes, against a process that only connects."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._bench, self._folder = bench, folder

    def ask(self, database: str, *command: str) -> Callable[[], float]:
        """A function that asks; the time in seconds.

        Before that, the question is asked once, and must be answered.
        """
        asked: list[str | Path] = [self._bench.relations, *command, "--from", database, "--json"]
        ran = subprocess.run(asked, cwd=self._folder, capture_output=True, check=False)
        if ran.returncode in (1, 2):
            raise SystemExit(ran.stderr.decode())
        return lambda: self._bench.run(self._folder, *asked)

    def connect(self, database: str) -> float:
        """C, in seconds."""
        return self._bench.run(self._folder, self._bench.python, "-c", CONNECT, database)


def measure_readers(
    readers: Readers, bench: Bench, samples: list[Sample], database: str, small: str
) -> None:
    """Look up one ticket in the database, in a small one, and beside publishers."""
    ticket = max(path.name for path in (samples[0].folder / ".yoi" / "tickets").iterdir())
    here = ("--workspace", samples[0].name)
    lookups = {"show": ("show", ticket, *here), "check": ("check", ticket, *here)}
    for name, command in lookups.items():
        ask = readers.ask(database, *command)
        report(name, bench.ratio(ask, lambda: readers.connect(database)), "C", "1.3")
        ratio = bench.ratio(ask, readers.ask(small, *command))
        report(f"{name}, of the same with {FEW} workspaces", ratio, "", "1.3")
        measure_beside(name, ask, bench.runs, samples, (database, small))


def measure_beside(
    name: str,
    ask: Callable[[], float],
    runs: int,
    samples: list[Sample],
    databases: tuple[str, str],
) -> None:
    """Ask beside publishers of the first database, of the other, and beside some that pause."""
    ways = (
        ("", databases[0], 0.0, "2"),
        (" of another database", databases[1], 0.0, ""),
        (f" that pause for {PAUSE:g} s", databases[0], PAUSE, ""),
    )
    for which, database, pause, goal in ways:
        with publishing(samples[1 : 1 + PUBLISHERS], database, pause):
            loaded = statistics.median(ask() for _ in range(runs))
        quiet = statistics.median(ask() for _ in range(runs))
        report(f"{name}, beside {PUBLISHERS} publishers{which}", loaded / quiet, "", goal)


def measure_blockers(readers: Readers, bench: Bench, samples: list[Sample], database: str) -> None:
    """Ask for the blockers of all workspaces, against asking their indexes one by one."""
    name, place = "blockers of all workspaces", samples[0].folder.parent
    ask = readers.ask(database, "show", "--kind", "blocker")
    report(name, bench.ratio(ask, lambda: readers.connect(database)), "C", "3")
    folders = [sample.folder for sample in samples]
    loop = bench.ratio(ask, lambda: bench.run(place, bench.python, "-c", LOOP, *folders))
    report(name, loop, "of a loop in one process", "0.4")
    command = (bench.relations, "show", "--kind", "blocker", "--json", "--trust", "index")
    taken = sum(bench.run(folder, *command) for folder in folders)
    report(name, ask() / taken, "of a command for each workspace", "")


def main() -> None:
    """Read the arguments and print the report."""
    parser = argparse.ArgumentParser(description="Measure a shared database.")
    parser.add_argument("--workspaces", type=int, default=50)
    parser.add_argument("--tickets", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--distinct", type=int, default=40, help="workspaces that are generated")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    gc.disable()  # as the program does
    databases = Databases()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            place = Path(scratch)
            samples = make_samples(
                place / "samples", arguments.workspaces, arguments.tickets, arguments.distinct
            )
            print("| what | value | goal |\n|---|---|---|")
            database = measure_all(databases, samples, arguments.tickets, arguments.processes)
            measure_one("loopback", databases.by_loopback(database), samples[0], arguments.runs)
            with network(database, delay=DELAY) as slow:
                measure_one("network", slow.url, samples[0], FEW_RUNS)
            small = databases.new()
            publish_all(samples[:FEW], small, arguments.processes)
            bench = Bench(place, arguments.runs, extra="[server]")
            readers = Readers(bench, samples[0].folder.parent)
            measure_readers(readers, bench, samples, database, small)
            measure_blockers(readers, bench, samples, database)
    finally:
        databases.server.end()


if __name__ == "__main__":
    main()
