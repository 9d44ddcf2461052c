"""Runs commands in which one system call on the workspace fails, or kills the process.

`strace` counts the calls of a clean run; then each of them can be hit by its number. A point counts
only if the trace shows that the call was hit, and that it was about the workspace.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from workspace_builder import Ran

KILL = "KILL"
WRITES = ("ENOSPC", "EIO", "EDQUOT")
READING_CALLS = ("read", "getdents64", "newfstatat", "fstat", "lstat", "stat")
ERRORS = {
    **dict.fromkeys(("write", "pwrite64", "fsync", "fdatasync", "ftruncate"), WRITES),
    **dict.fromkeys(("mkdirat", "renameat", "renameat2", "linkat", "chmod", "openat"), WRITES),
    "unlinkat": ("EIO", "EROFS"),
    **dict.fromkeys(READING_CALLS, ("EIO",)),
    "flock": ("EIO", "ENOLCK"),
    "close": ("EIO",),
}
"""Errors of a call, by its name. At calls that change something, the process is killed, too."""
READS = ("EIO", "EMFILE")
"""Errors of opening a file that is only read."""
REPEATABLE = ("write", "fsync", "mkdirat", "renameat", "linkat", "unlinkat")
"""Calls that can also fail each time from one of them on. Reading must work for Python itself."""
_NAME = re.compile(r"(?:\d+\s+)?([a-z0-9]+)\(")


class Point(NamedTuple):
    """One system call of a command, and what happens to it.

    Attributes:
        call: its name.
        number: which of the calls of that name, counted from 1.
        error: `KILL`, or the name of an error.
        stays: whether all later calls of that name fail, too.
    """

    call: str
    number: int
    error: str
    stays: bool = False

    def __str__(self) -> str:
        return f"{self.call}:{self.number}{'+' * self.stays}:{self.error}"


@cache
def why_unavailable() -> str:
    """Why faults cannot be injected on this machine; empty if they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    with tempfile.TemporaryDirectory() as folder:
        command = ["strace", "-f", "--seccomp-bpf", "-o", f"{folder}/trace"]
        inject = ["-e", "inject=chdir:error=EIO:when=1", "-e", "trace=chdir"]
        program = [sys.executable, "-c", "import os; os.chdir('/')"]
        ran = subprocess.run([*command, *inject, *program], capture_output=True, check=False)
        hit = "INJECTED" in _read(f"{folder}/trace")
    return "" if hit and ran.returncode == 1 else "strace may not trace or inject here"


def points(root: Path, *arguments: str) -> list[Point]:
    """Every point of a command, which is run once to its end for this."""
    _, lines = _traced(root, arguments, [])
    counts: Counter[str] = Counter()
    found = []
    for line in lines:
        call = _call(line)
        counts[call] += 1
        if _is_about(root, line):
            reads = call in READING_CALLS or (call == "openat" and "O_CREAT" not in line)
            errors = READS if reads and call == "openat" else ERRORS[call]
            # To be killed before a reading call is to be killed after the writing call before it.
            kinds = errors if reads else (KILL, *errors)
            found += [Point(call, counts[call], error) for error in kinds]
            if call in REPEATABLE:
                found.append(Point(call, counts[call], ERRORS[call][0], stays=True))
    return found


def hit(root: Path, point: Point, *arguments: str) -> Ran | None:
    """Run a command with `point`; None if it made no such call about the workspace.

    The exit code of a command that was killed is negative.
    """
    what = f"signal={KILL}" if point.error == KILL else f"error={point.error}"
    when = f"{point.number}{'+' * point.stays}"
    ended, lines = _traced(root, arguments, ["-e", f"inject={point.call}:{what}:when={when}"])
    mine = [line for line in lines if _call(line) == point.call][point.number - 1 :][:1]
    return ended if mine and _is_about(root, mine[0]) and _was_hit(point, mine[0]) else None


def _is_about(root: Path, line: str) -> bool:
    """Whether a call names something in the workspace, by its path or by a descriptor."""
    return f"{root}/.yoi" in line


def _was_hit(point: Point, line: str) -> bool:
    return line.rstrip().endswith("= ?") if point.error == KILL else "(INJECTED)" in line


def _traced(root: Path, arguments: tuple[str, ...], inject: list[str]) -> tuple[Ran, list[str]]:
    """Run a command under strace; how it ended, and its calls in order."""
    with tempfile.TemporaryDirectory() as folder:
        trace = f"{folder}/trace"
        names = ",".join(f"?{name}" for name in ERRORS)
        strace = ["strace", "-f", "-y", "-s", "16", "-o", trace]
        if not any("signal=" in word for word in inject):
            strace.append("--seccomp-bpf")  # quicker, but sends no signals
        program = [sys.executable, "-P", "-m", "yoi_relations", *arguments]
        ran = subprocess.run(
            [*strace, "-e", f"trace={names}", *inject, *program],
            cwd=root,
            env=os.environ | {"YOI_RELATIONS_AUTHOR": "tester", "PYTHONHASHSEED": "0"},
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr), list(_calls(_read(trace)))


def _calls(trace: str) -> Iterator[str]:
    """The lines of calls; not those of a signal, an exit, or a resumed call."""
    return (line for line in trace.splitlines() if _NAME.match(line))


def _call(line: str) -> str:
    found = _NAME.match(line)
    return found[1] if found else ""


def _read(path: str) -> str:
    return Path(path).read_text(errors="replace") if os.path.exists(path) else ""
