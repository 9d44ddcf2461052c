"""Serializes databases by way of a file, where SQLite cannot do it in memory.

SQLite before 3.36 may be built without ``serialize`` and ``deserialize``. Then Python's connections
lack these methods.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator

from yoi_relations.lean.types import Connection


def serialize(connection: Connection) -> bytes:
    """The database as bytes, as the method ``serialize`` returns it.

    Raises:
        OSError: the file cannot be written.
    """
    with _temporary_path() as path:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as copy:
            # The file is temporary: neither a crash nor a rollback matters.
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            try:
                connection.backup(copy)
            except sqlite3.Error as error:  # for example, the disk is full
                raise OSError(errno.EIO, str(error)) from error
        with open(path, "rb") as file:
            return file.read()


def deserialize(connection: Connection, body: bytes) -> None:
    """Load `body` into an empty database in memory, as the method ``deserialize`` does.

    Raises:
        OSError: the file cannot be written.
        sqlite3.Error: `body` is not a database.
    """
    with _temporary_path() as path:
        with open(path, "wb") as file:
            file.write(body)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as copy:
            copy.backup(connection)


@contextlib.contextmanager
def _temporary_path() -> Iterator[str]:
    try:
        temporary = tempfile.TemporaryDirectory(prefix="relations-")
    except FileNotFoundError as error:
        # No folder for temporary files. A FileNotFoundError would mean a missing index to callers.
        raise OSError(errno.EIO, error.strerror, error.filename) from error
    with temporary as folder:
        yield os.path.join(folder, "index.sqlite3")
