"""Compares the answers about a revision with those in a checkout of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from git_repository import Repository
from workspace_builder import Workspace

QUESTIONS = (
    ("show", "--all", "--limit", "0"),
    ("check",),
    ("doctor", "--severity", "info"),
    ("tree", "--all"),
    ("graph", "--all", "--format", "json"),
)


def workspace_of(root: Path) -> Workspace:
    """The workspace at `root`, to ask it; nothing is created."""
    workspace = Workspace.__new__(Workspace)
    workspace.root = root
    return workspace


def answers(root: Path, *options: str) -> list[tuple[int, Any]]:
    """Exit status and JSON of each question, without what names the place."""
    found = []
    for question in QUESTIONS:
        ran = workspace_of(root).run(*question, "--json", *options)
        document = json.loads(ran.out) if ran.out else {}
        for place, names in (("workspace", ("root", "at")), ("freshness", ("trust",))):
            for name in names:
                document.get(place, {}).pop(name, None)
        found.append((ran.code, document))
    return found


def assert_same_as_checkout(
    repository: Repository, commit: str, checkout: Path, below: str = "."
) -> list[tuple[int, Any]]:
    """Ask about a commit from the folder `below` the top, and in a checkout; the answers."""
    repository.git("worktree", "add", "-q", "--detach", "-f", checkout, commit)
    try:
        expected = answers(checkout / below)
        assert answers(repository.root / below, "--at", commit) == expected
    finally:
        shutil.rmtree(checkout)
    return expected
