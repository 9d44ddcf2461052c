"""Who takes part in the stress: each is a process, ``python -m campaign.actors ROLE ...``.

A process says that it is ready, is told on standard input when to end, and prints what it did as
one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from campaign import stage
from campaign.stage import ENVIRON, Numbers
from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.opened import Trust
from yoi_relations.index.refresh import open_index
from yoi_relations.index.renewing import rebuild_index

RELATIONS = [sys.executable, "-m", "yoi_relations"]
_LOUD = ("cannot be listed", "there is no such folder")


@dataclass
class Done:
    """What an actor did.

    Attributes:
        count: queries, writes, checkouts or kills.
        loud: questions that failed because a folder went while it was listed, in a checkout.
        from_memory: answers that could not be kept, because another process held the lock.
        worst: seconds that the slowest took.
        wrong: stale answers.
        errors: whatever else must not be.
    """

    count: int = 0
    loud: int = 0
    from_memory: int = 0
    worst: float = 0.0
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Actor:
    """One process's part: which work tree, until when, with which chance."""

    folder: Path
    tree: str
    end: float
    chance: random.Random
    done: Done = field(default_factory=Done)

    def __post_init__(self) -> None:
        self.numbers = Numbers(self.folder / "numbers")
        self.root = self.folder / self.tree

    def turns(self, act: Callable[[], None], pause: float = 0.0) -> None:
        """Act until the end, with pauses of up to so many seconds."""
        while time.time() < self.end:
            began = time.perf_counter()
            act()
            self.done.count += 1
            self.done.worst = max(self.done.worst, time.perf_counter() - began)
            time.sleep(self.chance.random() * pause)

    def write(self, holder: str) -> None:
        """Write a ticket's record once more, in one of the ways in which files are written."""
        path, way = stage.place(self.root, holder), self.chance.random()
        number = self.numbers.begin(self.tree, holder)
        data = stage.record(stage.note(self.tree, number))
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
        else:  # cut to nothing, then filled
            path.write_bytes(data)
        self.numbers.end(self.tree, holder)

    def add(self) -> None:
        """Record one more number with the program; sometimes retire what was recorded."""
        number = self.numbers.begin(self.tree, "ADDED")
        said = stage.note(self.tree, number)
        ran = self.run("add", "ADDED", "related", stage.TARGET, "--note", said, "--json")
        if ran.returncode:
            self.done.errors.append(f"add: {ran}")
            return
        self.numbers.end(self.tree, "ADDED")
        if self.chance.random() < 0.2:
            ran = self.run("retire", json.loads(ran.stdout)["record"]["id"], "--reason", "enough")
            if ran.returncode:
                self.done.errors.append(f"retire: {ran}")

    def check_out(self) -> None:
        """Check out the next commit; a hook refreshes the index."""
        number = self.numbers.begin(self.tree, stage.CHECKED_OUT)
        commits = (self.folder / "commits").read_text().splitlines()
        ran = subprocess.run(
            ["git", "checkout", "-q", "--detach", commits[number - 1]],
            cwd=self.root,
            env=ENVIRON,
            capture_output=True,
            check=False,
        )
        if ran.returncode:
            self.done.errors.append(f"checkout: {ran}")
            return
        self.numbers.end(self.tree, stage.CHECKED_OUT)

    def kill(self) -> None:
        """Start a process that refreshes or rebuilds, over and over, and kill it at any moment."""
        rebuilds = self.chance.random() < 0.3
        process = os.fork()
        if process == 0:
            self._refresh_for_ever(rebuilds=rebuilds)
        time.sleep(self.chance.random() * 0.06)
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
            except BaseException:  # noqa: BLE001  # readers judge; this one is only to be killed
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
            self._failed(error.message, before)
        else:
            self._judge(rows, before)
        self._hear(notices)

    def ask_program(self) -> None:
        """Ask with a process of its own, as users and agents do."""
        before = self.numbers.done(self.tree)
        ran = self.run("show", "--all", "--limit", "0", "--json")
        said = [json.loads(line) for line in ran.stderr.splitlines()]
        if ran.returncode in (0, 4):
            relations = json.loads(ran.stdout)["relations"]
            rows = [
                (record["holder"], record["note"] or relation["note"])
                for relation in relations
                for record in relation["records"]
            ]
            self._judge(rows, before)
            self._hear([line["message"] for line in said])
            if ran.returncode == 4 and self.numbers.begun(self.tree) == before:
                self.done.errors.append(f"a problem, though nobody wrote: {ran.stdout}")
        else:
            self._failed(said[-1]["error"]["message"] if said else str(ran), before)

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

    def _judge(self, rows: list[tuple[str, str]], before: dict[str, int]) -> None:
        begun = self.numbers.begun(self.tree)
        self.done.wrong += stage.wrong_in(self.tree, rows, before, begun)

    def _failed(self, message: str, before: dict[str, int]) -> None:
        """A checkout may take a folder away while it is listed, and only then it may fail."""
        chain = stage.CHECKED_OUT
        busy = self.numbers.begun(self.tree)[chain] > before[chain]
        if busy and any(words in message for words in _LOUD):
            self.done.loud += 1
        else:
            self.done.errors.append(message)

    def _hear(self, notices: list[str]) -> None:
        for message in notices:
            if "held the lock" in message:
                self.done.from_memory += 1
            else:
                self.done.errors.append(message)


def main(role: str, folder: str, tree: str, seed: str) -> None:
    """Play one part, and print what was done."""
    print("ready", flush=True)  # noqa: T201  # for the test that started it
    end = float(sys.stdin.readline())
    actor = Actor(Path(folder), tree, end, random.Random(seed))  # noqa: S311  # no secret
    if role == "add":
        actor.turns(actor.add)
    elif role == "check-out":
        actor.turns(actor.check_out, pause=0.1)
    elif role == "kill":
        actor.turns(actor.kill, pause=0.05)
    elif role == "ask":
        actor.turns(actor.ask)
    elif role == "ask-program":
        actor.turns(actor.ask_program)
    elif role == "ask-blindly":
        actor.turns(lambda: actor.ask(Trust.INDEX), pause=0.2)
    else:
        actor.turns(lambda: actor.write(role), pause=4.0 if role == "SLOW" else 0.03)
    print(json.dumps(asdict(actor.done)))  # noqa: T201  # likewise


if __name__ == "__main__":
    main(*sys.argv[1:])
