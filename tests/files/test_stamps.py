from __future__ import annotations

import os
import stat
import tempfile
import time
from pathlib import Path

import pytest
from campaign.mounts import mounted, needs_root

from yoi_relations.files import stamps
from yoi_relations.files.stamps import (
    ABSENT,
    SIZE,
    WINDOW,
    clock_of,
    is_settled,
    is_trusted,
    stamp_of,
)

SECOND = 10**9
NOW = 1_700_000_000 * SECOND
FAR = 9_500_000_000 * SECOND
"""In the year 2271, or in 1669: more nanoseconds than 64 bits hold."""
MEMORY = Path("/dev/shm")  # noqa: S108  # whatever lies there goes again
needs_memory = pytest.mark.skipif(not os.path.ismount(MEMORY), reason="needs a tmpfs at /dev/shm")


def stamp(path: Path, mtime: int) -> bytes:
    """The stamp of a file whose content is dated `mtime`, and its inode now."""
    path.touch()
    os.utime(path, ns=(mtime, mtime))
    return stamp_of(path.lstat())


def device(path: Path) -> int:
    return path.stat().st_dev


@pytest.mark.parametrize("mtime", [0, -5 * SECOND, NOW, 4_102_444_800 * SECOND, FAR, -FAR])
def test_a_stamp_is_as_long_whatever_the_date(tmp_path: Path, mtime: int) -> None:
    assert len(stamp(tmp_path / "file", mtime)) == SIZE


def test_a_file_that_was_just_made_is_not_settled_and_later_is(tmp_path: Path) -> None:
    one, now = stamp(tmp_path / "file", NOW), time.time_ns()

    assert not is_settled(one, now, device(tmp_path))
    assert is_settled(one, now + WINDOW + SECOND, device(tmp_path))


@pytest.mark.parametrize("ahead", [-3600 * SECOND, 3600 * SECOND])
def test_it_settles_a_window_after_the_later_of_its_times(tmp_path: Path, ahead: int) -> None:
    path = tmp_path / "file"
    one = stamp(path, time.time_ns() + ahead)
    later = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)

    assert not is_settled(one, later + WINDOW, device(tmp_path))
    assert is_settled(one, later + WINDOW + 1, device(tmp_path))


@needs_memory
def test_a_date_that_no_stamp_can_hold_never_settles() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "file"
        assert not is_settled(stamp(path, FAR), NOW, device(path))
        assert not is_settled(stamp(path, -FAR), time.time_ns() + 3600 * SECOND, device(path))
        assert path.stat().st_mtime_ns == -FAR


def test_a_date_to_come_never_settles(tmp_path: Path) -> None:
    now = time.time_ns()
    one = stamp(tmp_path / "file", now + 3600 * SECOND)

    assert not is_settled(one, now + WINDOW + SECOND, device(tmp_path))


def test_what_lies_on_another_device_never_settles(tmp_path: Path) -> None:
    one = stamp(tmp_path / "file", NOW)

    assert not is_settled(one, time.time_ns() + 3600 * SECOND, device(tmp_path) + 1)


def test_what_is_not_there_is_settled() -> None:
    assert is_settled(ABSENT, NOW, 0)


def test_every_change_shows_in_the_stamp(tmp_path: Path) -> None:
    path = tmp_path / "file"
    seen = {stamp(path, NOW)}
    path.write_text("longer")
    seen.add(stamp(path, NOW))
    path.chmod(0o600)
    seen.add(stamp(path, NOW))
    other = tmp_path / "other"
    other.write_text("longer")
    other.chmod(0o600)
    other.replace(path)
    seen.add(stamp(path, NOW))

    assert len(seen) == 4


def test_the_clock_is_the_file_systems(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    os.utime(path, ns=(0, 0))
    descriptor = os.open(path, os.O_WRONLY)
    try:
        now = clock_of(descriptor)
    finally:
        os.close(descriptor)

    assert abs(now - time.time_ns()) < 5 * SECOND
    assert path.stat().st_mtime_ns == now


def test_on_an_overlay_a_folder_of_several_layers_never_settles(tmp_path: Path) -> None:
    """The system gives it one link, and the stamp of its uppermost layer."""
    for mode, links, proves in (
        (stat.S_IFDIR, 1, False),
        (stat.S_IFDIR, 2, True),
        (stat.S_IFREG, 1, True),
    ):
        now = tmp_path.lstat()
        fields = list(now)
        fields[0], fields[3] = mode | 0o755, links
        old = {"st_mtime_ns": NOW - 9 * SECOND, "st_ctime_ns": NOW - 9 * SECOND}
        taken = stamp_of(os.stat_result(fields, old))
        assert stamps.unsettled_in(taken, NOW, now.st_dev) == []
        settled = stamps.unsettled_in(taken, NOW, now.st_dev, layered=True) == []
        assert settled is proves


@needs_memory
def test_file_systems_in_memory_are_trusted() -> None:
    assert is_trusted(str(MEMORY))


@pytest.mark.parametrize("path", ["/proc", "/proc/self/ns/mnt", "/no such folder"])
def test_what_is_no_usual_file_system_is_not_trusted(path: str) -> None:
    assert not is_trusted(path)


@needs_root
@pytest.mark.parametrize("name", ["a\fb", "a\rb", "a\x1cb", "a\x85b", "a\u2028b", "a - b"])
def test_another_mount_of_any_name_is_no_matter(tmp_path: Path, name: str) -> None:
    for place in (tmp_path / name, tmp_path / "plain"):
        place.mkdir()
    with (
        mounted(tmp_path / name, "-t", "tmpfs", "none"),
        mounted(tmp_path / "plain", "-t", "tmpfs", "none"),
    ):
        assert is_trusted(str(tmp_path / name))
        assert is_trusted(str(tmp_path / "plain"))
