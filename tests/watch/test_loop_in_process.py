"""The loop in this process: missing events, a full disk, changes of the root."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import watchfiles
from workspace_builder import A, B, C, Workspace

from yoi_relations.errors import RelationsError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import index_file
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.index.watcher_lock import WatcherLock
from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.changes import Change
from yoi_relations.render.output import Mode
from yoi_relations.watch import loop
from yoi_relations.watch.loop import ChangeSet, WatchRequest, watch
from yoi_relations.watch.printer import change_printer

TICK = 0.05
LONG = 30.0
Scenario = Callable[["Run"], Iterator[Callable[[], bool]]]


class Run:
    """Runs the loop with a scenario: a generator that acts, and yields the condition to wait for.

    The scenario continues while the loop waits; the loop ends with it.
    """

    def __init__(self, workspace: Workspace, scenario: Scenario, **options: Any) -> None:
        self.changes: list[Change] = []
        self.notices: list[str] = []
        self._scenario = scenario(self)
        self._condition: Callable[[], bool] = lambda: True
        request = WatchRequest(
            find_workspace(str(workspace.root)),
            print_changes=self.print_changes,
            notify=self.notices.append,
            has_reader=self.has_reader,
            **({"tick": TICK, "timeout": LONG} | options),
        )
        self.code = watch(request)

    def print_changes(self, change_set: ChangeSet) -> bool:
        self.changes += change_set.changes
        return True

    def has_reader(self) -> bool:
        if self._condition():
            condition = next(self._scenario, None)
            if condition is None:
                return False
            self._condition = condition
        return True

    def has_changes(self, count: int) -> Callable[[], bool]:
        return lambda: len(self.changes) >= count

    def has_notice(self, part: str) -> Callable[[], bool]:
        return lambda: any(part in notice for notice in self.notices)

    @property
    def change_names(self) -> list[str]:
        return [change.what.value for change in self.changes]


def wait_for_ever(_: Run) -> Iterator[Callable[[], bool]]:
    """A scenario that waits until the timeout."""
    yield lambda: False


@pytest.fixture
def indexed(workspace: Workspace) -> Workspace:
    workspace.pair()
    workspace.show()
    return workspace


def no_events(*_: object, **__: object) -> Iterator[set[object]]:
    """Replaces watchfiles.watch: every event is lost."""
    while True:
        time.sleep(0.01)
        yield set()


def broken(*_: object, **__: object) -> Iterator[set[object]]:
    yield from map(raise_watch_limit, "x")


def raise_watch_limit(_: str) -> set[object]:
    raise OSError(errno.ENOSPC, "OS file watch limit reached.")


def ended(*_: object, **__: object) -> Iterator[set[object]]:
    yield set()


@pytest.mark.parametrize(
    ("events", "expected_notice"),
    [(no_events, None), (broken, "watch limit reached"), (ended, "they have ended")],
)
def test_change_without_an_event_is_found_at_the_next_tick(
    indexed: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    events: Any,
    expected_notice: str | None,
) -> None:
    monkeypatch.setattr(watchfiles, "watch", events)

    def scenario(run: Run) -> Iterator[Callable[[], bool]]:
        for count, ticket in enumerate((A, B), start=1):
            indexed.ticket(ticket, "done")
            yield run.has_changes(count)
        if expected_notice:
            yield run.has_notice(expected_notice)

    ran = Run(indexed, scenario)

    assert (ran.code, ran.change_names) == (0, ["state_changed"] * 2)
    assert bool(ran.notices) == bool(expected_notice)


def test_folder_without_permission_is_ignored(
    indexed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only after an error: with this option, watchfiles ignores other errors, too."""
    real, flags = watchfiles.watch, []

    def watch_without_permission(
        *paths: Any, ignore_permission_denied: bool, **options: Any
    ) -> Any:
        flags.append(ignore_permission_denied)
        if not ignore_permission_denied:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        yield from real(*paths, ignore_permission_denied=True, **options)

    monkeypatch.setattr(watchfiles, "watch", watch_without_permission)

    def scenario(run: Run) -> Iterator[Callable[[], bool]]:
        indexed.ticket(A, "done")
        yield run.has_changes(1)

    ran = Run(indexed, scenario, tick=LONG)

    assert (ran.code, ran.change_names, ran.notices, flags) == (
        0,
        ["state_changed"],
        [],
        [False, True],
    )


def test_once_ends_after_one_change(indexed: Workspace) -> None:
    def scenario(_: Run) -> Iterator[Callable[[], bool]]:
        indexed.ticket(A, "done")
        yield lambda: False

    ran = Run(indexed, scenario, once=True)

    assert (ran.code, ran.change_names) == (0, ["state_changed"])


def test_timeout_ends_with_a_last_scan(indexed: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchfiles, "watch", no_events)

    def scenario(_: Run) -> Iterator[Callable[[], bool]]:
        indexed.ticket(A, "done")
        yield lambda: False

    ran = Run(indexed, scenario, tick=LONG, timeout=0.3)

    assert (ran.code, ran.change_names) == (124, ["state_changed"])


def test_events_in_the_cache_cause_no_scan(
    indexed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (indexed.root / ".yoi/workspace.toml").write_text("[ticket.backend]\nroot = '.yoi'\n")
    scans: list[float] = []

    def scan(*arguments: Any, **options: Any) -> Index:
        scans.append(time.monotonic())
        return open_index(*arguments, **options)

    monkeypatch.setattr(loop, "open_index", scan)

    ran = Run(indexed, wait_for_ever, tick=LONG, timeout=1.0)

    assert ran.code == 124
    assert len(scans) == 2  # at the start and at the end, none because of the published index


def test_full_disk_is_reported_once_and_changes_go_on(
    indexed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def scenario(run: Run) -> Iterator[Callable[[], bool]]:
        monkeypatch.setattr(index_file, "publish", full)
        indexed.ticket(A, "ready")
        yield run.has_changes(2)
        indexed.ticket(A, "done")
        yield run.has_changes(4)

    ran = Run(indexed, scenario)

    assert ran.change_names == ["state_changed", "verdict_changed"] * 2
    (notice,) = ran.notices
    assert "No space left on device; answering from memory" in notice


def test_root_changed_in_the_configuration_is_watched(indexed: Workspace) -> None:
    config = indexed.root / ".yoi/workspace.toml"

    def scenario(run: Run) -> Iterator[Callable[[], bool]]:
        shutil.copytree(indexed.tickets, indexed.root / "tickets")
        config.write_text("[ticket.backend]\nroot = 'tickets'\n")
        yield run.has_notice("is another folder now; watching that")
        item = indexed.root / "tickets" / A / "item.md"
        item.write_text(item.read_text().replace("planning", "done"))
        yield lambda: run.change_names[-1:] == ["state_changed"]
        config.write_text("nonsense")
        yield run.has_notice("is not valid TOML")

    assert Run(indexed, scenario).code == 0


def test_deleted_workspace_is_not_recreated(indexed: Workspace) -> None:
    def scenario(run: Run) -> Iterator[Callable[[], bool]]:
        shutil.rmtree(indexed.root)
        yield run.has_notice("waiting until that is fixed")
        yield lambda: False

    ran = Run(indexed, scenario, timeout=1.0)

    assert ran.code == 124
    assert not indexed.root.exists()


def test_deleted_cache_is_recreated_with_its_lock(indexed: Workspace) -> None:
    cache = indexed.root / ".yoi/cache"

    def scenario(run: Run) -> Iterator[Callable[[], bool]]:
        assert not WatcherLock(find_workspace(str(indexed.root))).hold()
        shutil.rmtree(cache)
        yield (cache / "relations/watch.lock").exists
        indexed.ticket(A, "done")
        yield run.has_changes(1)
        assert not WatcherLock(find_workspace(str(indexed.root))).hold()

    assert Run(indexed, scenario).change_names == ["state_changed"]


def test_missing_watchfiles_is_reported_with_a_hint(
    indexed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)

    ran = indexed.run("watch", "--json")
    assert ran.code == 1
    error = ran.errors[-1]["error"]
    assert "watchfiles" in error["message"]
    assert "reinstall" in error["hint"]


def test_trust_index_is_a_usage_error(indexed: Workspace) -> None:
    ran = indexed.run("watch", "--once", "--timeout", "0", "--trust", "index")
    assert (ran.code, ran.out) == (2, "")


def test_missing_root_at_the_start_is_an_error(indexed: Workspace) -> None:
    shutil.rmtree(indexed.tickets)

    with pytest.raises(RelationsError, match="no such folder"):
        Run(indexed, wait_for_ever)


def test_terminal_line_has_time_change_and_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    what = [
        Change(
            ChangeType.RETIRED,
            A,
            "a.md",
            None,
            "x",
            f"{A} is blocked by {C}: \x1b[2J" + "long " * 40,
        ),
        Change(ChangeType.PROBLEM_APPEARED, A, "b.jsonl", 3, None, "is no JSON"),
    ]

    assert change_printer(Mode.TABLE)(ChangeSet(what, "one", "two"))

    first, second = capsys.readouterr().out.splitlines()
    assert first[8:].startswith(f"  retired           {A} is blocked by {C}: \\x1b[2Jlong")
    assert second[8:] == "  problem appeared  b.jsonl:3: is no JSON"


def later(ticks: int) -> Callable[[], bool]:
    """A condition that is met after some ticks."""
    end = time.monotonic() + ticks * TICK
    return lambda: time.monotonic() >= end


def test_each_index_is_published_once(workspace: Workspace) -> None:
    published: list[str] = []

    def scenario(_: Run) -> Iterator[Callable[[], bool]]:
        yield later(10)
        workspace.ticket(B, "done")
        yield lambda: len(published) > 1
        yield later(10)

    def publish(index: Index) -> None:
        published.append(index.generation.digest)

    Run(workspace.pair(), scenario, begin_publication=lambda: publish)
    assert len(published) == len(set(published)) == 2


def test_what_could_not_be_published_is_tried_again_once(workspace: Workspace) -> None:
    tried: list[str] = []

    def publish(index: Index) -> None:
        tried.append(index.generation.digest)
        if len(tried) < 3:
            raise RelationsError("no")

    def scenario(_: Run) -> Iterator[Callable[[], bool]]:
        yield lambda: len(tried) > 2
        yield later(10)

    Run(workspace.pair(), scenario, begin_publication=lambda: publish)
    assert len(tried) == 3


def test_the_age_is_renewed_while_nothing_changes_and_the_files_can_be_read(
    workspace: Workspace,
) -> None:
    published: list[str] = []
    counts: list[int] = []

    def scenario(run: Run) -> Iterator[Callable[[], bool]]:
        yield lambda: len(published) > 3
        workspace.tickets.rename(workspace.root / "away")
        yield run.has_notice("waiting until that is fixed")
        counts.append(len(published))
        yield later(10)
        counts.append(len(published))
        (workspace.root / "away").rename(workspace.tickets)
        yield lambda: len(published) > counts[-1]

    def publish(index: Index) -> None:
        published.append(index.generation.digest)

    Run(workspace.pair(), scenario, begin_publication=lambda: publish, republish=TICK)
    assert len(set(published)) == 1
    assert counts[0] == counts[1]
