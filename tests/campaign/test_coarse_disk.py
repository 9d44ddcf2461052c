"""Files written in place, of one size, within one tick of a real file system's clock.

A network file system would need a server and its kernel module, which no ordinary machine of a test
has. ramfs takes its place: like those it is not in the list of trusted file systems.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from workspace_builder import B, Workspace

from campaign.mounts import coarse_ext4, needs_root, ramfs
from yoi_relations.files.stat_stamp import WINDOW

STATES = ("queued", "closed")
"""Two states of equal length."""


def write_in_place(workspace: Workspace, state: str) -> None:
    with (workspace.tickets / B / "item.md").open("r+b") as file:
        data = file.read()
        file.seek(0)
        for other in STATES:
            data = data.replace(other.encode(), state.encode())
        file.write(data)


def shown_state(workspace: Workspace) -> str:
    (row,) = workspace.run("show", "--all", "--json").json["relations"]
    return str(row["target_state"])


def ask_between_writes(workspace: Workspace, *, tick: float) -> None:
    """Write and ask in turn for the length of a tick."""
    time.sleep(tick - time.time() % tick)  # from the beginning of one
    end = time.monotonic() + 0.8 * tick
    while time.monotonic() < end:
        for state in STATES:
            write_in_place(workspace, state)
            assert shown_state(workspace) == state
            status = (workspace.tickets / B / "item.md").stat()
            assert tick < 1 or status.st_mtime_ns % 10**9 == 0, "it is no coarse clock after all"


@needs_root
@pytest.mark.parametrize(
    ("make", "tick", "trust"), [(coarse_ext4, 1.0, "stat"), (ramfs, 0.1, "content")]
)
def test_last_of_many_writes_within_a_tick_is_seen(
    tmp_path: Path,
    make: Callable[[Path], AbstractContextManager[Path]],
    tick: float,
    trust: str,
) -> None:
    (tmp_path / "disk").mkdir()
    with make(tmp_path / "disk") as disk:
        workspace = Workspace(disk / "work")
        workspace.pair("blocked_by", states=("planning", "queued"))
        assert shown_state(workspace) == "queued"
        ask_between_writes(workspace, tick=tick)
        for state in STATES:  # and of one in an index that has settled
            time.sleep(WINDOW / 1e9 + tick)
            assert shown_state(workspace) == shown_state(workspace)
            write_in_place(workspace, state)
            assert shown_state(workspace) == state
        assert workspace.run("status", "--json").json["freshness"]["trust"] == trust
