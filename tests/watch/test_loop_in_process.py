"""The watcher's loop in this process: what it does where events or disk fail it."""

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

from yoi_relations.errors import RelationsError, UsageError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import index_file
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Trust
from yoi_relations.index.watcher_lock import WatcherLock
from yoi_relations.queries.changes import Change, ChangeType
from yoi_relations.render.output import Mode
from yoi_relations.watch import loop
from yoi_relations.watch.loop import ChangeSet, WatchRequest, watch
from yoi_relations.watch.printer import change_printer

TICK = 0.05
LONG = 30.0
Story = Callable[["Run"], Iterator[Callable[[], bool]]]


class Run:
    """A run of the loop along a story: it acts, and yields what must come true before it goes on.

    The story goes on while the loop waits; the loop ends with it.
    """

    def __init__(self, workspace: Workspace, story: Story, **options: Any) -> None:
        self.changes: list[Change] = []
        self.notices: list[str] = []
        self._story = story(self)
        self._wanted: Callable[[], bool] = lambda: True
        asked = WatchRequest(
            find_workspace(str(workspace.root)),
            print_changes=self.print_changes,
            notify=self.notices.append,
            has_reader=self.has_reader,
            **({"tick": TICK, "timeout": LONG} | options),
        )
        self.code = watch(asked)

    def print_changes(self, news: ChangeSet) -> bool:
        self.changes += news.changes
        return True

    def has_reader(self) -> bool:
        if self._wanted():
            wanted = next(self._story, None)
            if wanted is None:
                return False
            self._wanted = wanted
        return True

    def told(self, count: int) -> Callable[[], bool]:
        return lambda: len(self.changes) >= count

    def noticed(self, part: str) -> Callable[[], bool]:
        return lambda: any(part in notice for notice in self.notices)

    @property
    def words(self) -> list[str]:
        return [one.what.value for one in self.changes]


def nothing(_: Run) -> Iterator[Callable[[], bool]]:
    """Never comes true."""
    yield lambda: False


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    workspace.pair()
    workspace.show()
    return workspace


def deaf(*_: object, **__: object) -> Iterator[set[object]]:
    """What watchfiles would be if every event were lost."""
    while True:
        time.sleep(0.01)
        yield set()


def broken(*_: object, **__: object) -> Iterator[set[object]]:
    yield from map(too_many, "x")


def too_many(_: str) -> set[object]:
    raise OSError(errno.ENOSPC, "OS file watch limit reached.")


def ended(*_: object, **__: object) -> Iterator[set[object]]:
    yield set()


@pytest.mark.parametrize(
    ("events", "said"), [(deaf, None), (broken, "watch limit reached"), (ended, "they have ended")]
)
def test_change_without_an_event_is_found_at_the_next_tick(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch, events: Any, said: str | None
) -> None:
    monkeypatch.setattr(watchfiles, "watch", events)

    def story(run: Run) -> Iterator[Callable[[], bool]]:
        for count, ticket in enumerate((A, B), start=1):
            filled.ticket(ticket, "done")
            yield run.told(count)
        if said:
            yield run.noticed(said)

    ran = Run(filled, story)

    assert (ran.code, ran.words) == (0, ["state_changed"] * 2)
    assert bool(ran.notices) == bool(said)


def test_folder_without_permission_is_ignored(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where there is one: watchfiles overlooks more than that when it is told to."""
    real, told = watchfiles.watch, []

    def watch_as_nobody(*paths: Any, ignore_permission_denied: bool, **options: Any) -> Any:
        told.append(ignore_permission_denied)
        if not ignore_permission_denied:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        yield from real(*paths, ignore_permission_denied=True, **options)

    monkeypatch.setattr(watchfiles, "watch", watch_as_nobody)

    def story(run: Run) -> Iterator[Callable[[], bool]]:
        filled.ticket(A, "done")
        yield run.told(1)

    ran = Run(filled, story, tick=LONG)

    assert (ran.code, ran.words, ran.notices, told) == (0, ["state_changed"], [], [False, True])


def test_once_ends_after_one_change(filled: Workspace) -> None:
    def story(_: Run) -> Iterator[Callable[[], bool]]:
        filled.ticket(A, "done")
        yield lambda: False

    ran = Run(filled, story, once=True)

    assert (ran.code, ran.words) == (0, ["state_changed"])


def test_timeout_ends_with_a_last_scan(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchfiles, "watch", deaf)

    def story(_: Run) -> Iterator[Callable[[], bool]]:
        filled.ticket(A, "done")
        yield lambda: False

    ran = Run(filled, story, tick=LONG, timeout=0.3)

    assert (ran.code, ran.words) == (124, ["state_changed"])


def test_events_in_the_cache_cause_no_scan(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (filled.root / ".yoi/workspace.toml").write_text("[ticket.backend]\nroot = '.yoi'\n")
    looks: list[float] = []

    def look(*arguments: Any, **options: Any) -> Index:
        looks.append(time.monotonic())
        return open_index(*arguments, **options)

    monkeypatch.setattr(loop, "open_index", look)

    ran = Run(filled, nothing, tick=LONG, timeout=1.0)

    assert ran.code == 124
    assert len(looks) == 2  # at the start and at the end, none for the index that was published


def test_full_disk_is_reported_once_and_changes_go_on(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def story(run: Run) -> Iterator[Callable[[], bool]]:
        monkeypatch.setattr(index_file, "publish", full)
        filled.ticket(A, "ready")
        yield run.told(2)
        filled.ticket(A, "done")
        yield run.told(4)

    ran = Run(filled, story)

    assert ran.words == ["state_changed", "verdict_changed"] * 2
    (notice,) = ran.notices
    assert "No space left on device; answering from memory" in notice


def test_root_changed_in_the_configuration_is_watched(filled: Workspace) -> None:
    config = filled.root / ".yoi/workspace.toml"

    def story(run: Run) -> Iterator[Callable[[], bool]]:
        shutil.copytree(filled.tickets, filled.root / "tickets")
        config.write_text("[ticket.backend]\nroot = 'tickets'\n")
        yield run.noticed("is another folder now; watching that")
        item = filled.root / "tickets" / A / "item.md"
        item.write_text(item.read_text().replace("planning", "done"))
        yield lambda: run.words[-1:] == ["state_changed"]
        config.write_text("nonsense")
        yield run.noticed("is not valid TOML")

    assert Run(filled, story).code == 0


def test_deleted_workspace_is_not_recreated(filled: Workspace) -> None:
    def story(run: Run) -> Iterator[Callable[[], bool]]:
        shutil.rmtree(filled.root)
        yield run.noticed("waiting until that is fixed")
        yield lambda: False

    ran = Run(filled, story, timeout=1.0)

    assert ran.code == 124
    assert not filled.root.exists()


def test_deleted_cache_is_recreated_with_its_lock(filled: Workspace) -> None:
    cache = filled.root / ".yoi/cache"

    def story(run: Run) -> Iterator[Callable[[], bool]]:
        assert not WatcherLock(find_workspace(str(filled.root))).hold()
        shutil.rmtree(cache)
        yield (cache / "relations/watch.lock").exists
        filled.ticket(A, "done")
        yield run.told(1)
        assert not WatcherLock(find_workspace(str(filled.root))).hold()

    assert Run(filled, story).words == ["state_changed"]


def test_missing_watchfiles_is_reported_with_a_hint(
    filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)

    with pytest.raises(RelationsError) as caught:
        Run(filled, nothing)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("install yoi-relations again")


def test_trust_index_is_a_usage_error(filled: Workspace) -> None:
    with pytest.raises(UsageError):
        Run(filled, nothing, trust=Trust.INDEX)


def test_missing_root_at_the_start_is_an_error(filled: Workspace) -> None:
    shutil.rmtree(filled.tickets)

    with pytest.raises(RelationsError, match="no such folder"):
        Run(filled, nothing)


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
