"""Git hooks run by real git, whose results are the same as without hooks."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, C, Ran, Workspace

from yoi_relations.files.workspace import CACHE
from yoi_relations.hooks.folder import HOOKS

# The program, which records each call of the refresh and reads the standard input of the hook.
PROGRAM = f"""#!/bin/sh
case "$*" in "hooks run"*) cat; echo "$*" >>"$CALLS" ;; esac
exec {sys.executable} -m yoi_relations "$@"
"""


@dataclass(frozen=True)
class Repository:
    """A workspace in git: A is blocked by B on ``main``, by C too on ``other``."""

    workspace: Workspace
    bin: Path
    environ: dict[str, str]

    @property
    def root(self) -> Path:
        return self.workspace.root

    @property
    def hooks(self) -> Path:
        return self.root / ".git" / "hooks"

    def run(self, *command: str, cwd: Path | None = None, **environ: str) -> Ran:
        ran = subprocess.run(
            command,
            cwd=cwd or self.root,
            env=self.environ | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())

    def git(self, *arguments: str, cwd: Path | None = None, **environ: str) -> None:
        ran = self.run("git", *arguments, cwd=cwd, **environ)
        assert (ran.code, ran.out) == (0, ""), ran

    def commit(self, message: str) -> None:
        self.git("add", ".")
        self.git("commit", "--quiet", f"--message={message}")

    def install(self, cwd: Path | None = None) -> None:
        ran = self.run("relations", "hooks", "install", cwd=cwd)
        assert (ran.code, ran.err) == (0, ""), ran

    def calls(self) -> list[str]:
        """The calls of the refresh since the previous call of this method."""
        path = Path(self.environ["CALLS"])
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def indexed(self, root: Path | None = None) -> list[str] | None:
        """The targets of all relations in the published index; None where there is none."""
        cwd = root or self.root
        if not list((cwd / CACHE).glob("*.sqlite3")):
            return None
        answer = self.run("relations", "show", "--json", "--trust", "index", cwd=cwd)
        document: Any = json.loads(answer.out)
        assert document["freshness"]["trust"] == "index"
        return [relation["target"] for relation in document["relations"]]

    def write_hook(self, name: str, script: str) -> Path:
        self.hooks.mkdir(exist_ok=True)
        path = self.hooks / name
        path.write_text(script)
        path.chmod(0o755)
        return path


@pytest.fixture
def repository(tmp_path: Path, workspace: Workspace) -> Repository:
    """A repository without hooks; its index is that of ``main``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "relations").write_text(PROGRAM)
    (folder / "relations").chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ |= {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "CALLS": str(tmp_path / "calls"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_EDITOR": "true",
    }
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{role}_NAME": "tester", f"GIT_{role}_EMAIL": "tester@example.org"}
    repository = Repository(workspace, folder, environ)
    repository.git("init", "--quiet", "--initial-branch=main")
    for ticket in (A, B, C):
        workspace.ticket(ticket)
    workspace.record(A, "blocked_by", B)
    repository.commit("one blocker")
    repository.git("switch", "--quiet", "--create", "other")
    workspace.record(A, "blocked_by", C)
    repository.commit("two blockers")
    repository.git("switch", "--quiet", "main")
    assert repository.run("relations", "rebuild").code == 0
    assert repository.indexed() == [B]
    return repository


@pytest.fixture
def with_hooks(repository: Repository) -> Repository:
    repository.install()
    return repository


def without_relations(repository: Repository) -> str:
    """A PATH with everything that git and its hooks need, but without ``relations``."""
    folder = repository.bin.with_name("poor")
    folder.mkdir()
    for name in ("git", "sh", "env", "sed", "basename", "dirname"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def test_checkout_refreshes_the_index(with_hooks: Repository) -> None:
    with_hooks.git("checkout", "--quiet", "other")
    assert with_hooks.indexed() == [B, C]
    with_hooks.git("switch", "--quiet", "main")
    assert with_hooks.indexed() == [B]
    with_hooks.git("checkout", "--quiet", "other", "--", ".yoi")
    assert with_hooks.indexed() == [B, C]
    assert with_hooks.calls() == ["hooks run -C ."] * 3


def test_merge_refreshes_the_index(with_hooks: Repository) -> None:
    with_hooks.git("merge", "--quiet", "other")
    assert with_hooks.indexed() == [B, C]
    assert len(with_hooks.calls()) == 1


def test_amended_commit_refreshes_the_index(with_hooks: Repository) -> None:
    with_hooks.workspace.record(A, "blocked_by", C)
    with_hooks.git("add", ".")
    with_hooks.git("commit", "--quiet", "--amend", "--no-edit")
    assert with_hooks.indexed() == [B, C]


@pytest.mark.parametrize("backend", ["--merge", "--apply"])
def test_rebase_of_many_commits_refreshes_only_at_its_end(
    with_hooks: Repository, backend: str
) -> None:
    (with_hooks.root / "README").write_text("new on main\n")
    with_hooks.commit("readme")
    with_hooks.git("switch", "--quiet", "other")
    for number in range(12):
        (with_hooks.root / f"file{number}").write_text("new\n")
        with_hooks.commit(f"file {number}")
    # The index is that of another branch, so that the test can see a refresh.
    with_hooks.git("switch", "--quiet", "main")
    with_hooks.calls()

    with_hooks.git("rebase", "--quiet", backend, "main", "other")

    assert with_hooks.indexed() == [B, C]
    assert 1 <= len(with_hooks.calls()) <= 2


def test_rebase_succeeds_without_the_program(with_hooks: Repository) -> None:
    with_hooks.git("switch", "--quiet", "other")
    for number in range(5):
        (with_hooks.root / f"file{number}").write_text("new\n")
        with_hooks.commit(f"file {number}")
    with_hooks.git("switch", "--quiet", "--create=conflicting", "main")
    (with_hooks.root / "file3").write_text("other\n")
    with_hooks.commit("conflicting")
    with_hooks.calls()
    path = without_relations(with_hooks)

    ran = with_hooks.run("git", "rebase", "--quiet", "main", "other", PATH=path)
    assert ran == Ran(0, "", "")
    # If git stops by itself, the status is that of git.
    assert with_hooks.run("git", "rebase", "--quiet", "conflicting", PATH=path).code == 1
    assert with_hooks.run("git", "rebase", "--abort", PATH=path).code == 0
    assert with_hooks.calls() == []


def test_rebase_that_rewords_refreshes_only_at_its_end(with_hooks: Repository) -> None:
    for number in range(5):
        (with_hooks.root / f"file{number}").write_text("new\n")
        with_hooks.commit(f"file {number}")
    with_hooks.calls()

    ran = with_hooks.run(
        *("git", "rebase", "--quiet", "--interactive", "HEAD~5"),
        GIT_SEQUENCE_EDITOR="sed -i s/^pick/reword/",
        GIT_EDITOR="sed -i s/^file/renamed/",
    )

    assert ran.code == 0
    assert 1 <= len(with_hooks.calls()) <= 2
    assert with_hooks.run("git", "log", "-1", "--format=%s").out == "renamed 4\n"


def test_checkout_during_a_stopped_rebase_does_not_refresh(with_hooks: Repository) -> None:
    (with_hooks.root / "file").write_text("here\n")
    with_hooks.commit("here")
    with_hooks.git("switch", "--quiet", "other")
    (with_hooks.root / "file").write_text("there\n")
    with_hooks.commit("there")
    assert with_hooks.run("git", "rebase", "--quiet", "main").code == 1
    with_hooks.calls()

    (with_hooks.root / "file").write_text("both\n")
    with_hooks.git("checkout", "--quiet", "HEAD", "--", ".yoi")
    assert with_hooks.calls() == []
    with_hooks.git("add", "file")
    assert with_hooks.run("git", "rebase", "--continue").code == 0

    assert with_hooks.calls() == ["hooks run -C ."]
    assert with_hooks.indexed() == [B, C]


def test_linked_work_tree_refreshes_its_own_index(with_hooks: Repository, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    with_hooks.git("worktree", "add", "--quiet", str(linked), "other")
    assert with_hooks.indexed(linked) == [B, C]
    assert with_hooks.indexed() == [B]

    with_hooks.git("checkout", "--quiet", "--detach", "main", cwd=linked)
    assert with_hooks.indexed(linked) == [B]


def test_exported_git_variables_do_not_select_another_repository(
    with_hooks: Repository, tmp_path: Path
) -> None:
    other = Workspace(tmp_path / "another")
    environ = {
        "GIT_DIR": str(with_hooks.root / ".git"),
        "GIT_WORK_TREE": str(with_hooks.root),
        "YOI_RELATIONS_ROOT": str(other.root),
    }

    with_hooks.git("checkout", "--quiet", "other", cwd=tmp_path, **environ)

    assert with_hooks.indexed() == [B, C]
    assert not (other.root / ".yoi" / "cache").exists()


def test_workspace_below_the_top_is_refreshed(repository: Repository) -> None:
    top = repository.root / "it's below"
    below = Workspace(top)
    for ticket in (A, B):
        below.ticket(ticket)
    repository.install(top)
    repository.commit("a workspace below")
    repository.git("branch", "before")
    below.record(A, "blocked_by", B)
    repository.commit("a record in it")

    repository.git("switch", "--quiet", "before")
    assert repository.indexed(top) == []
    repository.git("switch", "--quiet", "main")
    assert repository.indexed(top) == [B]


def test_checkout_succeeds_without_the_program(with_hooks: Repository) -> None:
    path = without_relations(with_hooks)

    for branch in ("other", "main", "other"):
        ran = with_hooks.run("git", "checkout", "--quiet", branch, PATH=path)
        assert ran == Ran(0, "", "")
    assert with_hooks.calls() == []
    assert with_hooks.indexed() == [B]


@pytest.mark.parametrize("relations", ["exit 7", "echo out; echo err >&2; kill -9 $$"])
def test_checkout_succeeds_if_the_program_fails(with_hooks: Repository, relations: str) -> None:
    (with_hooks.bin / "relations").write_text(f"#!/bin/sh\n{relations}\n")
    no_timeout = without_relations(with_hooks)
    (Path(no_timeout) / "relations").symlink_to(with_hooks.bin / "relations")

    for branch, path in (("other", with_hooks.environ["PATH"]), ("main", no_timeout)):
        assert with_hooks.run("git", "checkout", "--quiet", branch, PATH=path) == Ran(0, "", "")


def test_hanging_program_is_killed(with_hooks: Repository) -> None:
    (with_hooks.bin / "relations").write_text("#!/bin/sh\nexec sleep 60\n")
    # Replaces the ten seconds of the section.
    (with_hooks.bin / "timeout").write_text(
        f'#!/bin/sh\n[ "$1" = 10 ] && shift\nexec {shutil.which("timeout")} 0.2 "$@"\n'
    )
    (with_hooks.bin / "timeout").chmod(0o755)
    start = time.monotonic()

    assert with_hooks.run("git", "checkout", "--quiet", "other") == Ran(0, "", "")

    assert time.monotonic() - start < 20


def test_refresh_runs_without_the_timeout_command(with_hooks: Repository) -> None:
    path = without_relations(with_hooks)
    (Path(path) / "relations").symlink_to(with_hooks.bin / "relations")

    assert with_hooks.run("git", "checkout", "--quiet", "other", PATH=path) == Ran(0, "", "")

    assert with_hooks.indexed() == [B, C]


@pytest.fixture
def busy(with_hooks: Repository) -> Iterator[Repository]:
    """A repository whose lock is held by another process."""
    with (with_hooks.root / CACHE / "lock").open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield with_hooks


def test_hook_does_not_wait_for_the_lock(busy: Repository) -> None:
    start = time.monotonic()

    assert busy.run("git", "checkout", "--quiet", "other") == Ran(0, "", "")

    assert busy.calls() == ["hooks run -C ."]
    assert busy.indexed() == [B]
    # The limit is generous for a busy machine, but below two of the usual waits.
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("broken", ["cache", "tickets", "workspace.toml"])
def test_hook_ignores_errors_of_the_workspace(with_hooks: Repository, broken: str) -> None:
    shutil.rmtree(with_hooks.root / ".yoi" / "cache")
    if broken == "tickets":
        with_hooks.git("rm", "-r", "--quiet", ".yoi/tickets")
        (with_hooks.root / ".yoi").mkdir(exist_ok=True)
    (with_hooks.root / ".yoi" / broken).write_text("not = [what is expected")

    ran = with_hooks.run("git", "checkout", "--quiet", "--detach", "HEAD")

    assert ran == Ran(0, "", "")
    assert with_hooks.calls() == ["hooks run -C ."]


def test_branch_without_tickets_gets_no_cache(with_hooks: Repository) -> None:
    with_hooks.git("switch", "--quiet", "--orphan", "empty")
    shutil.rmtree(with_hooks.root / ".yoi", ignore_errors=True)
    with_hooks.git("commit", "--quiet", "--allow-empty", "--message=empty")
    with_hooks.calls()

    with_hooks.git("checkout", "--quiet", "--detach")

    assert with_hooks.calls() == []
    assert not (with_hooks.root / ".yoi").exists()


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\nexit 3\n",
        "#!/bin/sh -eu\n(exit 3)\necho never\n",
        "#!/usr/bin/env bash\nset -euo pipefail\nexec sh -c 'exit 3'\n",
        "#!/bin/sh\n(exit 3)",
    ],
)
def test_exit_status_of_an_existing_hook_is_kept(repository: Repository, script: str) -> None:
    repository.write_hook("post-checkout", script)
    before = repository.run("git", "checkout", "--quiet", "other")
    repository.git("symbolic-ref", "HEAD", "refs/heads/main")
    repository.git("reset", "--quiet", "--hard")
    repository.install()

    assert repository.run("git", "checkout", "--quiet", "other") == before == Ran(1, "", "")
    assert repository.indexed() == [B, C]


@pytest.mark.parametrize("flags", ["-u", "-e", "-eux", "-f"])
def test_existing_hook_gets_arguments_and_input_of_git(repository: Repository, flags: str) -> None:
    seen = repository.root.with_name("seen")
    script = f'echo "$?|$#|$1|${{state-unset}}|${{GIT_DIR-unset}}|$(cat)" >>"{seen}"\n'
    hook = repository.write_hook("post-rewrite", f"#!/bin/sh {flags}\n{script}")
    repository.git("commit", "--quiet", "--amend", "--message=again", "--date=2026-06-01T10:00:00Z")
    before = seen.read_text()
    seen.unlink()
    repository.git("update-ref", "HEAD", "HEAD@{1}")
    repository.install()
    assert "hooks run" in hook.read_text()

    repository.git("commit", "--quiet", "--amend", "--message=again", "--date=2026-06-01T10:00:00Z")

    after = seen.read_text()
    assert after.split("|")[:5] == before.split("|")[:5]
    assert after.split("|")[:3] == ["0", "1", "amend"]
    # The line that git writes: the old commit and the new one.
    assert after.split("|")[5].split()[0] == before.split("|")[5].split()[0]
    assert len(repository.calls()) == 1


HUSKY = """#!/usr/bin/env sh
name=$(basename "$0")
script=$(dirname "$(dirname "$0")")/$name
[ ! -f "$script" ] && exit 0
sh -e "$script" "$@"
status=$?
exit $status
"""


def test_hooks_work_with_husky(repository: Repository) -> None:
    folder = repository.root / ".husky" / "_"
    folder.mkdir(parents=True)
    (folder / "h").write_text(HUSKY)
    for name in ("post-checkout", "post-merge"):
        (folder / name).write_text('#!/usr/bin/env sh\n. "$(dirname "$0")/h"')
        (folder / name).chmod(0o755)
    (folder.parent / "post-checkout").write_text(f'echo "$3" >"{repository.root}/ran"\nexit 4\n')
    repository.git("config", "core.hooksPath", ".husky/_")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    repository.install()

    ran = repository.run("git", "checkout", "--quiet", "other")

    assert (ran.code, (repository.root / "ran").read_text()) == (1, "1\n")
    assert repository.indexed() == [B, C]
    assert not [path for path in repository.hooks.iterdir() if path.name in HOOKS]
    assert repository.run("relations", "hooks", "uninstall").code == 0
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_hooks_work_with_pre_commit(repository: Repository) -> None:
    repository.write_hook(
        "post-checkout",
        "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n"
        "ARGS=(hook-impl --hook-type=post-checkout)\n"
        'HERE="$(cd "$(dirname "$0")" && pwd)"\nARGS+=(--hook-dir "$HERE" -- "$@")\n'
        f'exec sh -c \'echo "$@" >"{repository.root}/ran"\' sh "${{ARGS[@]}}"\n',
    )
    repository.install()

    repository.git("checkout", "--quiet", "other")

    assert repository.indexed() == [B, C]
    arguments = (repository.root / "ran").read_text().split()
    assert arguments[:2] == ["hook-impl", "--hook-type=post-checkout"]
    assert arguments[-1] == "1"


def test_commands_print_hook_states(repository: Repository) -> None:
    def run(*arguments: str, code: int = 0) -> Ran:
        ran = repository.run("relations", *arguments)
        assert ran.code == code, ran
        return ran

    rows = [f"{name}\tnot installed\t.git/hooks/{name}\n" for name in HOOKS]
    assert run("hooks", "list").out == "".join(rows)
    installed = "".join(rows).replace("not ", "")
    assert run("hooks", "install", "--plain").out == installed
    assert run("--json", "hooks", "list").out == run("hooks", "--json", "list").out
    document = json.loads(run("hooks", "list", "--json").out)
    assert document["document"] == "hooks"
    assert [hook["state"] for hook in document["hooks"]] == ["installed"] * 3
    assert run("hooks", "uninstall", "-C", str(repository.root / ".yoi")).out == "".join(rows)
    assert "Missing command" in run("hooks", code=2).err
    assert " run " not in run("hooks", "--help").out

    repository.write_hook("post-merge", "#!/usr/bin/perl\n")
    ran = run("hooks", "install", code=1)
    assert ran.out == ""
    assert "post-merge: is not a shell script; the other hooks are done" in ran.err
    assert run("hooks", "list").out == installed.replace(
        "post-merge\tinstalled", "post-merge\tforeign"
    )
    ran = run("hooks", "install", "--json", code=1)
    assert json.loads(ran.err)["error"]["code"] == "failed"


def test_refresh_prints_nothing_and_exits_with_0(repository: Repository, tmp_path: Path) -> None:
    shutil.rmtree(repository.root / ".yoi" / "cache")

    assert repository.run("relations", "hooks", "run") == Ran(0, "", "")
    assert repository.indexed() == [B]
    assert repository.run("relations", "hooks", "run", "-C", str(tmp_path)) == Ran(0, "", "")
    assert repository.run("relations", "hooks", "run", "-C", "nowhere") == Ran(0, "", "")
