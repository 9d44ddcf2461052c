"""Where stamps prove nothing, everything is read, whatever they say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest import mock

import pytest
from building import A
from comparing import assert_rebuilt, by_own_clock
from index.test_incremental import Disk, disk_with, step

from yoi_relations.index import build
from yoi_relations.index.refresh import Index, Trust, open_index


@pytest.fixture
def disk() -> Iterator[Disk]:
    with disk_with(by_own_clock) as disk:
        step(disk, ("wait", "80"))
        yield disk


def write_unseen(disk: Disk) -> None:
    """Other bytes behind the same stamp, as by a memory mapping or on another machine's clock."""
    path = disk.folder(A) / "item.md"
    before = path.stat().st_mtime_ns
    disk.item(A, "closed")
    os.utime(path, ns=(before, before))


def asked(disk: Disk, trust: Trust = Trust.STAT, *, publish: bool = True) -> Index:
    return open_index(disk.found, lambda _: None, trust=trust, publish=publish)


@pytest.mark.parametrize("publish", [True, False])
def test_who_trusts_the_content_alone_sees_what_no_stamp_tells(
    disk: Disk, *, publish: bool
) -> None:
    asked(disk).close()
    write_unseen(disk)
    with asked(disk) as index, pytest.raises(AssertionError):
        assert_rebuilt(index)  # or there would be nothing to see
    with asked(disk, Trust.CONTENT, publish=publish) as index:
        assert_rebuilt(index)
        assert index.trust is Trust.CONTENT


def test_on_a_file_system_that_is_not_trusted_everything_is_read(disk: Disk) -> None:
    with mock.patch.object(build, "is_trusted", return_value=False):
        asked(disk).close()
        write_unseen(disk)
        with asked(disk) as index:
            assert_rebuilt(index)
            assert index.trust is Trust.CONTENT
    asked(disk).close()  # notes that it is trusted now
    with asked(disk) as index:
        assert index.trust is Trust.STAT


def test_who_trusts_the_index_looks_at_no_file(disk: Disk) -> None:
    asked(disk).close()
    disk.item(A, "closed")
    with asked(disk, Trust.INDEX) as index:
        assert index.trust is Trust.INDEX
        query = "SELECT DISTINCT state FROM ticket"
        assert index.connection.execute(query).fetchall() == [("queued",)]
