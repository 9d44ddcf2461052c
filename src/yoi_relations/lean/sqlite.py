"""SQLite from the C module that `sqlite3` wraps, without the `datetime` that `sqlite3` imports."""

from __future__ import annotations

from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        import _sqlite3 as sqlite3
    except ImportError:
        import sqlite3

SqliteError = sqlite3.Error
"""An error of SQLite: the open index file was changed in place, or cannot be read any more."""

__all__ = ["SqliteError", "sqlite3"]
