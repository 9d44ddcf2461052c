"""``--at :`` gives the answers of a commit of what is staged."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from at_checkout import answers, workspace_of
from git_repository import Repository
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from queries import random_workspaces
from queries.file_mistakes import Pick
from queries.mistakes import MISTAKES
from workspace_builder import A, B, C, Workspace, ulid

CACHE = ".yoi/cache/relations"
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(MISTAKES)), st.integers(0, 10**6)), min_size=1, max_size=5
)


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """In the commit, the staging area and the work tree, B has three states."""
    made = Repository(tmp_path / "work", request.param)
    workspace = Workspace(made.root).pair("blocked_by", "first")
    made.commit()
    workspace.ticket(B, "done")
    workspace.ticket(C, "ready")
    workspace.record(C, "after", A)
    (made.root / "items/other/item.md").parent.mkdir(parents=True)
    (made.root / "items/other/item.md").write_text("no ticket")
    made.git("add", ".")
    workspace.ticket(B, "queued")
    shutil.rmtree(workspace.tickets / C)
    return made


def kept(repository: Repository) -> list[str]:
    """The names of the indexes of revisions."""
    return [path.name for path in (repository.root / CACHE).glob("index-*-*.sqlite3")]


def states(root: Path, option: str = "--at") -> dict[str, str | None]:
    """By ticket, the state that is staged."""
    ran = workspace_of(root).run("check", A, B, option, ":", "--json")
    return {check["ticket"]: check["state"] for check in ran.json["checks"]}


def assert_same_as_commit(repository: Repository, below: str = ".") -> None:
    """Ask about what is staged, and then about the tree that git writes of it."""
    before = repository.files_of_git()
    staged = answers(repository.root / below, "--at", ":")
    assert repository.files_of_git() == before
    tree = repository.git("write-tree")
    shutil.rmtree(repository.root / below / CACHE, ignore_errors=True)
    assert staged == answers(repository.root / below, "--at", tree)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would take an hour
    suppress_health_check=[HealthCheck.too_slow],
)
@given(random_workspaces.WORKSPACES, STEPS, st.sampled_from(["sha1", "sha256"]))
def test_staged_files_answer_like_a_commit_of_them(
    description: Any, steps: list[tuple[str, int]], object_format: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(Path(folder) / "work", object_format)
        random_workspaces.build(repository.root, description)
        repository.commit()
        for name, number in steps:
            with contextlib.suppress(Exception):  # a file may be broken already
                MISTAKES[name](repository.root, Pick(number))
        repository.git("add", "-A", "-f", ".yoi/tickets")
        shutil.rmtree(repository.root / ".yoi/tickets")
        assert_same_as_commit(repository)


def test_answers_are_those_of_the_staged_files(repository: Repository, tmp_path: Path) -> None:
    staged = answers(repository.root, "--at", ":")
    repository.git("checkout-index", "-a", f"--prefix={tmp_path}/out/")
    assert staged == answers(tmp_path / "out")
    assert staged != answers(repository.root, "--at", "HEAD")
    assert staged != answers(repository.root)
    assert_same_as_commit(repository)


def test_staged_configuration_counts(repository: Repository) -> None:
    repository.git("checkout", "-q", ".")
    repository.git("mv", ".yoi/tickets", "tickets")
    config = b'[ticket.backend]\nroot = "tickets"\n'
    id_ = repository.git("hash-object", "-w", "--stdin", stdin=config)
    repository.git("update-index", "--add", "--cacheinfo", f"100644,{id_},.yoi/workspace.toml")
    ran = workspace_of(repository.root).run("check", C, "--json", "--at", ":")
    assert ran.json["workspace"]["tickets_root"] == "tickets"
    assert [check["state"] for check in ran.json["checks"]] == ["ready"]


def test_revision_in_the_answer_has_no_commit(repository: Repository) -> None:
    ran = workspace_of(repository.root).run("show", "--json", "--at", ":")
    assert ran.json["workspace"]["at"] == {"rev": ":", "commit": None, "time": None}


def test_commit_of_the_staged_files_has_their_index(
    repository: Repository, git_calls: Path
) -> None:
    workspace_of(repository.root).run("show", "--at", ":")
    (index,) = kept(repository)
    repository.git("commit", "-q", "-m", "as staged")
    assert index.endswith(f"-{repository.id_of('HEAD:.yoi/tickets')}.sqlite3")
    for name in ("HEAD", ":"):
        git_calls.write_text("")
        assert workspace_of(repository.root).run("show", "--at", name).code == 0
        assert len(git_calls.read_text().splitlines()) == 2
    assert kept(repository) == [index]


def test_file_that_will_be_added_is_not_staged(repository: Repository) -> None:
    workspace = Workspace(repository.root)
    workspace.ticket("00001KT0000DD", "ready")
    workspace.record("00001KT0000DD", "conflicts_with", A)
    (workspace.tickets / B / "artifacts").mkdir()
    (workspace.tickets / B / "artifacts/relations.json").touch()
    repository.git("add", f".yoi/tickets/{B}/artifacts")
    repository.git("add", "--intent-to-add", ".yoi/tickets/00001KT0000DD")
    assert_same_as_commit(repository)


def test_empty_staging_area_is_an_error(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    Workspace(repository.root).pair()
    ran = workspace_of(repository.root).run("show", "--json", "--at", ":")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "workspace")


def test_base_may_be_staged(repository: Repository) -> None:
    Workspace(repository.root).ticket(B, "done")
    assert codes(repository) == ["state"]
    repository.git("reset", "-q")
    assert codes(repository) == ["blocked_in_base", "state"]


def codes(repository: Repository) -> list[str]:
    ran = workspace_of(repository.root).run("check", A, "--json", "--base", ":")
    return [reason["code"] for reason in ran.json["checks"][0]["reasons"]]


@pytest.mark.parametrize(
    "arguments", [("-a", "-m", "x"), ("-m", "x", f".yoi/tickets/{A}/item.md")], ids=["all", "one"]
)
@pytest.mark.parametrize("place", ["main", "linked"])
def test_hook_of_a_commit_sees_what_will_be_committed(
    repository: Repository, tmp_path: Path, arguments: tuple[str, ...], place: str
) -> None:
    answer, hook = tmp_path / "answer", repository.root / ".git/hooks/pre-commit"
    command = f"'{sys.executable}' -m yoi_relations check {A} --at : --json >'{answer}'"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{command}\nexit 0\n")
    hook.chmod(0o755)
    root = repository.root
    if place == "linked":
        root = tmp_path / "linked"
        repository.git("worktree", "add", "-q", root)
    Workspace(root).ticket(A, "inprogress")
    repository.git("-C", root, "commit", "-q", *arguments)
    assert json.loads(answer.read_text())["checks"][0]["state"] == "inprogress"


def test_staged_files_of_another_repository_are_not_taken(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    Workspace(other.root).ticket(B, "closed")
    other.commit()
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git/index"))
    assert states(repository.root)[B] == "done"


def test_folder_of_git_may_be_around_the_work_tree(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "git/work")
    Workspace(repository.root).pair("blocked_by", states=("ready", "done"))
    repository.git("add", ".")
    for path in (repository.root / ".git").iterdir():
        path.rename(tmp_path / "git" / path.name)
    (repository.root / ".git").rmdir()
    (repository.root / ".git").write_text("gitdir: ..\n")
    assert states(repository.root) == {A: "ready", B: "done"}


def test_linked_work_tree_has_its_own_staged_files(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", tmp_path / "linked")
    linked = Workspace(tmp_path / "linked")
    linked.ticket(B, "closed")
    repository.git("-C", linked.root, "add", ".yoi/tickets")
    assert states(repository.root)[B] == "done"
    assert states(linked.root)[B] == "closed"


@pytest.mark.parametrize("form", ["split", "sparse", "version 4"])
def test_indexes_of_other_forms_are_read(repository: Repository, form: str) -> None:
    expected = states(repository.root)
    Workspace(repository.root).artifact(A, "notes.txt", "")
    repository.git("add", f".yoi/tickets/{A}")
    if form == "split":
        repository.git("update-index", "--split-index")
    elif form == "version 4":
        repository.git("update-index", "--index-version", "4")
    else:
        repository.git("commit", "-q", "-a", "-m", "all")
        expected[B] = "queued"
        repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "nothing")
    assert states(repository.root) == expected


def test_workspace_in_a_subfolder_and_odd_entries(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    workspace = Workspace(repository.root / "a/b").pair("blocked_by")
    (workspace.tickets / C).symlink_to(A)
    (workspace.tickets / "notes.md").write_text("x")
    (workspace.tickets / "a-b").mkdir()
    (workspace.tickets / "a-b/item.md").write_text("x")
    (workspace.tickets / "a.b").write_text("x")
    (workspace.tickets / "a").mkdir()
    (workspace.tickets / "a/item.md").write_text("x")
    (workspace.tickets / B / "item.md").chmod(0o755)
    inner = Repository(workspace.tickets / "00001KT0000EE")
    inner.commit()
    repository.git("add", "-f", "a/b/.yoi/tickets")
    assert_same_as_commit(repository, "a/b")


def merged(repository: Repository, path: str, ours: str, theirs: str) -> None:
    """Begin a merge in which a file below the tickets root conflicts."""
    repository.commit()
    file = repository.root / ".yoi/tickets" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    repository.git("checkout", "-q", "-b", "theirs")
    file.write_text(theirs)
    repository.commit()
    repository.git("checkout", "-q", "main")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ours)
    repository.commit()
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "merge", "theirs"]
    ran = subprocess.run(command, cwd=repository.root, capture_output=True, check=False)
    assert ran.returncode == 1, ran


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{B}/item.md", "other_unknown"),
        (f"{A}/item.md", "state_unknown"),
        (f"{B}/artifacts/relations/{ulid(7)}.md", "unusable_source"),
        (f"{B}/artifacts/relations.json", "unusable_source"),
    ],
)
def test_file_with_a_merge_conflict_is_unknown(
    repository: Repository, path: str, code: str
) -> None:
    text = "---\ntitle: T\nstate: {}\nkind: related\ntarget: {}\n---\n"
    merged(repository, path, text.format("ready", A), text.format("queued", B))
    (repository.root / ".yoi/tickets" / path).write_text(text.format("ready", A))

    ran = workspace_of(repository.root).run("check", A, "--at", ":", "--json")

    (check,) = ran.json["checks"]
    assert ran.code == 11
    assert code in [reason["code"] for reason in check["reasons"]]
    assert f".yoi/tickets/{path}" in [problem["path"] for problem in ran.json["problems"]]
    assert kept(repository) == []


@pytest.mark.parametrize("path", ["", f"{A}/artifacts", f"{A}/artifacts/relations"])
def test_link_with_a_merge_conflict_is_unknown(repository: Repository, path: str) -> None:
    place = f".yoi/tickets/{path or 'link'}"
    if path:
        shutil.rmtree(repository.root / place)
        repository.git("rm", "-r", "-q", "--cached", place)
    ids = [repository.git("hash-object", "-w", "--stdin", stdin=text) for text in (b"x", b"y")]
    lines = "".join(f"120000 {id_} {stage}\t{place}\n" for stage, id_ in enumerate(ids, 2))
    repository.git("update-index", "--index-info", stdin=lines.encode())
    ran = workspace_of(repository.root).run("check", A, "--at", ":", "--json")
    assert ran.code == 11
    assert [problem["path"] for problem in ran.json["problems"]] == [place]


def test_configuration_with_a_merge_conflict_is_an_error(repository: Repository) -> None:
    merged(repository, "../workspace.toml", "name = 'a'\n", "name = 'b'\n")
    ran = workspace_of(repository.root).run("show", "--at", ":", "--json")
    error = ran.errors[-1]["error"]
    assert (ran.code, error["code"]) == (1, "workspace")
    assert error["message"].startswith(".yoi/workspace.toml: ")
