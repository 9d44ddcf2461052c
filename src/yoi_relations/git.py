"""Runs git in the repository around a folder, whatever the environment names."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess

from yoi_relations.errors import GitTimeoutError

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


def ask_git(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The result of a git command in `folder`. The caller checks its exit status.

    Raises:
        OSError: git cannot be started.
        GitTimeoutError: it did not end in time; it was killed with all its child processes.
    """
    clean = {key: value for key, value in os.environ.items() if key not in LOCAL_VARIABLES}
    clean["GIT_NO_LAZY_FETCH"] = "1"  # a partial clone would ask its remote for missing objects
    with subprocess.Popen(  # noqa: S603  # no shell, and no argument from outside
        ["git", "--no-pager", *_SAFE_CONFIG, *arguments],  # noqa: S607  # git is found by PATH
        cwd=folder,
        env=clean,
        stdin=subprocess.PIPE,  # a small container may lack the null device
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    ) as process:
        try:
            out, err = process.communicate(b"", TIME_LIMIT)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise GitTimeoutError(
                    f"git: no answer within {TIME_LIMIT:g} s",
                    f"run it by hand to find the cause: git {shlex.join(arguments)}",
                ) from error
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
