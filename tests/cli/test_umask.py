"""The owner can use every file that a command creates, whatever the umask is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
from workspace_builder import A, B, Workspace, git

RELATIONS = [sys.executable, "-m", "yoi_relations"]
RARE_UMASKS = [
    pytest.param(umask, marks=pytest.mark.campaign) for umask in (0o277, 0o377, 0o477, 0o700)
]


@pytest.mark.parametrize("umask", [0o177, 0o777, *RARE_UMASKS])
def test_owner_can_use_created_files_with_any_umask(edge: Workspace, umask: int) -> None:
    git(edge, "init", "-q")
    (edge.root / ".git" / "hooks").rename(edge.root / ".git" / "other hooks")
    there = {*edge.root.rglob("*")}
    for command in (
        ("show",),
        ("add", A, "related", B),
        ("retire", "01KT0000000000000000000001", "--reason", "over"),
        ("rebuild",),
        ("hooks", "install"),
    ):
        asked = subprocess.run(
            [*RELATIONS, *command],
            cwd=edge.root,
            umask=umask,
            capture_output=True,
            check=False,
            env=os.environ | {"YOI_RELATIONS_AUTHOR": "tester"},
        )
        assert asked.returncode == 0, asked
    made = {*edge.root.rglob("*")} - there
    assert {"lock", "relations", "post-merge"} <= {path.name for path in made}
    for path in made:
        needed = 0o700 if path.is_dir() or path.name.startswith("post-") else 0o600
        assert stat.S_IMODE(path.stat().st_mode) & needed == needed, path
