"""The processes of the stress test: ``python -m campaign.stress_processes ROLE ...``.

A process prints that it is ready, reads from standard input when to end, and prints what it did as
one JSON object.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from campaign import write_ledger
from campaign.write_ledger import ENVIRON, Numbers
from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Trust
from yoi_relations.index.reconcile import rebuild_index

RELATIONS = [sys.executable, "-m", "yoi_relations"]
_ALLOWED_FAILURES = ("cannot be listed", "there is no such folder")


@dataclass
class Result:
    """What a process did.

    Attributes:
        count: queries, writes, checkouts or kills.
        failed: questions that failed because a checkout removed a folder while it was listed.
        from_memory: answers that could not be kept, because another process held the lock.
        worst: seconds that the slowest took.
        wrong: stale answers.
        errors: all other failures.
    """

    count: int = 0
    failed: int = 0
    from_memory: int = 0
    worst: float = 0.0
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class StressProcess:
    """One process: its work tree, when it ends, and its random numbers."""

    folder: Path
    tree: str
    end: float
    random: Random
    result: Result = field(default_factory=Result)

    def __post_init__(self) -> None:
        self.numbers = Numbers(self.folder / "numbers")
        self.root = self.folder / self.tree

    def repeat(self, act: Callable[[], None], pause: float = 0.0) -> None:
        """Act until the end, with pauses of up to `pause` seconds."""
        while time.time() < self.end:
            began = time.perf_counter()
            act()
            self.result.count += 1
            self.result.worst = max(self.result.worst, time.perf_counter() - began)
            time.sleep(self.random.random() * pause)

    def write(self, holder: str) -> None:
        """Write a ticket's record again, in one of the ways in which programs write files."""
        path, way = write_ledger.record_path(self.root, holder), self.random.random()
        number = self.numbers.begin(self.tree, holder)
        data = write_ledger.record(write_ledger.note(self.tree, number))
        if way < 0.5 or holder == "SLOW":  # in place, of the same size
            with path.open("r+b") as file:
                file.write(data)
        elif way < 0.8:  # as editors save
            draft = path.with_name(".draft")
            draft.write_bytes(data)
            draft.replace(path)
        elif way < 0.9:
            path.unlink()
            path.write_bytes(data)
        else:  # truncated, then filled
            path.write_bytes(data)
        self.numbers.end(self.tree, holder)

    def add(self) -> None:
        """Add a record with the next number; sometimes retire it."""
        number = self.numbers.begin(self.tree, "ADDED")
        note = write_ledger.note(self.tree, number)
        ran = self.run("add", "ADDED", "related", write_ledger.TARGET, "--note", note, "--json")
        if ran.returncode:
            self.result.errors.append(f"add: {ran}")
            return
        self.numbers.end(self.tree, "ADDED")
        if self.random.random() < 0.2:
            ran = self.run("retire", json.loads(ran.stdout)["record"]["id"], "--reason", "enough")
            if ran.returncode:
                self.result.errors.append(f"retire: {ran}")

    def check_out(self) -> None:
        """Check out the next commit; a hook refreshes the index."""
        number = self.numbers.begin(self.tree, write_ledger.CHECKED_OUT)
        commits = (self.folder / "commits").read_text().splitlines()
        ran = subprocess.run(
            ["git", "checkout", "-q", "--detach", commits[number - 1]],
            cwd=self.root,
            env=ENVIRON,
            capture_output=True,
            check=False,
        )
        if ran.returncode:
            self.result.errors.append(f"checkout: {ran}")
            return
        self.numbers.end(self.tree, write_ledger.CHECKED_OUT)

    def kill(self) -> None:
        """Start a process that refreshes or rebuilds, over and over, and kill it at any moment."""
        rebuilds = self.random.random() < 0.3
        process = os.fork()
        if process == 0:
            self._refresh_for_ever(rebuilds=rebuilds)
        time.sleep(self.random.random() * 0.06)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)

    def _refresh_for_ever(self, *, rebuilds: bool) -> None:
        workspace = find_workspace(str(self.root))
        while True:
            try:
                if rebuilds:
                    rebuild_index(workspace, lambda _done, _all: None).close()
                else:
                    open_index(workspace, lambda _message: None).close()
            except BaseException:  # noqa: BLE001  # the readers check; this process is only killed
                os._exit(1)

    def ask(self, trust: Trust = Trust.STAT) -> None:
        """Ask in this process."""
        before, notices = self.numbers.done(self.tree), list[str]()
        rows: list[tuple[str, str]] = []
        try:
            workspace = find_workspace(str(self.root))
            with open_index(workspace, notices.append, trust=trust) as index:
                rows = index.connection.execute(
                    "SELECT holder, note FROM record WHERE note IS NOT NULL"
                ).fetchall()
        except UnreadableFolderError as error:
            self._check_failure(error.message, before)
        else:
            self._check_rows(rows, before)
        self._check_notices(notices)

    def ask_program(self) -> None:
        """Ask with a new process, as users and agents do."""
        before = self.numbers.done(self.tree)
        ran = self.run("show", "--all", "--limit", "0", "--json")
        notices = [json.loads(line) for line in ran.stderr.splitlines()]
        if ran.returncode in (0, 4):
            relations = json.loads(ran.stdout)["relations"]
            rows = [
                (record["holder"], record["note"] or relation["note"])
                for relation in relations
                for record in relation["records"]
            ]
            self._check_rows(rows, before)
            self._check_notices([line["message"] for line in notices])
            if ran.returncode == 4 and self.numbers.begun(self.tree) == before:
                self.result.errors.append(f"a problem, though nobody wrote: {ran.stdout}")
        else:
            self._check_failure(notices[-1]["error"]["message"] if notices else str(ran), before)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the program in the work tree."""
        return subprocess.run(
            [*RELATIONS, *arguments],
            cwd=self.root,
            env=ENVIRON,
            capture_output=True,
            text=True,
            check=False,
        )

    def _check_rows(self, rows: list[tuple[str, str]], before: dict[str, int]) -> None:
        begun = self.numbers.begun(self.tree)
        self.result.wrong += write_ledger.contradictions(self.tree, rows, before, begun)

    def _check_failure(self, message: str, before: dict[str, int]) -> None:
        """A question may fail only if a checkout removed a folder while it was listed."""
        chain = write_ledger.CHECKED_OUT
        busy = self.numbers.begun(self.tree)[chain] > before[chain]
        if busy and any(words in message for words in _ALLOWED_FAILURES):
            self.result.failed += 1
        else:
            self.result.errors.append(message)

    def _check_notices(self, notices: list[str]) -> None:
        for message in notices:
            if "held the lock" in message:
                self.result.from_memory += 1
            else:
                self.result.errors.append(message)


def main(role: str, folder: str, tree: str, seed: str) -> None:
    """Act in one role, and print the result."""
    print("ready", flush=True)  # noqa: T201  # for the test that started it
    end = float(sys.stdin.readline())
    process = StressProcess(Path(folder), tree, end, Random(seed))  # noqa: S311  # no secret
    if role == "add":
        process.repeat(process.add)
    elif role == "check-out":
        process.repeat(process.check_out, pause=0.1)
    elif role == "kill":
        process.repeat(process.kill, pause=0.05)
    elif role == "ask":
        process.repeat(process.ask)
    elif role == "ask-program":
        process.repeat(process.ask_program)
    elif role == "ask-blindly":
        process.repeat(lambda: process.ask(Trust.INDEX), pause=0.2)
    else:
        process.repeat(lambda: process.write(role), pause=4.0 if role == "SLOW" else 0.03)
    print(json.dumps(asdict(process.result)))  # noqa: T201  # for the same test


if __name__ == "__main__":
    main(*sys.argv[1:])
