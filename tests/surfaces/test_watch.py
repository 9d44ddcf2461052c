"""`relations watch` in processes of its own: real files, real events, real git."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from building import A, B, C, Workspace

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import store
from yoi_relations.surfaces.watch_lock import alive

PATIENCE = 30.0
"""Seconds after which something that should come is missed; on a busy machine all takes longer."""


class Stream:
    """The lines of a stream, as they come."""

    def __init__(self, stream: Any) -> None:
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: Any) -> None:
        with stream:
            for line in stream:
                self._queue.put(line)

    def until(self, enough: Callable[[list[str]], bool]) -> list[str]:
        """All lines so far, once they are enough."""
        end = time.monotonic() + PATIENCE
        while not enough(self.lines):
            try:
                self.lines.append(self._queue.get(timeout=max(0.0, end - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"not enough: {self.lines}")
        return self.lines

    def rest(self) -> list[str]:
        """All lines, once the stream has ended."""
        self._thread.join(PATIENCE)
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return self.lines


class Watcher:
    """A watching process, with or without an index when it starts."""

    def __init__(self, workspace: Workspace, *options: str, **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yoi_relations", "watch", *options],
            cwd=workspace.root,
            env=os.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout
        self.stdout = self.process.stdout
        self.err = Stream(self.process.stderr)
        self._out: Stream | None = None

    @property
    def out(self) -> Stream:
        self._out = self._out or Stream(self.stdout)
        return self._out

    def ready(self) -> Self:
        """Wait until it has looked for the first time, at a workspace that has no index yet."""
        self.err.until(lambda lines: any("there was none yet" in line for line in lines))
        return self

    def told(self, count: int) -> list[Any]:
        """The first changes of a watcher with --json."""
        return [json.loads(line) for line in self.out.until(lambda lines: len(lines) >= count)]

    def ends(self) -> int:
        return self.process.wait(PATIENCE)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._out:
            self._out.rest()
        self.stdout.close()
        self.err.rest()


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    workspace.ticket(A)
    workspace.ticket(B)
    workspace.record(A, "blocked_by", B)
    return workspace


Start = Callable[..., Watcher]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts watchers, which end with the test."""
    started: list[Watcher] = []

    def begin(workspace: Workspace, *options: str, **environ: str) -> Watcher:
        started.append(Watcher(workspace, *options, **environ))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def git(workspace: Workspace, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=tester", "-c", "user.email=tester@example.org", *arguments],
        cwd=workspace.root,
        check=True,
        capture_output=True,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )


def test_each_change_is_a_line_of_fields(filled: Workspace, start: Start) -> None:
    watcher = start(filled).ready()

    filled.ticket(B, "done")
    watcher.out.until(lambda lines: len(lines) == 1)
    path = filled.record(B, "related", A, "tab\tand more")
    lines = watcher.out.until(lambda lines: len(lines) == 2)

    assert [line.rstrip("\n").split("\t") for line in lines] == [
        ["state_changed", B, f".yoi/tickets/{B}/item.md", "", f"{B} was planning, is done"],
        ["added", B, str(path.relative_to(filled.root)), "", f"{A} is related to {B}"],
    ]


def test_json_is_an_object_a_change_and_the_digests_make_a_chain(
    filled: Workspace, start: Start
) -> None:
    watcher = start(filled, "--json").ready()

    filled.ticket(A, "ready")
    (first,) = watcher.told(1)
    filled.plan_lines(A, {"kind": "after", "related_ticket": B})
    _, second = watcher.told(2)

    assert set(first) == {
        *("schema_version", "document", "at", "change", "ticket", "record", "path", "line"),
        *("sentence", "before", "after", "digest_before", "digest_after"),
    }
    assert (first["change"], first["before"], first["after"]) == (
        "state_changed",
        "planning",
        "ready",
    )
    assert (second["change"], second["ticket"], second["line"]) == ("added", A, 1)
    assert first["digest_after"] == second["digest_before"]
    assert second["digest_after"] == filled.show()["freshness"]["digest"]


def test_a_checkout_is_few_looks_and_every_change(filled: Workspace, start: Start) -> None:
    tickets = [f"00001KT{number:06d}" for number in range(300)]
    for state in ("planning", "done"):
        for ticket in tickets:
            filled.ticket(ticket, state)
        if state == "planning":
            git(filled, "init", "--quiet", "--initial-branch=main")
        else:
            git(filled, "switch", "--quiet", "--create=other")
        git(filled, "add", ".")
        git(filled, "commit", "--quiet", "--message=all")
    watcher = start(filled, "--json").ready()

    git(filled, "checkout", "--quiet", "main")
    told = watcher.told(300)

    assert {one["ticket"] for one in told} == set(tickets)
    assert {(one["change"], one["after"]) for one in told} == {("state_changed", "planning")}
    assert len({one["digest_after"] for one in told}) <= 10


def test_a_new_ticket_with_nested_records_is_seen_whole(filled: Workspace, start: Start) -> None:
    watcher = start(filled, "--json").ready()

    filled.ticket(C, "ready")
    for note in "abc":
        filled.record(C, "waiting", note=note)
    told = watcher.told(4)

    assert sorted(one["change"] for one in told) == ["added", "added", "added", "ticket_added"]
    assert {one["ticket"] for one in told} == {C}


def test_a_root_that_is_deleted_and_made_again_is_watched_again(
    filled: Workspace, start: Start
) -> None:
    watcher = start(filled).ready()
    aside = filled.root / "aside"
    shutil.copytree(filled.tickets, aside)

    shutil.rmtree(filled.tickets)
    watcher.err.until(lambda lines: "there is no such folder; waiting" in lines[-1])
    shutil.copytree(aside, filled.tickets)
    filled.ticket(A, "done")
    watcher.out.until(lambda lines: bool(lines) and lines[-1].startswith("state_changed"))
    filled.ticket(A, "closed")
    watcher.out.until(lambda lines: lines[-1].endswith("was done, is closed\n"))

    watcher.stop()
    said = [line for line in watcher.err.rest() if "no such folder" in line]
    assert len(said) == 1
    assert "Traceback" not in "".join(watcher.err.lines)


def test_another_root_in_its_place_is_watched(filled: Workspace, start: Start) -> None:
    watcher = start(filled).ready()
    other = filled.root / ".yoi" / "other"
    shutil.copytree(filled.tickets, other)

    filled.tickets.rename(filled.root / ".yoi" / "gone")
    other.rename(filled.tickets)
    watcher.err.until(lambda lines: "is another folder now" in lines[-1])
    filled.ticket(A, "done")
    watcher.out.until(lambda lines: bool(lines) and lines[-1].startswith("state_changed"))


def test_a_second_watcher_refuses_kindly_and_one_killed_leaves_nothing(
    filled: Workspace, start: Start
) -> None:
    place = find_workspace(str(filled.root))
    assert not alive(place)
    first = start(filled).ready()
    assert alive(place)

    second = start(filled)
    assert second.ends() == 0
    assert second.err.rest() == [
        "another watcher is running on this work tree already; nothing to do\n"
    ]
    filled.ticket(A, "done")
    first.out.until(lambda lines: len(lines) == 1)

    first.stop()
    assert not alive(place)
    third = start(filled, "--timeout", "0")
    assert (third.ends(), third.err.rest()) == (124, [])


def test_once_ends_with_the_first_change_beside_another_watcher(
    filled: Workspace, start: Start
) -> None:
    watcher = start(filled).ready()
    os.unlink(store.index_path(find_workspace(str(filled.root))))
    once = start(filled, "--once", "--plain", "--timeout", str(PATIENCE)).ready()

    filled.ticket(A, "done")

    assert once.ends() == 0
    assert [line.split("\t")[0] for line in once.out.rest()] == ["state_changed"]
    watcher.out.until(lambda lines: len(lines) == 1)
    assert alive(find_workspace(str(filled.root)))


@pytest.mark.parametrize("options", [(), ("--once",)])
def test_a_timeout_that_runs_out_has_a_status_of_its_own(
    filled: Workspace, start: Start, options: tuple[str, ...]
) -> None:
    watcher = start(filled, "--timeout", "0.2", *options)

    assert watcher.ends() == 124
    assert watcher.out.rest() == []


@pytest.mark.parametrize(
    ("sign", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)]
)
def test_a_signal_ends_it_without_a_word(
    filled: Workspace, start: Start, sign: signal.Signals, status: int
) -> None:
    watcher = start(filled).ready()

    watcher.process.send_signal(sign)

    assert watcher.ends() == status
    assert len(watcher.err.rest()) == 1  # the notice that made it ready
    assert not alive(find_workspace(str(filled.root)))


def test_a_reader_that_goes_ends_it_without_a_word(filled: Workspace, start: Start) -> None:
    watcher = start(filled).ready()

    watcher.stdout.close()

    assert watcher.ends() == 0
    assert len(watcher.err.rest()) == 1


def test_names_that_are_no_utf_8_are_lived_with(filled: Workspace, start: Start) -> None:
    watcher = start(filled, "--json").ready()

    odd = os.fsencode(filled.tickets) + b"/odd-\xff"
    os.mkdir(odd)
    Path(os.fsdecode(odd + b"/item.md")).write_text("---\ntitle: Odd\nstate: ready\n---\n")
    watcher.out.until(lambda lines: any("ticket_added" in line for line in lines))
    filled.ticket(A, "done")
    watcher.out.until(lambda lines: any("state_changed" in line for line in lines))

    (added,) = (one for one in watcher.told(0) if one["change"] == "ticket_added")
    assert added["ticket"] == "odd-\\xff"
    filled.ticket(A, "closed")
    watcher.out.until(lambda lines: "is closed" in lines[-1])


def test_polling_is_said_and_works(filled: Workspace, start: Start) -> None:
    watcher = start(filled, WATCHFILES_FORCE_POLLING="1", WATCHFILES_POLL_DELAY_MS="50").ready()

    filled.ticket(C)  # polling misses a second change of a file within a second
    watcher.out.until(lambda lines: len(lines) == 1)

    assert watcher.err.lines[0] == "the files are polled; events of the file system are not used\n"
