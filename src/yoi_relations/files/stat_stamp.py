"""Stat stamps: what the file system says about a file without reading it, and when to trust that.

A file whose stamp equals an older one counts as unchanged if the older stamp was reliable when it
was taken: if its times were so much earlier than the clock that a later change must alter them. All
other stamps are racy. Git calls such files "racily clean".
"""

from __future__ import annotations

import errno
import os
import stat
import struct

from yoi_relations.files.safe_read import DISK
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from yoi_relations.files.file_tree import FileTree, Status

SIZE = 48
"""Bytes of a stamp."""
ABSENT = bytes(SIZE)
"""The stamp of a path that does not exist."""
WINDOW = 2_500_000_000
"""Nanoseconds after which a stamp is reliable: more than the coarsest clock of a file system, which
is the 2 s of FAT."""
TICK = 10_000_000
"""Nanoseconds for which a kernel's clock for files may not advance."""
_FIELDS = struct.Struct("<qqQQqQ")
_pack = _FIELDS.pack
_FOLDER = stat.S_IFDIR
_KIND = 0o170000
"""The bits of a mode that distinguish folders from files."""
_LAYERED = 1 << 32
"""A bit above the mode: a folder with one link, which most file systems do not have. On an overlay,
such a folder has entries of several layers."""
_LATEST = 2**63 - 1
"""A stamp with a later time than this, in the year 2262, is never reliable."""
OVERLAY = b"overlay"
_TRUSTED = frozenset(b"ext2 ext3 ext4 xfs btrfs tmpfs overlay zfs f2fs bcachefs".split(b" "))
"""File systems whose times and inodes can be trusted. On others, every file is read each time."""

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""Error numbers that mean that a path does not exist."""


def is_gone(path: str | bytes, files: FileTree = DISK) -> bool:
    """Whether a path certainly does not exist. False if its status cannot be read."""
    try:
        files.lstat(os.fsencode(path))
    except OSError as error:
        return error.errno in NOT_THERE
    return False


def stamp_of(status: Status) -> bytes:
    """The stamp of a status: mtime and ctime in nanoseconds, inode, device, size and mode."""
    mode = status.st_mode
    if mode & _KIND == _FOLDER and status.st_nlink == 1:
        mode |= _LAYERED
    modified, changed = status.st_mtime_ns, status.st_ctime_ns
    try:
        # Each lookup does this for every path, and unpacking a tuple takes as long as all the rest.
        return _pack(modified, changed, status.st_ino, status.st_dev, status.st_size, mode)
    except struct.error:
        first, second = (min(max(time, -_LATEST), _LATEST) for time in (modified, changed))
        return _pack(first, second, status.st_ino, status.st_dev, status.st_size, mode)


def is_reliable(stamp: bytes, now: int, device: int) -> bool:
    """Whether a change after `now` must alter the stamp. The arguments are as in `racy_in`."""
    return not racy_in(stamp, now, device)


def racy_in(stamps: bytes, now: int, device: int, *, layered: bool = False) -> list[int]:
    """The positions of the racy stamps among many concatenated ones.

    Args:
        stamps: taken at `now` or later.
        now: nanoseconds since 1970 by the file system's own clock.
        device: of the tickets root; files on other devices have another clock.
        layered: whether they are of an overlay. There, the stamp of a folder with entries of
            several layers is that of the uppermost layer, and shows no change in the lower ones.
    """
    latest = now - WINDOW
    no_proof = _LAYERED if layered else 0
    return [
        number
        for number, (mtime, ctime, _, on, _, mode) in enumerate(_FIELDS.iter_unpack(stamps))
        # Mode 0 is a missing path; the stamp of its folder changes when it appears.
        if mode
        and (mode & no_proof or not (on == device and -_LATEST < mtime < latest and ctime < latest))
    ]


def changed_in(stamps: bytes) -> list[int]:
    """The ctimes, in nanoseconds, of many concatenated stamps."""
    return [ctime for _, ctime, *_ in _FIELDS.iter_unpack(stamps)]


def clock_of(descriptor: int) -> int:
    """The file system's clock, in nanoseconds since 1970, by touching an open file.

    Raises:
        OSError: the file cannot be touched.
    """
    os.utime(descriptor)
    return os.fstat(descriptor).st_mtime_ns


def is_trusted_file_system(path: str) -> bool:
    """Whether stamps on the file system of `path` can be trusted."""
    return file_system_of(path) in _TRUSTED


def file_system_of(path: str) -> bytes | None:
    """The type of the file system of `path`, as the list of mounts names it; None if unknown."""
    try:
        number = _mount_of(path)
        with open("/proc/self/mountinfo", "rb") as file:
            mounts = file.read()
    except OSError:
        return None
    # In a mount point's name the kernel escapes these two, but not other line separators.
    for line in mounts.split(b"\n"):
        fields, _, kind = line.partition(b" - ")
        if fields.split(b" ")[0] == number:
            return kind.split(b" ")[0]
    return None


def _mount_of(path: str) -> bytes:
    """The id of a mount. The device number does not do: each btrfs subvolume has its own."""
    descriptor = os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC)
    try:
        with open(f"/proc/self/fdinfo/{descriptor}", "rb") as file:
            fields = dict(line.split(b":\t", 1) for line in file if b":\t" in line)
    finally:
        os.close(descriptor)
    return fields.get(b"mnt_id", b"").strip()
