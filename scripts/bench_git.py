"""Measure `--at` and `diff` beside git's own commands, and print ratios of CPU times.

scripts/dev bench-git [--tickets N --commits N | --repository FOLDER] [--runs N]

The program is that of the environment which runs this script; B is `python -c pass` in it. CPU
times include all child processes. What is divided or subtracted was run in turn.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from bench_history import PROGRAM, RECORD, Measured, measure

FAR, NEAR = "HEAD~100", "HEAD~103"
"""A revision, and one whose tickets differ little from its own."""
SIDE = "measured-side"
"""A branch that left HEAD at `FAR`, and has one record more."""
TICKETS = ".yoi/tickets"
QUESTION = ("show", "--kind", "blocker", "--json")


class MeasuredRevisions(Measured):
    """A repository with tickets, and what answers about its revisions cost."""

    def forget(self, *kept: Path) -> None:
        """Remove the kept indexes of revisions, except some."""
        for path in self.of_revisions() - {*kept}:
            path.unlink()

    def of_revisions(self) -> set[Path]:
        """The kept indexes of revisions, and their stamps."""
        return set((self.folder / ".yoi/cache/relations").glob("index-v*-*"))

    def first_about(self, revision: str, *kept: Path) -> float:
        """CPU time of an answer about a revision of which no index is kept."""
        self.forget(*kept)
        return self.program(*QUESTION, "--at", revision)

    def checked_out(self) -> float:
        """CPU time in which git and tar write the tickets of a revision into a folder."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as target:
            command = f"git archive {FAR} {TICKETS} | tar -x -C {target}"
            return self.cpu("sh", "-c", command)

    def peak(self) -> float:
        """MiB that the first answer about a revision takes at most."""
        self.forget()
        return self.usage(*PROGRAM, *QUESTION, "--at", FAR).ru_maxrss / 1024

    def keep(self, *questions: tuple[str, ...]) -> None:
        """Ask until the indexes of the questions are kept, and their stamps are reliable."""
        for _ in range(3):  # the first two may remove an index that a later question needs
            for question in questions:
                self.program(*question)
            time.sleep(3)

    def report(self) -> None:
        """Add the branch, and print all rows."""
        add_branch(self.folder)
        self.settle()
        rebuild, first, archive = self.in_turn(
            lambda: self.program("rebuild"), lambda: self.first_about(FAR), self.checked_out
        )
        peak = self.peak()
        kept = self.of_revisions()
        rebuild_again, near = self.in_turn(
            lambda: self.program("rebuild"), lambda: self.first_about(NEAR, *kept)
        )
        at, trusted = (*QUESTION, "--at", FAR), (*QUESTION, "--trust", "index")
        compared, merge = ("diff", FAR, "HEAD", "--json"), ("diff", "--merge", SIDE, "--json")
        both = ("diff", "HEAD", SIDE, "--json")
        self.keep(QUESTION, at, compared, merge, both)
        bare, warm, index, present = self.in_turn(
            self.bare,
            *(lambda one=one: self.program(*one) for one in (at, trusted, QUESTION)),
        )
        bare_again, diff, git_diff, merged, sides, git_merge = self.in_turn(
            self.bare,
            lambda: self.program(*compared),
            lambda: self.git("diff", "--stat", FAR, "HEAD", "--", TICKETS),
            lambda: self.program(*merge),
            lambda: self.program(*both),
            lambda: self.git("merge-tree", "--write-tree", "HEAD", SIDE),
        )
        rows = {
            "first --at / rebuild": first / rebuild,
            "first --at / git archive and tar of the tickets": first / archive,
            "first --at, MiB": peak,
            "--at of a neighbour / rebuild": near / rebuild_again,
            "(--at again - --trust index) / bare interpreter": (warm - index) / bare,
            "--at again / the present files": warm / present,
            "diff of 100 commits / bare interpreter": diff / bare_again,
            "diff of 100 commits / git diff --stat": diff / git_diff,
            "(diff --merge - diff of its sides) / bare interpreter": (merged - sides) / bare_again,
            "diff --merge / git merge-tree": merged / git_merge,
        }
        for name, value in rows.items():
            print(f"| {name} | {value:.2f} |", flush=True)


def add_branch(folder: Path) -> None:
    """Make the branch `SIDE`."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=folder, check=True)

    path = next(folder.glob(f"{TICKETS}/*/item.md")).parent / "artifacts/relations"
    git("checkout", "-q", "-b", SIDE, FAR)
    path.mkdir(parents=True, exist_ok=True)
    (path / f"01KT{'0' * 21}Z.md").write_text(RECORD.format(number="side"))
    git("add", TICKETS)
    identity = ("-c", "user.name=tester", "-c", "user.email=tester@example.org")
    git(*identity, "commit", "-qm", "side")
    git("checkout", "-q", "-")


if __name__ == "__main__":
    measure("Measure answers about revisions.", MeasuredRevisions)
