"""Asks git about the repository around a folder, and about no other."""

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
"""What ``git rev-parse --local-env-vars`` lists: set, they would make another repository answer."""
# What a checkout can hold is no repository, be it laid out like one; and nothing that is asked here
# is worth a program that a configuration names.
_CAREFULLY = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")

TIME_LIMIT = 5.0
"""Seconds for one question; what is asked here takes git some milliseconds."""


def ask_git(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """What git answers in `folder`; its status is for the caller to look at.

    Raises:
        OSError: there is no git.
        GitTimeoutError: it gave no answer in time; it is ended, with all that it has started.
    """
    clean = {key: value for key, value in os.environ.items() if key not in LOCAL_VARIABLES}
    with subprocess.Popen(  # noqa: S603  # no shell, and no argument from outside
        ["git", "--no-pager", *_CAREFULLY, *arguments],  # noqa: S607  # git is where PATH says
        cwd=folder,
        env=clean,
        stdin=subprocess.PIPE,  # not the null device, which a small container may lack
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
                    f"git: gave no answer within {TIME_LIMIT:g} s",
                    f"find out why, by hand: git {shlex.join(arguments)}",
                ) from error
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
