"""An environment with the program installed, and the timing of its commands."""

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
    """A new virtual environment with the program installed and compiled.

    Args:
        place: the folder for the environment.
        runs: how many pairs of commands `ratio` times.
        extra: what else of the program is installed, such as ``[server]``.
    """

    def __init__(self, place: Path, runs: int, extra: str = "") -> None:
        self.runs = runs
        environment = place / "environment"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        self.python = environment / "bin" / "python"
        self.relations = environment / "bin" / "relations"
        self.environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.run_python(environment, "-m", "pip", "install", "--quiet", "--upgrade", "pip")
        self.run_python(environment, "-m", "pip", "install", "--quiet", f"{ROOT}{extra}")
        self.run_python(environment, "-m", "compileall", "-q", str(environment / "lib"))

    def run_python(self, folder: Path, *arguments: str) -> None:
        """Run the Python of the environment, which must succeed."""
        subprocess.run([str(self.python), *arguments], cwd=folder, env=self.environ, check=True)

    def run(self, folder: Path, *command: str | Path, terminal: bool = False) -> float:
        """Run a command and discard its output; the time in seconds."""
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
            except OSError:  # Linux reports a closed terminal as an error
                pass
        os.close(leader)

    def ratio(self, command: Callable[[], float], baseline: Callable[[], float]) -> float:
        """The median time of `command` divided by that of `baseline`, run alternately."""
        command(), baseline()
        pairs = [(command(), baseline()) for _ in range(self.runs)]
        return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)

    def baseline(self, folder: Path) -> float:
        """B: the time of `python -c pass`, in seconds."""
        return self.run(folder, self.python, "-c", "pass")

    def lookup(self, folder: Path, *more: str, terminal: bool = False) -> float:
        """The time of the lookup that the goals are about, in seconds."""
        mode = () if terminal else ("--json",)
        command = ("show", "--kind", "blocker", "--all", *mode, *more)
        return self.run(folder, self.relations, *command, terminal=terminal)

    def peak(self, folder: Path) -> float:
        """The peak memory of a lookup in MiB."""
        command = [str(self.relations), "show", "--kind", "blocker", "--all", "--json"]
        with subprocess.Popen(
            command, cwd=folder, env=self.environ, stdout=subprocess.DEVNULL
        ) as process:
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        return usage.ru_maxrss / 1024

    def settle(self, folder: Path) -> None:
        """Look up until all stat stamps, and that of the index file, are recorded as reliable."""
        for _ in range(3):
            self.lookup(folder)
            time.sleep(2.6)
        self.lookup(folder)
