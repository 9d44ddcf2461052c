from __future__ import annotations

import os
import stat
import tempfile
import time
from pathlib import Path

import pytest
from campaign.mounts import mounted, needs_root

from yoi_relations.files import stat_stamp
from yoi_relations.files.stat_stamp import (
    ABSENT,
    SIZE,
    WINDOW,
    clock_of,
    is_reliable,
    is_trusted_file_system,
    stamp_of,
)

SECOND = 10**9
NOW = 1_700_000_000 * SECOND
FAR = 9_500_000_000 * SECOND
"""In the year 2271, or in 1669: more nanoseconds than 64 bits hold."""
MEMORY = Path("/dev/shm")  # noqa: S108  # the test removes what it writes
needs_memory = pytest.mark.skipif(not os.path.ismount(MEMORY), reason="needs a tmpfs at /dev/shm")


def stamp(path: Path, mtime: int) -> bytes:
    """The stamp of a file whose content is dated `mtime`, and its inode now."""
    path.touch()
    os.utime(path, ns=(mtime, mtime))
    return stamp_of(path.lstat())


def device(path: Path) -> int:
    return path.stat().st_dev


@pytest.mark.parametrize("mtime", [0, -5 * SECOND, NOW, 4_102_444_800 * SECOND, FAR, -FAR])
def test_stamp_has_a_fixed_length_for_any_date(tmp_path: Path, mtime: int) -> None:
    assert len(stamp(tmp_path / "file", mtime)) == SIZE


def test_new_file_is_racy_and_later_reliable(tmp_path: Path) -> None:
    one, now = stamp(tmp_path / "file", NOW), time.time_ns()

    assert not is_reliable(one, now, device(tmp_path))
    assert is_reliable(one, now + WINDOW + SECOND, device(tmp_path))


@pytest.mark.parametrize("ahead", [-3600 * SECOND, 3600 * SECOND])
def test_stamp_is_reliable_one_window_after_its_latest_time(tmp_path: Path, ahead: int) -> None:
    path = tmp_path / "file"
    one = stamp(path, time.time_ns() + ahead)
    later = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)

    assert not is_reliable(one, later + WINDOW, device(tmp_path))
    assert is_reliable(one, later + WINDOW + 1, device(tmp_path))


@needs_memory
def test_date_outside_the_stamp_range_stays_racy() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "file"
        assert not is_reliable(stamp(path, FAR), NOW, device(path))
        assert not is_reliable(stamp(path, -FAR), time.time_ns() + 3600 * SECOND, device(path))
        assert path.stat().st_mtime_ns == -FAR


def test_future_date_stays_racy(tmp_path: Path) -> None:
    now = time.time_ns()
    one = stamp(tmp_path / "file", now + 3600 * SECOND)

    assert not is_reliable(one, now + WINDOW + SECOND, device(tmp_path))


def test_path_on_another_device_stays_racy(tmp_path: Path) -> None:
    one = stamp(tmp_path / "file", NOW)

    assert not is_reliable(one, time.time_ns() + 3600 * SECOND, device(tmp_path) + 1)


def test_stamp_of_a_missing_path_is_reliable() -> None:
    assert is_reliable(ABSENT, NOW, 0)


def test_every_change_alters_the_stamp(tmp_path: Path) -> None:
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


def test_clock_is_read_from_the_file_system(tmp_path: Path) -> None:
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


def test_overlay_folder_of_several_layers_stays_racy(tmp_path: Path) -> None:
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
        assert stat_stamp.racy_in(taken, NOW, now.st_dev) == []
        reliable = stat_stamp.racy_in(taken, NOW, now.st_dev, layered=True) == []
        assert reliable is proves


@needs_memory
def test_file_systems_in_memory_are_trusted() -> None:
    assert is_trusted_file_system(str(MEMORY))


@pytest.mark.parametrize("path", ["/proc", "/proc/self/ns/mnt", "/no such folder"])
def test_unknown_file_system_is_not_trusted(path: str) -> None:
    assert not is_trusted_file_system(path)


@needs_root
@pytest.mark.parametrize("name", ["a\fb", "a\rb", "a\x1cb", "a\x85b", "a\u2028b", "a - b"])
def test_other_mounts_have_no_effect(tmp_path: Path, name: str) -> None:
    for place in (tmp_path / name, tmp_path / "plain"):
        place.mkdir()
    with (
        mounted(tmp_path / name, "-t", "tmpfs", "none"),
        mounted(tmp_path / "plain", "-t", "tmpfs", "none"),
    ):
        assert is_trusted_file_system(str(tmp_path / name))
        assert is_trusted_file_system(str(tmp_path / "plain"))
