"""Turns errors of the machine into the program's own errors, so that no traceback is shown.

It is imported after something failed, so it must not need SQLite or a package.
"""

from __future__ import annotations

import os
import sys

from yoi_relations.errors import RelationsError

OLDEST_SQLITE = "3.34"
"""The oldest version that has what the program uses."""


def failure_of(error: Exception) -> RelationsError:
    """The error to report for one that no command handles.

    Args:
        error: an `OSError`, an error of `sqlite3`, an `ImportError`, an `AttributeError` or a
            `MemoryError`.
    """
    if isinstance(error, MemoryError):
        return RelationsError(
            "there is not enough memory", "raise the limit (ulimit -v) or end other programs"
        )
    if isinstance(error, OSError):
        name = error.filename  # a number where it was an open file
        place = f"{os.fsdecode(name)}: " if isinstance(name, str | bytes) else ""
        return RelationsError(f"{place}{error.strerror or error}", "run the command again")
    if isinstance(error, ImportError):
        return RelationsError(
            f"a module cannot be imported: {error} ({_versions()})",
            "reinstall relations and the packages that it needs; Python must have its sqlite3",
        )
    if any(class_.__module__ == "sqlite3" for class_ in type(error).__mro__):
        return RelationsError(
            f"SQLite failed: {error} ({_versions()})",
            f"run the command again; SQLite {OLDEST_SQLITE} or newer is required",
        )
    return RelationsError(
        f"{_place(error)}{error} ({_versions()})",
        "reinstall relations and the packages that it needs, or report this",
    )


def _versions() -> str:
    sqlite = getattr(sys.modules.get("_sqlite3"), "sqlite_version", "not loaded")
    return f"Python {'.'.join(map(str, sys.version_info[:3]))}, SQLite {sqlite}"


def _place(error: Exception) -> str:
    """``FILE:LINE: `` of the code that failed; it shows whether the installation is broken."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}: "
