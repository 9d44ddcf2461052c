"""SQLite by the C module that the package `sqlite3` wraps: that package imports `datetime`."""

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
"""SQLite refused: an opened index file was changed in place, or it cannot be read any more."""

__all__ = ["SqliteError", "sqlite3"]
