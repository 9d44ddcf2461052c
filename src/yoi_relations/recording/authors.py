"""Who records: the name that goes into a record."""

from __future__ import annotations

import getpass
import os

from yoi_relations.errors import UsageError
from yoi_relations.files.git import ask_git
from yoi_relations.files.workspace import Workspace

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
    try:
        ran = ask_git(workspace.root, "config", "--get", "user.name")
    except OSError:
        return ""
    return ran.stdout.decode("utf-8", "replace").strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
