"""Typed, durable relations between tickets that are files in git.

Data flows down this list, and imports point up it:

* ``lean``: light stand-ins for slow standard modules; start-up is what a lookup costs;
* ``errors``, ``states``, ``kinds``: the words that everything else uses;
* ``files``: the truth. Finds the workspace, reads tickets and records, writes records;
* ``index``: the cache. A SQLite file made from the files, rebuilt when in doubt;
* ``queries``: the questions. Values out of the index;
* ``recording``: ``add`` and ``retire``. They ask, write one file, and ask again;
* ``api``: the same questions and records for Python programs; its names are imported from here;
* ``render``: answers as tables, lines and JSON;
* ``hooks``, ``watch``, ``completion``, ``mcp``: features beside the command line;
* ``cli``: the command line, a fast path and a full one.
"""

# ruff: noqa: F403, F405  # `__all__` has the names; a test compares them with those of the API

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yoi_relations.api import *

__all__ = [
    "AmbiguousError",
    "Answer",
    "Check",
    "GitError",
    "GitTimeoutError",
    "NotFoundError",
    "Problem",
    "Reason",
    "Receipt",
    "Relation",
    "RelationClass",
    "Relations",
    "RelationsError",
    "State",
    "StoredRecord",
    "TicketInfo",
    "UnreadableFolderError",
    "UsageError",
    "Verdict",
    "WorkspaceError",
    "WriteError",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load a name of the API when it is first used: the command line must not pay for the API."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from yoi_relations import api  # noqa: PLC0415  # heavy

    return getattr(api, name)
