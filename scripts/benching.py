"""An environment with the program installed, and how its commands are timed."""

from __future__ import annotations

import os
import pty
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
BARE_LOOP = """
import os, yaml
def read(path):
    with open(path, 'rb') as file:
        return file.read()
def parse(path):
    parts = read(path).decode('utf-8', 'replace').split('---\\n', 2)
    try:
        yaml.load(parts[1] if len(parts) > 2 else '', Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        pass
def take(folder):
    try:
        parse(folder + '/item.md')
        entries = os.scandir(folder + '/artifacts')
    except OSError:
        return
    for entry in entries:
        if entry.name in ('relations.json', 'orchestration-plan.jsonl'):
            read(entry.path)
        elif entry.name == 'relations':
            for record in os.scandir(entry.path):
                if record.name.endswith('.md'):
                    parse(record.path)
for folder in os.scandir('.yoi/tickets'):
    if folder.name in ('open', 'pending', 'closed'):
        for inner in os.scandir(folder.path):
            take(inner.path)
    else:
        take(folder.path)
"""
"""Reads the files that a rebuild reads, and parses the same frontmatter with libyaml."""


class Bench:
    """An environment of its own with the program installed and compiled."""

    def __init__(self, place: Path, runs: int) -> None:
        self.runs = runs
        environment = place / "environment"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        self.python = environment / "bin" / "python"
        self.relations = environment / "bin" / "relations"
        self.environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.python_does(environment, "-m", "pip", "install", "--quiet", "--upgrade", "pip")
        self.python_does(environment, "-m", "pip", "install", "--quiet", str(ROOT))
        self.python_does(environment, "-m", "compileall", "-q", str(environment / "lib"))

    def python_does(self, folder: Path, *arguments: str) -> None:
        """Run the environment's Python, which must succeed."""
        subprocess.run([str(self.python), *arguments], cwd=folder, env=self.environ, check=True)

    def run(self, folder: Path, *command: str | Path, terminal: bool = False) -> float:
        """Seconds that a command takes, its output read and thrown away."""
        start = time.perf_counter()
        if terminal:
            self._on_terminal(folder, command)
        else:
            subprocess.run(command, cwd=folder, env=self.environ, capture_output=True, check=False)
        return time.perf_counter() - start

    def _on_terminal(self, folder: Path, command: tuple[str | Path, ...]) -> None:
        leader, follower = pty.openpty()
        environ = self.environ | {"TERM": "xterm", "COLUMNS": "120"}
        with subprocess.Popen(command, cwd=folder, env=environ, stdout=follower):
            os.close(follower)
            try:
                while os.read(leader, 65536):
                    pass
            except OSError:  # how Linux says that the other side is closed
                pass
        os.close(leader)

    def ratio(self, one: Callable[[], float], other: Callable[[], float]) -> float:
        """How many times as long `one` takes as `other`, run in turn."""
        one(), other()
        pairs = [(one(), other()) for _ in range(self.runs)]
        return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)

    def bare(self, folder: Path) -> float:
        """B."""
        return self.run(folder, self.python, "-c", "pass")

    def lookup(self, folder: Path, *more: str, terminal: bool = False) -> float:
        """The lookup that all goals are about."""
        shown = () if terminal else ("--json",)
        command = ("show", "--kind", "blocker", "--all", *shown, *more)
        return self.run(folder, self.relations, *command, terminal=terminal)

    def peak(self, folder: Path) -> float:
        """MiB of memory that a lookup takes at most."""
        command = [str(self.relations), "show", "--kind", "blocker", "--all", "--json"]
        with subprocess.Popen(
            command, cwd=folder, env=self.environ, stdout=subprocess.DEVNULL
        ) as process:
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        return usage.ru_maxrss / 1024

    def settle(self, folder: Path) -> None:
        """Until nothing is noted any more: stamps, then that the index file was proven."""
        for _ in range(3):
            self.lookup(folder)
            time.sleep(2.6)
        self.lookup(folder)
