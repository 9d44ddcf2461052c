"""What a plan may call its branch and its work tree, since both end up in command lines."""

from __future__ import annotations

import re

from yoi_relations.errors import UsageError

_SEPARATORS = re.compile(r"[/\\]+")


def check_places(branch: str | None, worktree: str | None) -> None:
    """Refuse a branch or a work tree that a command would take for an option or another place.

    Raises:
        UsageError: one begins with a hyphen, or leads upwards with ``..``.
    """
    for name, text in (("branch", branch), ("worktree", worktree)):
        if text is None:
            continue
        if text.strip().startswith("-"):
            raise UsageError(
                f"the {name} begins with '-', so commands would take it for an option",
                "name it without the hyphen, or put ./ before a folder",
            )
        if ".." in (part.strip() for part in _SEPARATORS.split(text)):
            raise UsageError(
                f"the {name} leads out with '..'", "name it as it is called from the workspace root"
            )
