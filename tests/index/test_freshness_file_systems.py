"""Freshness on real file systems whose stamps are not what they seem to be."""

from __future__ import annotations

import mmap
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign.mounts import mounted, needs_root
from oracle import WINDOW
from workspace_builder import A, B, C, Workspace

from yoi_relations.files.stat_stamp import file_system_of, is_trusted_file_system
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.snapshot import compare_stamps, load_snapshot

pytestmark = [needs_root, pytest.mark.usefixtures("soon_settled")]


def settle(workspace: Workspace) -> None:
    """Make an index whose stamps prove all that they ever will."""
    time.sleep(2 * WINDOW / 1e9)
    workspace.show("--all")
    time.sleep(2 * WINDOW / 1e9)
    workspace.show("--all")


def suspected(workspace: Workspace) -> set[bytes]:
    """The folders that a question would look at."""
    found = find_workspace(str(workspace.root))
    with open_index(found, lambda _: None) as index:
        both = compare_stamps(load_snapshot(index.connection), found.tickets_path)
        return both.changed | both.racy


def edges(workspace: Workspace) -> set[tuple[str, str]]:
    answer = workspace.show("--all")
    return {(one["ticket"], one["target"]) for one in answer["relations"]}


class Layers:
    """A workspace on an overlay, and the same one in the layer below."""

    def __init__(self, below: Workspace, merged: Path) -> None:
        self.below = below
        self.above = Workspace(merged)


@pytest.fixture(params=["one file system", "two file systems"])
def layers(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Layers]:
    """Tickets A, B and C, with a record of A and one of B, below an overlay without changes."""
    lower, merged, others = (tmp_path / name for name in ("lower", "merged", "others"))
    below = Workspace(lower)
    for ticket in (A, B, C):
        below.ticket(ticket, state="ready")
    below.record(A, "blocked_by", B)
    below.record(B, "after", C)
    for folder in (merged, others):
        folder.mkdir()
    kind = ("-t", "tmpfs", "none") if "two" in request.param else ("--bind", str(others))
    with mounted(others, *kind):
        upper, work = others / "upper", others / "work"
        upper.mkdir()
        work.mkdir()
        options = f"lowerdir={lower},upperdir={upper},workdir={work}"
        with mounted(merged, "-t", "overlay", "-o", options, "overlay"):
            yield Layers(below, merged)


@pytest.mark.parametrize("place", ["record", "ticket", "replaced", "gone"])
def test_changes_in_the_lower_layer_of_an_overlay_are_seen(layers: Layers, place: str) -> None:
    """Once something was added above, the stamps of its folders are those of the upper layer."""
    below, above = layers.below, layers.above
    assert above.run("add", A, "related", C).code == 0
    settle(above)
    before = edges(above)

    if place == "record":
        below.record(A, "conflicts_with", C, "one more")
        expected = before | {(A, C)}
        assert above.show("--all", "--kind", "conflicts-with")["count"] == 1
    elif place == "ticket":
        below.ticket("00001KT0000EE")
        below.record("00001KT0000EE", "blocked_by", C)
        expected = before | {("00001KT0000EE", C)}
    elif place == "replaced":
        path = below.tickets / B / "item.md"
        path.write_text(path.read_text().replace("ready", "doing"))
        ran = above.run("show", "--json")
        assert [one["path"] for one in ran.json["problems"]] == [f".yoi/tickets/{B}/item.md"]
        return
    else:
        shutil.rmtree(below.tickets / B / "artifacts")
        expected = before - {(B, C)}
    assert edges(above) == expected


def test_only_folders_of_several_layers_are_listed_again(layers: Layers) -> None:
    assert layers.above.run("add", A, "related", C).code == 0
    settle(layers.above)
    if os.stat(layers.above.tickets / B / "item.md").st_dev != os.stat(layers.above.tickets).st_dev:
        pytest.skip("files of a layer on another file system go by its clock, and never settle")

    assert suspected(layers.above) == {b"", A.encode()}


@pytest.fixture
def btrfs(tmp_path: Path) -> Iterator[Path]:
    if shutil.which("mkfs.btrfs") is None:
        pytest.skip("mkfs.btrfs is not installed")
    image, place = tmp_path / "image", tmp_path / "place"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(128 << 20)
    subprocess.run(["mkfs.btrfs", "-q", image], check=True, capture_output=True)
    with mounted(place, "-o", "loop", str(image)):
        yield place


def test_stamps_on_btrfs_are_trusted(btrfs: Path) -> None:
    workspace = Workspace(btrfs / "work")
    workspace.pair("after")
    settle(workspace)

    assert file_system_of(str(workspace.root)) == b"btrfs"
    assert suspected(workspace) == set()
    workspace.record(B, "related", A)
    assert edges(workspace) == {(A, B)}
    assert workspace.show("--all")["count"] == 2


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Workspace]:
    place = tmp_path / "memory"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "none"):
        workspace = Workspace(place / "work")
        workspace.pair("after", states=("ready", "ready"))
        settle(workspace)
        yield workspace


def test_writes_by_system_calls_on_tmpfs_are_seen(memory: Workspace) -> None:
    assert is_trusted_file_system(str(memory.root))
    assert suspected(memory) == set()
    memory.ticket(B, state="queue")  # of the same size
    assert len(memory.run("show", "--json").json["problems"]) == 1
    memory.ticket(B, state="ready")
    assert memory.show()["relations"][0]["target_state"] == "ready"


def test_writes_by_mapping_on_tmpfs_are_seen_with_content_trust(memory: Workspace) -> None:
    """No stamp tells of it, as the documents say."""
    path = memory.tickets / B / "item.md"
    before = os.stat(path)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        at = mapped.find(b"ready")
        mapped[at : at + 5] = b"doing"
        mapped.flush()
    after = os.stat(path)
    assert (before.st_mtime_ns, before.st_ctime_ns) == (after.st_mtime_ns, after.st_ctime_ns)
    assert len(memory.run("show", "--json", "--trust", "content").json["problems"]) == 1
