"""The index file: the bytes of a database, the place of the file, and a digest of both.

Somebody who prepares a checkout can put any index into it, with a valid digest. They cannot know
the place that the file will have: its device, its inode and its time. So each index file holds its
own place, and an index that came with a checkout, or was copied, is not used.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time

from yoi_relations.files.safe_read import read_with_status
from yoi_relations.lean.types import TYPE_CHECKING, Connection, NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO

_PLACE = struct.Struct("<QQq")
_TRAILER_SIZE = _PLACE.size + hashlib.sha256().digest_size
_TICK = 2_000_000_000
"""Nanoseconds between two times that the coarsest file system, FAT, can store."""
_MAX_SIZE = 4 << 30
"""Bytes. A larger file is not an index: this is enough for millions of tickets."""


class IndexFile(NamedTuple):
    """An index file that was read.

    Attributes:
        body: the database; empty if the file is too short.
        is_whole: whether the digest matches.
        was_written_here: whether the file still has the place where it was written.
    """

    body: bytes
    is_whole: bool
    was_written_here: bool


def read_index_file(path: str) -> IndexFile:
    """Read the index file at `path`.

    Raises:
        OSError: the file cannot be read, is a symbolic link, or is not a regular file.
    """
    status, data = read_with_status(path, _MAX_SIZE)
    body, trailer = data[:-_TRAILER_SIZE], data[-_TRAILER_SIZE:]
    place, digest = trailer[: _PLACE.size], trailer[_PLACE.size :]
    was_written_here = place == _place(status, status.st_mtime_ns)
    return IndexFile(body, _digest(body, place) == digest, was_written_here)


def publish(folder: int, name: str, connection: Connection) -> None:
    """Write an index to a new file, and move that to `name` with one rename.

    The lock of the cache folder, which has the descriptor `folder`, is held.

    Raises:
        OSError: the file cannot be written; the index published before is unchanged.
    """
    from yoi_relations.atomic import replacing  # noqa: PLC0415  # reading an index file needs no draft

    try:
        body = connection.serialize()
    except AttributeError:
        from yoi_relations.index import serialization  # noqa: PLC0415  # only an old SQLite needs it

        body = serialization.serialize(connection)
    with replacing(name, f"tmp-{os.getpid()}.sqlite3", dir_fd=folder) as file:
        write_index_file(file, body)
        # Only an empty folder is removed: another may be somebody's, even tracked by git.
        try:  # noqa: SIM105  # contextlib costs start-up
            os.rmdir(name, dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError):
            pass


def write_index_file(file: BinaryIO, body: bytes) -> None:
    """Write body and trailer, and sync; the file may be moved later, but not copied.

    Raises:
        OSError: the file cannot be written.
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
