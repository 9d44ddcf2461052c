"""The index file as bytes: an image of a database, where the file lies, and a digest of both.

Whoever prepares a checkout can put any index into it, whole and with a right digest. What they
cannot know is where a file will come to lie: its device, its inode, and when it is written. So each
index says that of itself, and one that came along with the files is told from one made here.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time

from yoi_relations.files.safe_read import read_with_status
from yoi_relations.lean.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO

_DIGEST_SIZE = 32
_PLACE = struct.Struct("<QQq")
_TAIL = _PLACE.size + _DIGEST_SIZE
_TICK = 2_000_000_000
"""Nanoseconds between two times that the coarsest file system, FAT, can store."""
_LIMIT = 4 << 30
"""Bytes of a file that could be an index: some millions of tickets."""


class IndexFile(NamedTuple):
    """An index file that was read.

    Attributes:
        body: the database; empty where there is none.
        is_whole: whether its digest is right.
        was_written_here: whether it was written where it lies.
    """

    body: bytes
    is_whole: bool
    was_written_here: bool


def read_index_file(path: str) -> IndexFile:
    """The index file at `path`.

    Raises:
        OSError: it cannot be read, is a symbolic link, or no regular file.
    """
    status, data = read_with_status(path, _LIMIT)
    body, place, digest = data[:-_TAIL], data[-_TAIL:-_DIGEST_SIZE], data[-_DIGEST_SIZE:]
    return IndexFile(
        body, _digest(body, place) == digest, place == _place(status, status.st_mtime_ns)
    )


def write_index_file(file: BinaryIO, body: bytes) -> None:
    """Write an index to a new file, and to the disk; it may be moved, and not be copied.

    Raises:
        OSError: it cannot be written.
    """
    now = time.time_ns()
    date = now - now % _TICK
    place = _place(os.fstat(file.fileno()), date)
    file.writelines((body, place, _digest(body, place)))
    file.flush()
    os.utime(file.fileno(), ns=(date, date))
    os.fsync(file.fileno())


def _place(status: os.stat_result, date: int) -> bytes:
    return _PLACE.pack(status.st_dev, status.st_ino, date)


def _digest(body: bytes, place: bytes) -> bytes:
    digest = hashlib.sha256(body)
    digest.update(place)
    return digest.digest()
