"""Make a small git history of the sample workspace, with a branch and a second work tree.

python scripts/sample_history.py FOLDER

FOLDER becomes a repository, and FOLDER-backup a work tree of it. Times and names are fixed, so the
ids of the commits depend on the sample workspace alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
MAIL, BACKUP = "00001KQY8YGD9", "00001KT4619PD"
RESERVATIONS, SCHEMA = "00001KRKBEHKH", "00001KT6940ER"
RECORD = """\
---
kind: blocked_by
target: '{target}'
author: {author}
at: {at}
---
{note}
"""


class History:
    """A repository to which each step adds a commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main", "--object-format=sha1")

    def git(self, *arguments: str, author: str = "librarian", at: str = "") -> None:
        """Run git without any configuration of this machine."""
        environ = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        for role in ("AUTHOR", "COMMITTER"):
            environ |= {f"GIT_{role}_NAME": author, f"GIT_{role}_EMAIL": f"{author}@example.org"}
            environ |= {f"GIT_{role}_DATE": at} if at else {}
        subprocess.run(["git", *arguments], cwd=self.folder, env=environ, check=True)

    def commit(self, message: str, author: str, at: str) -> None:
        """Commit everything."""
        self.git("add", ".")
        self.git("commit", "-q", "-m", message, author=author, at=at)

    def record(self, message: str, holder: str, name: str, **fields: str) -> None:
        """Write a record with the fields of `RECORD`, and commit it by its author at its time."""
        path = self.folder / f".yoi/tickets/{holder}/artifacts/relations/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(RECORD.format(**fields), "utf-8")
        self.commit(message, fields["author"], fields["at"])


def set_state(workspace: Path, ticket: str, state: str) -> None:
    """Change the state of a ticket."""
    path = workspace / f".yoi/tickets/{ticket}/item.md"
    changed = re.sub("^state: .*", f"state: {state}", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(changed, "utf-8")


def make_history(folder: Path) -> None:
    """Make `folder` the repository, and ``folder-backup`` its second work tree."""
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("cache"))
    history = History(folder)
    history.commit("The plan for July", "librarian", "2026-06-28T09:00:00Z")

    history.git("checkout", "-q", "-b", "reservations")
    history.record(
        "Reservations need the runner",
        RESERVATIONS,
        "01KW9AW9J0RESERVAT10NSAAAA",
        target=SCHEMA,
        author="coder",
        at="2026-06-29T10:12:00Z",
        note="The list needs two new columns; let the runner add them.",
    )

    history.git("checkout", "-q", "main")
    set_state(folder, MAIL, "done")
    history.commit("The mail queue is done", "librarian", "2026-06-29T16:30:00Z")
    history.record(
        "The runner waits for reservations",
        SCHEMA,
        "01KWBP0ER0SCHEMARVNNERAAAA",
        target=RESERVATIONS,
        author="planner",
        at="2026-06-30T08:05:00Z",
        note="The runner is to be tried on the tables of reservations first.",
    )

    other = folder.with_name(f"{folder.name}-backup")
    history.git("worktree", "add", "-q", "-b", "backup", str(other))
    set_state(other, BACKUP, "inprogress")


if __name__ == "__main__":
    make_history(Path(sys.argv[1]))
