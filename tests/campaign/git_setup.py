"""The repository of the stress test: two work trees, and commits to check out."""

from __future__ import annotations

import subprocess
from pathlib import Path

from workspace_builder import Workspace

from campaign import write_ledger

COMING_AND_GOING = 7
"""How many tickets some commits have and others do not."""


def git(cwd: Path, *arguments: str, stdin: bytes = b"") -> str:
    """The output of git."""
    ran = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env=write_ledger.ENVIRON,
        input=stdin,
        capture_output=True,
        check=False,
    )
    if ran.returncode:
        raise AssertionError(f"git {arguments}: {ran.stderr.decode()}")
    return ran.stdout.decode()


def set_up(folder: Path, commits: int) -> None:
    """Two work trees with the tickets of all writers, and a file with the commits to check out."""
    one, two = (folder / tree for tree in write_ledger.TREES)
    one.mkdir()
    git(one, "init", "-q", "-b", "chain")
    git(one, "fast-import", "--quiet", "--export-marks=../marks", stdin=_history(commits))
    marks = dict(line.split() for line in (folder / "marks").read_text().splitlines())
    ids = [marks[f":{number}"] for number in range(1, commits + 1)]
    (folder / "commits").write_text("\n".join(ids))
    git(one, "checkout", "-q", "--detach", ids[0])
    git(one, "worktree", "add", "-q", "--detach", str(two), ids[0])
    write_ledger.Numbers.make(folder / "numbers")
    numbers = write_ledger.Numbers(folder / "numbers")
    for tree in write_ledger.TREES:
        workspace = Workspace(folder / tree)
        for holder in write_ledger.WRITERS:
            workspace.ticket(holder)
            workspace.record_file(
                holder, write_ledger.RECORD, write_ledger.record(write_ledger.note(tree, 1))
            )
        for holder in (*write_ledger.WRITERS, write_ledger.CHECKED_OUT):
            numbers.begin(tree, holder)
            numbers.end(tree, holder)


def _history(commits: int) -> bytes:
    """Commits for git fast-import; each has its number in a record, and some of the tickets."""
    parts: list[bytes] = []
    for number in range(1, commits + 1):
        who = f"tester <tester@example.org> {1_700_000_000 + number} +0000"
        parts.append(f"commit refs/heads/chain\nmark :{number}\ncommitter {who}\n".encode())
        parts.append(b"data 0\ndeleteall\n")
        tickets = [write_ledger.TARGET, write_ledger.CHECKED_OUT]
        tickets += [f"V{one}" for one in range(COMING_AND_GOING) if number * 3 % (one + 2)]
        for holder in tickets:
            item = f"---\ntitle: Title of {holder}\nstate: planning\n---\n"
            parts.append(_file(f".yoi/tickets/{holder}/item.md", item.encode()))
            if holder != write_ledger.TARGET:
                path = write_ledger.record_path(Path(), holder).as_posix()
                parts.append(
                    _file(
                        path,
                        write_ledger.record(write_ledger.note(write_ledger.CHECKED_OUT, number)),
                    )
                )
    return b"".join(parts)


def _file(path: str, data: bytes) -> bytes:
    return b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(data), data)
