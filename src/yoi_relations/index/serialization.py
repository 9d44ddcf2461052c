"""Databases to bytes and back by way of a file, where SQLite cannot do it in memory.

Before 3.36, SQLite has ``serialize`` and ``deserialize`` only where it was built with them;
connections of Python otherwise lack these methods.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator

from yoi_relations.lean.types import Connection


def to_bytes(connection: Connection) -> bytes:
    """The database behind `connection`, as ``serialize`` gives it.

    Raises:
        OSError: the file cannot be written.
    """
    with _file() as path:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as copy:
            # The file is thrown away: neither a crash nor a rollback matters.
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            with _as_os_error():
                connection.backup(copy)
        with open(path, "rb") as file:
            return file.read()


def fill(connection: Connection, body: bytes) -> None:
    """Load `body` into an empty database in memory, as ``deserialize`` does.

    Raises:
        OSError: the file cannot be written.
        sqlite3.Error: `body` is not a database.
    """
    with _file() as path:
        with open(path, "wb") as file:
            file.write(body)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as copy:
            copy.backup(connection)


@contextlib.contextmanager
def _file() -> Iterator[str]:
    try:
        place = tempfile.TemporaryDirectory(prefix="relations-")
    except FileNotFoundError as error:
        # Where no folder takes files. To callers, a missing file is a missing index.
        raise OSError(errno.EIO, error.strerror, error.filename) from error
    with place as folder:
        yield os.path.join(folder, "index.sqlite3")


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    """SQLite says in its own words that a disk is full."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error)) from error
