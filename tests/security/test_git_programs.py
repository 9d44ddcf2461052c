"""No command that reads git's objects runs a program, writes into ``.git``, or uses the network.

Every program that a repository can name is set to a script that leaves a mark.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from git_repository import Repository, files_in
from workspace_builder import A, B, C, Workspace

COMMANDS = [
    "show --at HEAD",
    "show --at HEAD~1 --all",
    f"show {A} --at side",
    "check --at HEAD~1",
    "doctor --at HEAD~2",
    "tree --at HEAD",
    "graph --at HEAD~1 --format json",
    "show --at main@{{yesterday}}",
    "show --at HEAD:.yoi",
    "show --at :",
    f"check {A} --base HEAD~1",
    f"check {A} --at HEAD --base :",
    f"check {A} --worktrees --base HEAD~1",
    "show --worktrees",
    f"check {A} --worktrees",
    f"check {A} --json",
    "log",
    f"log {A} --json",
    "show --provenance --json",
    "diff",
    "diff HEAD~1 side",
    "diff main...other",
    "diff HEAD :",
    "diff --merge other",
]
"""Command lines that read git's objects; a new option of that sort is one more line."""
HOOKS = [
    *("post-checkout", "post-commit", "post-index-change", "pre-auto-gc", "pre-commit"),
    *("reference-transaction", "fsmonitor-watchman", "post-merge", "post-rewrite"),
]
PROGRAMS = [
    *("core.fsmonitor", "core.editor", "core.pager", "core.askPass", "core.sshCommand"),
    *("core.gitProxy", "sequence.editor", "diff.external", "diff.x.textconv"),
    *("filter.x.clean", "filter.x.smudge", "merge.x.driver", "merge.tool"),
    *("gpg.program", "gpg.ssh.program", "gpg.x509.program", "credential.helper"),
    *("remote.local.uploadpack", "remote.local.receivepack"),
    *("pager.show", "pager.log", "pager.diff", "interactive.diffFilter", "trailer.x.command"),
    *("uploadpack.packObjectsHook", "protocol.ext.allow", "alias.rev-parse", "alias.cat-file"),
    *("alias.ls-tree", "alias.diff-tree", "alias.rev-list", "alias.merge-tree"),
]
SIGNED = b"""tree %s
parent %s
author t <t@example.org> 1767225600 +0000
committer t <t@example.org> 1767225600 +0000
gpgsig -----BEGIN PGP SIGNATURE-----
 x
 -----END PGP SIGNATURE-----

signed
"""


class Traps:
    """A hostile repository with tickets, a listening port, and a folder for the marks."""

    def __init__(self, folder: Path, port: int) -> None:
        self.marks = folder / "marks"
        self.marks.mkdir()
        self.repository = Repository(folder / "work")
        self.workspace = Workspace(self.repository.root).pair("blocked_by", "first")
        (self.repository.root / ".gitattributes").write_text("* filter=x diff=x merge=x\n")
        (self.repository.root / "empty").touch()  # `:` asks about it
        self.repository.commit("first")
        self.repository.git("branch", "side")
        self.repository.git("checkout", "-q", "-b", "other")
        self.workspace.ticket(B, "inprogress")
        self.repository.commit("in conflict with the second")
        self.repository.git("checkout", "-q", "main")
        self.workspace.ticket(B, "done")
        self.repository.commit("second")
        self._sign()
        self.repository.git("worktree", "add", "-q", "--detach", folder / "linked", "side")
        values = {name: self._program(folder, name) for name in PROGRAMS}
        for remote, url in (
            ("local", str(folder / "work")),
            ("ssh", "ssh://127.0.0.1/repository"),
            ("http", f"http://127.0.0.1:{port}/repository"),
        ):
            values |= {
                f"remote.{remote}.url": url,
                f"remote.{remote}.promisor": "true",
                f"remote.{remote}.partialclonefilter": "blob:none",
            }
        values |= {
            "core.hooksPath": str(folder / "hooks"),
            "log.showSignature": "true",
            "merge.renormalize": "true",
            "gc.auto": "1",
            "core.repositoryformatversion": "1",
            "extensions.partialclone": "http",
        }
        with (self.repository.root / ".git/config").open("a") as file:
            file.writelines(_setting(name, value) for name, value in values.items())
        (folder / "hooks").mkdir()
        for name in HOOKS:
            self._script(folder / "hooks" / name, f"hook {name}")

    def _sign(self) -> None:
        tree, parent = (self.repository.id_of(name) for name in ("HEAD^{tree}", "HEAD"))
        commit = SIGNED % (tree.encode(), parent.encode())
        signed = self.repository.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=commit)
        self.repository.git("update-ref", "refs/heads/main", signed)

    def _program(self, folder: Path, name: str) -> str:
        path = self._script(folder / f"program-{name}", name)
        return f"!{path}" if name.startswith(("alias", "credential")) else str(path)

    def _script(self, path: Path, name: str) -> Path:
        path.write_text(f"#!/bin/sh\ntouch '{self.marks}/{name}'\nexit 1\n")
        path.chmod(0o755)
        return path

    def lose_blobs(self) -> None:
        """Remove the blobs of the tickets, as a partial clone lacks them."""
        listed = self.repository.git("ls-tree", "-r", "--full-tree", "HEAD").splitlines()
        for line in listed:
            id_ = line.split()[2]
            (self.repository.root / ".git/objects" / id_[:2] / id_[2:]).unlink()


def _setting(name: str, value: str) -> str:
    section, _, rest = name.partition(".")
    middle, _, key = rest.rpartition(".")
    return (
        f'[{section} "{middle}"]\n\t{key} = {value}\n'
        if middle
        else f"[{section}]\n\t{key} = {value}\n"
    )


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)  # noqa: FBT003  # positional in the standard library
        yield server


@pytest.fixture
def traps(tmp_path: Path, listener: socket.socket) -> Traps:
    return Traps(tmp_path, listener.getsockname()[1])


@pytest.mark.parametrize("is_partial", [False, True], ids=["whole", "partial"])
@pytest.mark.parametrize("line", COMMANDS)
def test_nothing_is_run_written_or_fetched(
    traps: Traps, listener: socket.socket, line: str, *, is_partial: bool
) -> None:
    if is_partial:
        traps.lose_blobs()
    before = files_in(traps.repository.root / ".git")
    traps.workspace.process("show", "--at", "HEAD~2")  # its index may be updated for the next
    ran = traps.workspace.process(*line.replace("{{", "{").replace("}}", "}").split())
    if is_partial and ("--at" in line or "--base" in line or line.startswith("diff")):
        assert ran.code == 1
    else:
        assert ran.code in {0, 5, 9, 10} or line.endswith("HEAD:.yoi"), ran
    assert list(traps.marks.iterdir()) == []
    assert files_in(traps.repository.root / ".git") == before
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_traps_work(traps: Traps, listener: socket.socket) -> None:
    """Ordinary commands of git run the programs, and connect."""
    (traps.repository.root / "file").write_text("x")
    run_git(traps, "status")
    run_git(traps, "add", "file")
    run_git(traps, "diff", "HEAD~2", "HEAD")
    run_git(traps, "diff", "--no-ext-diff", "HEAD~2", "HEAD")
    run_git(traps, "log", "--show-signature", "-2")
    run_git(traps, "checkout", "-f", "side")
    run_git(traps, "merge-tree", "--write-tree", "main", "other")
    traps.lose_blobs()
    run_git(traps, "cat-file", "-p", "HEAD:.gitattributes")
    marks = {path.name for path in traps.marks.iterdir()}
    assert marks >= {
        *("core.fsmonitor", "filter.x.clean", "filter.x.smudge", "diff.external"),
        *("diff.x.textconv", "gpg.program", "core.sshCommand", "remote.local.uploadpack"),
        "merge.x.driver",
        "hook post-checkout",
    }
    connection, _ = listener.accept()
    connection.close()


def run_git(traps: Traps, *arguments: str) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):  # nobody answers the connection
        subprocess.run(
            ["git", *arguments],
            cwd=traps.repository.root,
            env=os.environ | {"GIT_TERMINAL_PROMPT": "0"},
            capture_output=True,
            check=False,
            timeout=5,
        )


def test_unknown_ticket_is_an_error_without_traces(traps: Traps) -> None:
    assert traps.workspace.process("show", C, "--at", "HEAD").code == 3
    assert list(traps.marks.iterdir()) == []
