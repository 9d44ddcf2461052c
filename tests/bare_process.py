"""Runs the program in a process with a nearly empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from workspace_builder import Ran


def relations(cwd: Path, *arguments: str, **environ: str) -> Ran:
    """Run a command in `cwd`, with PATH, HOME and the given variables only."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ran = subprocess.run(
        [sys.executable, "-m", "yoi_relations", *arguments],
        cwd=cwd,
        env=kept | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())
