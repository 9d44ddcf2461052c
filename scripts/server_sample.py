"""Workspaces for measurements of a shared database, and processes that publish them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg
from generate import generate

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Trust
from yoi_relations.server import publication
from yoi_relations.server.connection import connect
from yoi_relations.server.content import TABLES, key_of
from yoi_relations.server.publication import Request

OWN, OPEN = 0.3, 0.15
"""Share of the tickets with one file per record, and share of those that are not closed."""
_STATE = re.compile(r"^state: '\w+'", re.MULTILINE)
_FORK = multiprocessing.get_context("fork")


_opened_at: list[float] = []


@contextlib.contextmanager
def _noting_when_open(database: str) -> Iterator[psycopg.Connection]:
    with connect(database) as connection:
        _opened_at[:] = [time.perf_counter()]
        yield connection


# How long a connection takes to open depends on the server alone.
vars(publication)["connect"] = _noting_when_open


class Sample(NamedTuple):
    """A workspace, and what it is called in the database."""

    name: str
    folder: Path

    def publish(self, database: str, trust: Trust = Trust.INDEX) -> float:
        """Publish its index; the time in seconds, from when the connection is open."""
        with open_index(find_workspace(str(self.folder)), lambda _: None, trust=trust) as index:
            request = Request(index, self.name, None, force=True)
            publication.publish(database, request, lambda _done, _total: None)
            return time.perf_counter() - _opened_at[-1]

    def change(self) -> None:
        """Change the state of one ticket, and index that."""
        items = sorted(self.folder.glob(".yoi/tickets/*/item.md"))
        item = items[len(items) // 2]
        text = item.read_text("utf-8")
        state = "ready" if "\nstate: 'queued'" in text else "queued"
        item.write_text(_STATE.sub(f"state: '{state}'", text), "utf-8")


def make_samples(place: Path, workspaces: int, tickets: int, distinct: int) -> list[Sample]:
    """Generate and index workspaces; beyond `distinct`, one is published under several names."""
    folders = [place / f"{number:03d}" for number in range(min(workspaces, distinct))]

    def make(number: int) -> None:
        generate(folders[number], tickets, OWN, OPEN, seed=number)
        open_index(find_workspace(str(folders[number])), lambda _: None).close()

    in_processes(os.cpu_count() or 1, make, range(len(folders)))
    return [
        Sample(f"bench/w{number:03d}", folders[number % len(folders)])
        for number in range(workspaces)
    ]


def in_processes(
    processes: int, function: Callable[[int], object], numbers: Sequence[int]
) -> float:
    """Call a function with each number, in processes that share them; the time in seconds."""

    def work(share: Sequence[int]) -> None:
        for number in share:
            function(number)

    started = [
        _FORK.Process(target=work, args=(numbers[first::processes],)) for first in range(processes)
    ]
    start = time.perf_counter()
    for process in started:
        process.start()
    for process in started:
        process.join()
    taken = time.perf_counter() - start
    if any(process.exitcode for process in started):
        raise SystemExit("a process has failed")
    return taken


def publish_all(samples: Sequence[Sample], database: str, processes: int) -> float:
    """Publish all samples; the time in seconds."""
    return in_processes(
        processes, lambda number: samples[number].publish(database), range(len(samples))
    )


def copied_out(samples: Sequence[Sample], database: str) -> list[dict[str, bytes]]:
    """What COPY sends for each sample, by table."""
    with psycopg.connect(database) as connection:
        return [
            {table: _copied(connection, table, sample.name) for table in (*TABLES, "workspace")}
            for sample in samples
        ]


def _copied(connection: psycopg.Connection, table: str, name: str) -> bytes:
    query = f"COPY (SELECT * FROM {table} WHERE workspace_id = {key_of(name)}) TO STDOUT"  # noqa: S608  # fixed names
    with connection.cursor().copy(query.encode()) as copy:
        return b"".join(bytes(part) for part in copy)


def copy_all(sent: Sequence[dict[str, bytes]], database: str, processes: int) -> float:
    """Send the same bytes by COPY, one transaction for each workspace; the time in seconds."""

    def copy_in(number: int) -> None:
        with psycopg.connect(database) as connection:
            for table, data in sent[number].items():
                with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                    copy.write(data)

    return in_processes(processes, copy_in, range(len(sent)))


@contextlib.contextmanager
def publishing(samples: Sequence[Sample], database: str, pause: float = 0.0) -> Iterator[None]:
    """In the block, one process for each sample changes and publishes it all the time.

    After each publication, it waits for `pause` seconds.
    """

    def work(sample: Sample) -> None:
        while True:
            sample.change()
            sample.publish(database, Trust.STAT)
            time.sleep(pause)

    started = [_FORK.Process(target=work, args=(sample,), daemon=True) for sample in samples]
    for process in started:
        process.start()
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.join()
