"""Real repositories for tests: their commits, odd clones, and what is in their folder of git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_IDENTITY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "tester"), ("EMAIL", "tester@example.org"))
}
_DATES = {f"GIT_{role}_DATE": "2026-06-01T10:00:00Z" for role in ("AUTHOR", "COMMITTER")}
"""So that the same files have the same commit; a test may set others."""
_NO_CONFIGURATION = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class Repository:
    """A repository with a work tree."""

    def __init__(self, root: Path, object_format: str = "sha1") -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", f"--object-format={object_format}")

    def git(self, *arguments: str | Path, stdin: bytes = b"") -> str:
        """What git prints, without any configuration of the machine."""
        return os.fsdecode(self.git_bytes(*arguments, stdin=stdin)).rstrip("\n")

    def git_bytes(self, *arguments: str | Path, stdin: bytes = b"") -> bytes:
        ran = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            check=False,
            capture_output=True,
            input=stdin,
            env=_DATES | os.environ | _IDENTITY | _NO_CONFIGURATION,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def commit(self, message: str = "all") -> str:
        """Commit everything but the cache; the commit's id."""
        self.git("add", "-A", ".")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def id_of(self, name: str) -> str:
        return self.git("rev-parse", "--verify", name)

    def files_of_git(self) -> dict[str, tuple[int, bytes | None]]:
        """Every path in ``.git``, with its time and its content."""
        return files_in(self.root / ".git")


def files_in(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """Every path below a folder, with the time of its last change and its content."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(folder.rglob("*"))
    }
