"""Asks git in the repository around a folder, whatever the environment names."""

from __future__ import annotations

import os

from yoi_relations.git.process import Finished, run_git
from yoi_relations.lean.types import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LOCAL_VARIABLES = frozenset(
    f"GIT_{name}"
    for name in (
        *("ALTERNATE_OBJECT_DIRECTORIES", "COMMON_DIR", "CONFIG", "CONFIG_COUNT"),
        *("CONFIG_PARAMETERS", "DIR", "GRAFT_FILE", "IMPLICIT_WORK_TREE", "INDEX_FILE"),
        *("INTERNAL_SUPER_PREFIX", "NO_REPLACE_OBJECTS", "OBJECT_DIRECTORY", "PREFIX"),
        *("REPLACE_REF_BASE", "SHALLOW_FILE", "WORK_TREE"),
    )
)
"""The list of ``git rev-parse --local-env-vars``: variables that select another repository."""
# A bare repository inside a checkout is never used, and no program from a configuration is run for
# these commands.
_SAFE_CONFIG = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")

TIME_LIMIT = 5.0
"""Seconds for one command; each takes git a few milliseconds."""
_MAX_PATHS = 200
"""Paths that git is asked about one by one."""


def ask_git(folder: str, *arguments: str, variables: Mapping[str, str] | None = None) -> Finished:
    """The result of a git command in `folder`. The caller checks its exit status.

    `variables` are added to the environment.

    Raises:
        OSError: git cannot be started.
        GitTimeoutError: it did not end in time; it was killed with all its child processes.
    """
    clean = {key: value for key, value in os.environ.items() if key not in LOCAL_VARIABLES}
    clean["GIT_NO_LAZY_FETCH"] = "1"  # a partial clone would ask its remote for missing objects
    clean["GIT_OPTIONAL_LOCKS"] = "0"
    clean |= variables or {}
    return run_git(("-C", folder, *_SAFE_CONFIG, *arguments), clean, TIME_LIMIT)


def can_name(paths: Collection[str]) -> bool:
    """Whether git can be asked about these paths one by one, and not only about all tickets.

    They are as `printable` writes them: a backslash may stand for a byte that is not UTF-8.
    """
    return len(paths) <= _MAX_PATHS and not any("\\" in path for path in paths)
