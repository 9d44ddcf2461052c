"""After any git operation the next answer matches the files, with and without hooks."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from oracle import assert_as_read, settle
from workspace_builder import AT, A, B, C, D, Workspace, git, ulid

from yoi_relations.files.workspace import find_workspace
from yoi_relations.hooks import installation

pytestmark = pytest.mark.usefixtures("soon_settled")
RECORD = f"{ulid(9)}.md"
Command = tuple[str, ...]
OPERATIONS: dict[str, tuple[Command, ...]] = {
    "checkout": (("checkout", "other"), ("checkout", "main")) * 3,
    "checkout of files": (("checkout", "other", "--", ".yoi"),),
    "merge": (("merge", "--no-edit", "extra"), ("merge", "--no-edit", "other")),
    "fast-forward": (("merge", "--ff-only", "other"),),
    "pull": (("pull", "--ff", ".", "other"), ("pull", "--no-rebase", "--no-edit", ".", "extra")),
    "pull --rebase": (("checkout", "extra"), ("pull", "--rebase", ".", "other")),
    "rebase": (("rebase", "other", "extra"), ("checkout", "main")),
    "reset --hard": (("reset", "--hard", "other"), ("reset", "--hard", "HEAD~1")),
    "stash": (("stash", "--include-untracked"), ("stash", "pop"), ("reset", "--hard")),
    "cherry-pick": (("cherry-pick", "extra"), ("cherry-pick", "other")),
    "revert": (("checkout", "other"), ("revert", "--no-edit", "HEAD")),
    "clean": (("clean", "-fdx"),),
    "sparse checkout": (
        ("sparse-checkout", "set", "--no-cone", f"/.yoi/tickets/{A}/"),
        ("sparse-checkout", "disable"),
    ),
    "mv and rm": (
        ("mv", f".yoi/tickets/{B}", f".yoi/tickets/{D}"),
        ("rm", "-r", f".yoi/tickets/{A}"),
    ),
}  # fmt: skip
DIRTY = ("stash", "clean")
"""Operations on a work tree with local changes."""


def commit(workspace: Workspace, message: str) -> None:
    git(workspace, "add", ".")
    git(workspace, "commit", "--quiet", f"--message={message}")


def make_dirty(workspace: Workspace) -> None:
    """A changed file, an untracked file and an ignored file."""
    workspace.ticket(B, "inprogress")
    workspace.ticket(D)
    workspace.record(D, "blocks", A, "not committed")


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """Two tickets on ``main``; ``other`` alters a record, ``extra`` adds a ticket with one."""
    workspace.pair()
    record = workspace.record(A, "blocked_by", B, "first")
    git(workspace, "init", "--quiet", "--initial-branch=main")
    commit(workspace, "first")
    git(workspace, "checkout", "--quiet", "-b", "extra")
    workspace.ticket(C)
    workspace.record(C, "after", A, "extra")
    commit(workspace, "extra")
    git(workspace, "checkout", "--quiet", "-b", "other", "main")
    record.write_text(record.read_text().replace("first", "other"))
    workspace.ticket(B, "queued")
    commit(workspace, "other")
    git(workspace, "checkout", "--quiet", "main")
    return workspace


@pytest.fixture(params=["no hooks", "hooks"])
def hooked(
    request: pytest.FixtureRequest,
    repository: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Workspace:
    """The repository without hooks and with hooks."""
    if request.param == "hooks":
        program = tmp_path / "bin" / "relations"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m yoi_relations "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")
        installation.install(find_workspace(str(repository.root)))
    return repository


@pytest.mark.parametrize("name", OPERATIONS)
def test_next_answer_holds_what_git_did(hooked: Workspace, name: str) -> None:
    if name in DIRTY:
        make_dirty(hooked)
    for command in OPERATIONS[name]:
        settle(hooked)
        before = assert_as_read(hooked)
        git(hooked, *command)
        assert assert_as_read(hooked) != before, command


def test_fresh_clone_answers_its_first_question(repository: Workspace, tmp_path: Path) -> None:
    git(repository, "clone", "--quiet", ".", str(tmp_path / "clone"))
    clone = Workspace(tmp_path / "clone")
    ran = clone.process("show", "--json")
    assert (ran.code, len(ran.errors)) == (0, 1)
    assert ran.errors[0]["message"].startswith("index: ")
    assert [one["note"] for one in ran.json["relations"]] == ["first"]
    assert git(clone, "status", "--porcelain", "--ignored=no", "-uall") == ""
    assert clone.process("status", "--json").json["index"]["found"] == "current"


@pytest.mark.parametrize("name", ["merge", "rebase", "cherry-pick", "stash"])
def test_conflict_is_a_problem_until_it_is_resolved(repository: Workspace, name: str) -> None:
    """In all four sorts of files at once; the other tickets are answered."""
    files = conflicting(repository, "main")
    git(repository, "checkout", "--quiet", "-b", "theirs", "HEAD~1")
    conflicting(repository, "theirs", state="ready", target=D)
    if name == "stash":
        git(repository, "reset", "--quiet", "--soft", "HEAD~1")
        git(repository, "stash")
    git(repository, "checkout", "--quiet", "main")
    settle(repository)
    command = ("stash", "pop") if name == "stash" else (name, "theirs")
    with pytest.raises(CalledProcessError):
        git(repository, *command)
    for path in files:
        assert "<<<<<<<" in (repository.root / path).read_text()

    ran = repository.run("show", "--all", "--json")
    named = {one["path"] for one in ran.json["problems"] if "conflict marker" in one["message"]}
    assert (ran.code, named) == (4, set(files))
    # A line that cannot be used spoils that line alone: of the plan, both sides are read.
    notes = [(one["class"], one["note"]) for one in ran.json["relations"]]
    assert notes == [("dependency", "first"), ("ordering", "main"), ("ordering", "theirs")]
    assert repository.run("check", A).code == 11
    settle(repository)
    git(repository, "checkout", "--theirs", "--", *files)
    assert repository.run("show").err == ""
    assert len(assert_as_read(repository)) == 3


def conflicting(
    workspace: Workspace, word: str, state: str = "queued", target: str = A
) -> list[str]:
    """Commit a record in each format and the state of a ticket; returns their paths."""
    for id_ in (C, D):
        workspace.ticket(id_)
    paths = [
        workspace.ticket(C, state) / "item.md",
        workspace.record_file(
            C, RECORD, f"---\nkind: related\ntarget: {target}\nauthor: x\nat: {AT}\n---\n{word}\n"
        ),
        workspace.relations_json(C, {"kind": "related", "target": target, "note": word}),
        workspace.plan_lines(C, {"kind": "after", "related_ticket": target, "note": word}),
    ]
    commit(workspace, word)
    return [str(path.relative_to(workspace.root)) for path in paths]


@pytest.fixture
def linked(repository: Workspace, tmp_path: Path) -> Workspace:
    """A second work tree of the repository, on the branch ``other``."""
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "linked"), "other")
    return Workspace(tmp_path / "linked")


def notes(workspace: Workspace) -> list[str]:
    return [line.split("\t")[7] for line in workspace.process("show", "--plain").out.splitlines()]


def test_each_work_tree_answers_for_itself(repository: Workspace, linked: Workspace) -> None:
    trees = (repository, linked)
    for _ in range(2):
        assert [notes(tree) for tree in trees] == [["first"], ["other"]]
        for tree in trees:
            settle(tree)
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(notes, trees * 3)) == [["first"], ["other"]] * 3
    git(linked, "checkout", "--quiet", "--detach", "extra")
    assert [sorted(notes(tree)) for tree in trees] == [["first"], ["extra", "first"]]


def test_hook_asks_about_its_own_work_tree(
    repository: Workspace, linked: Workspace, tmp_path: Path
) -> None:
    """git exports GIT_DIR there, and it may lead to another work tree's folder."""
    hook = repository.root / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f'#!/bin/sh\nprintenv GIT_DIR >"{tmp_path}/variable"\n'
        f'exec {sys.executable} -m yoi_relations show --plain >"{tmp_path}/output"\n'
    )
    hook.chmod(0o755)
    git(linked, "checkout", "--quiet", "--detach", "extra")
    assert "worktrees/linked" in (tmp_path / "variable").read_text()
    assert sorted(
        line.split("\t")[7] for line in (tmp_path / "output").read_text().splitlines()
    ) == [
        "extra",
        "first",
    ]
    for _ in range(2):
        ran = linked.process(
            *("show", "--plain"),
            GIT_DIR=str(repository.root / ".git"),
            GIT_WORK_TREE=str(repository.root),
            GIT_INDEX_FILE="nowhere",
        )
        assert ran.out == (tmp_path / "output").read_text()
        shutil.rmtree(repository.root / ".yoi", ignore_errors=True)
