"""Who records: the name that goes into a record."""

from __future__ import annotations

import getpass
import os
import subprocess

from yoi_relations.errors import UsageError
from yoi_relations.files.workspace import Workspace

_LOCAL_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE")
"""A hook has them set, and they would make another repository answer."""
AUTHOR_VARIABLE = "YOI_RELATIONS_AUTHOR"


def author_of(workspace: Workspace, given: str | None) -> str:
    """`given`, else ``YOI_RELATIONS_AUTHOR``, else git's user.name, else the login name.

    Raises:
        UsageError: there is none of these.
    """
    name = given or os.environ.get(AUTHOR_VARIABLE) or _git_user(workspace) or _login()
    if not name:
        raise UsageError("there is no author", f"name one with --author or {AUTHOR_VARIABLE}")
    return name


def _git_user(workspace: Workspace) -> str:
    clean = {key: value for key, value in os.environ.items() if key not in _LOCAL_VARIABLES}
    try:
        ran = subprocess.run(
            ["git", "config", "--get", "user.name"],  # noqa: S607  # git is where PATH says
            cwd=workspace.root,
            env=clean,
            capture_output=True,
            check=False,
        )
    except OSError:
        return ""
    return ran.stdout.decode("utf-8", "replace").strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
