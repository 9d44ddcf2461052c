"""Switches that turn off one defence against stale answers, each with a test that must then fail.

The product does not know them: each patches its modules from outside, and fails if a name no longer
exists. `switch_runner` runs tests with one of them applied.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from unittest import mock

import pytest

from yoi_relations.files import scan_folder, stat_collector, stat_stamp, times
from yoi_relations.files.source import UnreadableError
from yoi_relations.index import (
    build,
    cache_folder,
    folder_scan,
    freshness,
    index_file,
    near_targets,
    reconcile,
    rescan,
    snapshot,
    snapshot_builder,
    store,
)
from yoi_relations.recording import add

_FAR = 2**62
"""Nanoseconds since 1970: later than all dates in tests."""
Off = Callable[[pytest.MonkeyPatch], None]


class Switch(NamedTuple):
    """What turns a defence off, and the test that fails without it."""

    off: Off
    test: str


def _window(patch: pytest.MonkeyPatch) -> None:
    """Whatever is dated is settled, however young."""
    real = stat_stamp.racy_in
    for module in (stat_stamp, snapshot_builder):
        patch.setattr(
            module,
            "racy_in",
            lambda some, _, device, **more: real(some, _FAR, device, **more),
        )


def _stamps_with(alter: Callable[..., tuple[int, ...]]) -> Off:
    """Fields of all stamps are altered, those included that a test's own clock makes."""

    def off(patch: pytest.MonkeyPatch) -> None:
        pack = stat_stamp._pack  # noqa: SLF001  # whatever makes a stamp packs it so
        patch.setattr(stat_stamp, "_pack", lambda *values: pack(*alter(*values)))

    return off


def _without_time_of_change(mtime: int, _: int, *others: int) -> tuple[int, ...]:
    return mtime, mtime, *others


def _without_inode(mtime: int, ctime: int, _: int, *others: int) -> tuple[int, ...]:
    return mtime, ctime, 0, *others


def _without_folders_times(*values: int) -> tuple[int, ...]:
    _, _, inode, device, _, mode = values
    return (0, 0, inode, device, 0, mode) if stat.S_ISDIR(mode) else values


def _look_inside_the_lock(patch: pytest.MonkeyPatch) -> None:
    """What was suspected outside is used, whatever has been published meanwhile."""
    real = reconcile._current_index  # noqa: SLF001  # it runs inside the lock
    patch.setattr(
        reconcile, "_current_index", lambda request, _, changes: real(request, mock.ANY, changes)
    )


def _second_look(patch: pytest.MonkeyPatch) -> None:
    """No folder was moved while folders were looked at."""
    for module in (build, rescan):
        patch.setattr(module, "root_may_have_changed", lambda *_: False)


def _doubt_about_unreadable_files(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        folder_scan.FolderScan, "is_unreliable", property(lambda scan: scan.folder.is_link)
    )


def _doubt_about_links(patch: pytest.MonkeyPatch) -> None:
    def unreadable(look: folder_scan.FolderScan) -> bool:
        return any(isinstance(read.content, UnreadableError) for read in look.reads)

    patch.setattr(folder_scan.FolderScan, "is_unreliable", property(unreadable))


def _doubt_about_file_systems(patch: pytest.MonkeyPatch) -> None:
    for module in (snapshot_builder, store):
        patch.setattr(module, "is_trusted_file_system", lambda _: True)


def _layers(patch: pytest.MonkeyPatch) -> None:
    """An overlay is taken for a file system with one layer."""
    real = stat_stamp.racy_in
    for module in (stat_stamp, snapshot_builder):
        patch.setattr(module, "racy_in", lambda some, now, device, **_: real(some, now, device))


def _file_systems_clock(patch: pytest.MonkeyPatch) -> None:
    """The machine's own takes its place."""
    patch.setattr(cache_folder, "clock", lambda _: time.time_ns())


def _clock_that_went_back(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether it is behind the index."""
    real = snapshot.compare_stamps

    def compare_stamps(known: Any, *others: Any, **named: Any) -> Any:
        return real(known._replace(scanned_at=0), *others, **named)

    for module in (freshness, reconcile, build):
        patch.setattr(module, "compare_stamps", compare_stamps)


def _near_targets(patch: pytest.MonkeyPatch) -> None:
    """A target that is not the name of a ticket means none."""
    patch.setattr(near_targets.TargetNames, "meant_by", lambda *_: [])


def _files_that_are_not_read(patch: pytest.MonkeyPatch) -> None:
    """Whatever lies where no records are read holds none."""
    patch.setattr(scan_folder, "among_records", lambda *_: None)
    for name in ("in_artifacts", "without_artifacts", "without_item"):
        patch.setattr(scan_folder, name, lambda *_: ())


def _stamps_of_files_that_are_not_read(patch: pytest.MonkeyPatch) -> None:
    """Nobody notices when what such a file holds changes."""
    real = stat_collector.StatCollector.may_hold

    def may_hold(
        prober: stat_collector.StatCollector, name: bytes, judge: Callable[[bytes], bool]
    ) -> bool:
        kept = len(prober.paths)
        held = real(prober, name, judge)
        del prober.paths[kept:], prober.stamps[kept:]
        return held

    patch.setattr(stat_collector.StatCollector, "may_hold", may_hold)


def _time_after_what_it_ends(patch: pytest.MonkeyPatch) -> None:
    """A record has the time of the clock, even if it replaces a later one."""
    patch.setattr(add, "time_of_record", lambda *_: times.now())


def _file_that_always(**is_so: Any) -> Off:
    """Of any index file this is said to be so."""

    def off(patch: pytest.MonkeyPatch) -> None:
        real = index_file.read_index_file
        patch.setattr(index_file, "read_index_file", lambda path: real(path)._replace(**is_so))

    return off


def _any_version(name: str, query: str) -> Off:
    """A version is neither part of the index file's name nor of what must be equal in it."""

    def off(patch: pytest.MonkeyPatch) -> None:
        real = store._read_generation  # noqa: SLF001  # compares the versions

        def read(connection: Any, workspace: Any) -> store.Generation:
            (written,) = connection.execute(query).fetchone()
            with mock.patch.object(store, name, written):
                return real(connection, workspace)

        patch.setattr(store, "_read_generation", read)
        path: Callable[..., str] = lambda found: os.path.join(found.cache_path, "index.sqlite3")  # noqa: E731
        patch.setattr(store, "index_path", path)

    return off


_DAMAGE, _DEFENCES, _INCREMENTAL, _UNREAD = (
    f"tests/index/test_{name}.py::test_"
    for name in ("store_damage", "freshness_defences", "reconcile_updates", "freshness_strays")
)
SWITCHES = {
    "window of reliable stamps": Switch(
        _window, f"{_INCREMENTAL}two_writes_within_one_tick_are_both_seen"
    ),
    "time of change": Switch(
        _stamps_with(_without_time_of_change),
        f"{_DEFENCES}change_visible_only_in_ctime_is_seen",
    ),
    "inode": Switch(
        _stamps_with(_without_inode),
        f"{_DEFENCES}swapped_folders_are_seen_by_their_inodes",
    ),
    "times of folders": Switch(
        _stamps_with(_without_folders_times),
        "tests/index/test_freshness_changes.py::test_a_change_is_seen_at_once[add_a_ticket]",
    ),
    "rescan inside the lock": Switch(
        _look_inside_the_lock,
        f"{_DEFENCES}rescans_what_another_process_published_meanwhile",
    ),
    "rescan of folders that move": Switch(
        _second_look,
        "tests/index/test_rescan_moving_folders.py::test_folder_that_moves_after_the_listing_is_found[built]",
    ),
    "retry of unreadable files": Switch(
        _doubt_about_unreadable_files,
        f"{_INCREMENTAL}retries_unreadable_files_with_equal_stamps[all]",
    ),
    "rescan of links": Switch(_doubt_about_links, f"{_INCREMENTAL}rescans_links_with_equal_stamps"),
    "untrusted file systems": Switch(
        _doubt_about_file_systems,
        f"{_DEFENCES}untrusted_file_system_makes_it_read_everything",
    ),
    "layers of an overlay": Switch(
        _layers,
        "tests/files/test_stat_stamp.py::test_overlay_folder_of_several_layers_stays_racy",
    ),
    "file system's clock": Switch(
        _file_systems_clock, f"{_DEFENCES}stamp_is_not_reliable_by_the_clock_of_another_file_system"
    ),
    "clock that went back": Switch(
        _clock_that_went_back,
        f"{_INCREMENTAL}clock_that_went_back_makes_it_read_every_file_once",
    ),
    "digest of the index": Switch(
        _file_that_always(is_whole=True), f"{_DAMAGE}byte_altered_on_disk_is_not_shown"
    ),
    "place of the index": Switch(
        _file_that_always(was_written_here=True),
        "tests/security/test_checkout.py::test_index_from_a_checkout_is_not_used[stat]",
    ),
    "near targets": Switch(
        _near_targets,
        "tests/queries/test_unknown_reasons.py"
        "::test_misspelled_target_of_older_format_counts[json]",
    ),
    "files that are not read": Switch(
        _files_that_are_not_read,
        f"{_UNREAD}notices_unread_files_that_appear_and_vanish[a folder]",
    ),
    "stamps of files that are not read": Switch(
        _stamps_of_files_that_are_not_read,
        f"{_UNREAD}notices_content_changes_of_unread_files[a name]",
    ),
    "time after what it ends": Switch(
        _time_after_what_it_ends,
        "tests/recording/test_record_time.py"
        "::test_new_record_is_later_than_one_of_a_fast_clock[md-waiting]",
    ),
    "version of the schema": Switch(
        _any_version("SCHEMA_VERSION", "PRAGMA user_version"),
        f"{_DAMAGE}index_of_another_version_is_not_used[SCHEMA_VERSION]",
    ),
    "version of the parser": Switch(
        _any_version("PARSER_VERSION", "SELECT parser_version FROM generation"),
        f"{_DAMAGE}index_of_another_version_is_not_used[PARSER_VERSION]",
    ),
}
"""By what is switched off."""
