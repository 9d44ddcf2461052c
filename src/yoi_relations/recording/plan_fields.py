"""The branch and the work tree of a plan, which people copy into command lines."""

from __future__ import annotations

import re

from yoi_relations.errors import UsageError

_SEPARATORS = re.compile(r"[/\\]+")


def check_plan_fields(branch: str | None, worktree: str | None) -> None:
    """Refuse a branch or a work tree that a command would read as an option or a place outside.

    Raises:
        UsageError: one begins with a hyphen, or has a part ``..``.
    """
    for name, text in (("branch", branch), ("worktree", worktree)):
        if text is None:
            continue
        if text.strip().startswith("-"):
            raise UsageError(
                f"the {name} begins with '-', so commands would read it as an option",
                "name it without the hyphen, or put ./ before a folder",
            )
        if ".." in (part.strip() for part in _SEPARATORS.split(text)):
            raise UsageError(
                f"the {name} has a part '..', which leads out of its folder",
                "write it without '..'; a work tree is relative to the workspace root",
            )
