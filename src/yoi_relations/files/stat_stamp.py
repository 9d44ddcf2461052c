"""Stamps: what the file system says of a file without reading it, and when that can be believed.

A file whose stamp is equal to an older one is taken for unchanged, if the older stamp was settled
when it was taken: if its times lay far enough behind the clock that a later change must show in
them. Git calls the others "racily clean".
"""

from __future__ import annotations

import errno
import os
import stat
import struct

SIZE = 48
"""Bytes of a stamp."""
ABSENT = bytes(SIZE)
"""The stamp of what is not there."""
WINDOW = 2_500_000_000
"""Nanoseconds after which a stamp is settled: more than the coarsest clock among file systems, the
2 s of FAT."""
TICK = 10_000_000
"""Nanoseconds in which a kernel's clock for files may stand still."""
_FIELDS = struct.Struct("<qqQQqQ")
_KIND = 0o170000
"""The bits of a mode that tell folders from files."""
_LAYERED = 1 << 32
"""A bit beside the mode: a folder with one link, which most file systems do not have. On overlay
it has entries of several layers."""
_LATEST = 2**63 - 1
"""A time beyond it, in the year 2262, is none that settles."""
OVERLAY = b"overlay"
_TRUSTED = frozenset(b"ext2 ext3 ext4 xfs btrfs tmpfs overlay zfs f2fs bcachefs".split(b" "))
"""File systems whose clocks and inodes hold; network and exotic ones are read anew each time."""


NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""How the system says that there is nothing behind a path."""


def is_gone(path: str | bytes) -> bool:
    """Whether there surely is nothing; what cannot be looked at may well be there."""
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno in NOT_THERE
    return False


def stamp_of(status: os.stat_result) -> bytes:
    """Times of content and of inode in nanoseconds, inode, device, size and mode."""
    times = status.st_mtime_ns, status.st_ctime_ns
    mode = status.st_mode
    if mode & _KIND == stat.S_IFDIR and status.st_nlink == 1:
        mode |= _LAYERED
    rest = status.st_ino, status.st_dev, status.st_size, mode
    try:
        return _FIELDS.pack(*times, *rest)
    except struct.error:
        first, second = (min(max(time, -_LATEST), _LATEST) for time in times)
        return _FIELDS.pack(first, second, *rest)


def is_reliable(stamp: bytes, now: int, device: int) -> bool:
    """Whether a change after `now` must alter the stamp.

    Args:
        stamp: taken at `now` or later.
        now: nanoseconds since 1970 by the file system's own clock.
        device: the tickets root's; what lies elsewhere goes by another clock.
    """
    return not racy_in(stamp, now, device)


def racy_in(stamps: bytes, now: int, device: int, *, layered: bool = False) -> list[int]:
    """The numbers of those of many stamps, one behind the other, that are not settled.

    Args:
        stamps: as in `is_reliable`, like the next two.
        now: see there.
        device: see there.
        layered: whether they are of an overlay, where the stamp of a folder with entries of several
            layers is that of the uppermost alone: what comes and goes below does not show in it.
    """
    latest = now - WINDOW
    no_proof = _LAYERED if layered else 0
    return [
        number
        for number, (mtime, ctime, _, on, _, mode) in enumerate(_FIELDS.iter_unpack(stamps))
        # Without a mode there is nothing, and nothing cannot change unseen.
        if mode
        and (mode & no_proof or not (on == device and -_LATEST < mtime < latest and ctime < latest))
    ]


def changed_in(stamps: bytes) -> list[int]:
    """When the inodes of many stamps, one behind the other, last changed."""
    return [changed for _, changed, *_ in _FIELDS.iter_unpack(stamps)]


def clock_of(descriptor: int) -> int:
    """The file system's clock, in nanoseconds since 1970, by touching an open file.

    Raises:
        OSError: the file cannot be touched.
    """
    os.utime(descriptor)
    return os.fstat(descriptor).st_mtime_ns


def is_trusted_file_system(path: str) -> bool:
    """Whether stamps on the file system that holds `path` can be believed."""
    return file_system_of(path) in _TRUSTED


def file_system_of(path: str) -> bytes | None:
    """The kind of file system that holds `path`, as the list of mounts has it; None if unknown."""
    try:
        number = _mount_of(path)
        with open("/proc/self/mountinfo", "rb") as file:
            mounts = file.read()
    except OSError:
        return None
    # In a place's name the system escapes these two; other separators of lines it may leave.
    for line in mounts.split(b"\n"):
        fields, _, kind = line.partition(b" - ")
        if fields.split(b" ")[0] == number:
            return kind.split(b" ")[0]
    return None


def _mount_of(path: str) -> bytes:
    """The number of a mount. A device's number would not do: btrfs gives each subvolume its own."""
    descriptor = os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC)
    try:
        with open(f"/proc/self/fdinfo/{descriptor}", "rb") as file:
            facts = dict(line.split(b":\t", 1) for line in file if b":\t" in line)
    finally:
        os.close(descriptor)
    return facts.get(b"mnt_id", b"").strip()
