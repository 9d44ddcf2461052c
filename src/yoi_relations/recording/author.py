"""The author of a record."""

from __future__ import annotations

import getpass
import os

from yoi_relations.errors import GitTimeoutError, UsageError
from yoi_relations.files.locale_names import as_text
from yoi_relations.files.workspace import Workspace
from yoi_relations.git import ask_git

AUTHOR_VARIABLE = "YOI_RELATIONS_AUTHOR"


def author_of(workspace: Workspace, given: str | None) -> str:
    """`given`, else ``YOI_RELATIONS_AUTHOR``, else git's user.name, else the login name.

    Raises:
        UsageError: none of these is set.
        GitTimeoutError: git did not answer in time; the login name is not used instead.
    """
    variable = as_text(os.environ.get(AUTHOR_VARIABLE, ""))
    name = given or variable or _git_user(workspace) or _login()
    if not name:
        raise UsageError("there is no author", f"name one with --author or {AUTHOR_VARIABLE}")
    return name


def _git_user(workspace: Workspace) -> str:
    try:
        ran = ask_git(workspace.root, "config", "--get", "user.name")
    except OSError:
        return ""
    except GitTimeoutError as error:
        hint = f"name the author with --author or {AUTHOR_VARIABLE}, so that git is not asked"
        raise GitTimeoutError(error.message, hint) from error
    return ran.stdout.decode("utf-8", "replace").strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
