"""The list of work trees, as git has it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from git_repository import Repository

from yoi_relations.errors import GitError
from yoi_relations.git.repository import find_repository
from yoi_relations.git.worktrees import Worktree, belongs_to, list_worktrees


@pytest.fixture
def main(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "main")
    (made.root / "sub").mkdir()
    (made.root / "sub/file").write_text("one")
    made.commit()
    return made


def listed(folder: Path) -> list[Worktree]:
    return list_worktrees(find_repository(str(folder)))


def test_main_and_linked_work_trees_are_listed(main: Repository, tmp_path: Path) -> None:
    main.git("worktree", "add", "-q", "-b", "side/a", tmp_path / "a")
    main.git("worktree", "add", "-q", "--detach", "--lock", "--reason", "why", tmp_path / "b")
    commit = main.id_of("HEAD")

    for folder, number in ((main.root, 0), (main.root / "sub", 0), (tmp_path / "a", 1)):
        expected = [
            Worktree(str(main.root), "main", commit, bare=False, locked=None),
            Worktree(str(tmp_path / "a"), "side/a", commit, bare=False, locked=None),
            Worktree(str(tmp_path / "b"), None, commit, bare=False, locked="why"),
        ]
        expected[number] = expected[number]._replace(here=True)
        assert listed(folder) == expected


def test_unborn_branch_has_no_commit(tmp_path: Path) -> None:
    made = Repository(tmp_path / "new")

    (only,) = listed(made.root)

    assert only == (str(made.root), "main", None, False, None, True)


@pytest.mark.parametrize("name", ["new\nline", "locked\n\nbare", "spa ce", b"\xff\xfe"])
def test_paths_may_hold_any_character(main: Repository, tmp_path: Path, name: str | bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    main.git("worktree", "add", "-q", "--detach", path)

    trees = listed(path)

    assert [tree.path for tree in trees if tree.here] == [str(path)]
    assert [(tree.bare, tree.locked) for tree in trees] == [(False, None)] * 2


def test_bare_repository_is_an_entry_without_files(main: Repository, tmp_path: Path) -> None:
    main.git("clone", "-q", "--bare", main.root, tmp_path / "bare.git")
    main.git("--git-dir", tmp_path / "bare.git", "worktree", "add", "-q", tmp_path / "a", "main")

    first, second = listed(tmp_path / "a")

    assert (first.path, first.bare, first.here) == (str(tmp_path / "bare.git"), True, False)
    assert (second.path, second.bare, second.here) == (str(tmp_path / "a"), False, True)


def test_moved_work_tree_is_found_where_it_is_asked(main: Repository, tmp_path: Path) -> None:
    main.git("worktree", "add", "-q", tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "b")

    assert [tree.path for tree in listed(tmp_path / "b") if tree.here] == [str(tmp_path / "b")]
    assert [tree.path for tree in listed(main.root)][1:] == [str(tmp_path / "a")]


def test_work_tree_of_a_moved_repository_is_refused(main: Repository, tmp_path: Path) -> None:
    main.git("worktree", "add", "-q", tmp_path / "a")
    main.root.rename(tmp_path / "elsewhere")

    with pytest.raises(GitError, match="not a git repository"):
        listed(tmp_path / "a")
    moved = find_repository(str(tmp_path / "elsewhere"))
    assert [tree.path for tree in list_worktrees(moved)] == [moved.top, str(tmp_path / "a")]
    assert not belongs_to(moved, str(tmp_path / "a"))


def test_main_work_tree_of_a_submodule_is_its_checkout(main: Repository, tmp_path: Path) -> None:
    outer = Repository(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", main.root, "inner")
    inner = outer.root / "inner"
    outer.git("-C", inner, "worktree", "add", "-q", tmp_path / "a")

    for folder in (inner, tmp_path / "a"):
        assert [tree.path for tree in listed(folder)] == [str(inner), str(tmp_path / "a")]
        assert [tree.path for tree in listed(folder) if tree.here] == [str(folder)]
    assert belongs_to(find_repository(str(tmp_path / "a")), str(inner))


def test_main_work_tree_that_git_does_not_know_belongs_to_nothing(
    main: Repository, tmp_path: Path
) -> None:
    work, git = tmp_path / "work", tmp_path / "apart.git"
    main.git("clone", "-q", f"--separate-git-dir={git}", main.root, work)
    main.git("-C", work, "worktree", "add", "-q", tmp_path / "a")

    assert [tree.path for tree in listed(work)] == [str(work), str(tmp_path / "a")]
    first, _ = listed(tmp_path / "a")
    assert first.path == str(git)
    assert not belongs_to(find_repository(str(tmp_path / "a")), first.path)


def test_folder_with_another_repository_does_not_belong(main: Repository, tmp_path: Path) -> None:
    top = tmp_path / "a"
    main.git("worktree", "add", "-q", top)
    repository = find_repository(str(main.root))
    assert belongs_to(repository, str(top))

    shutil.rmtree(top)
    assert not belongs_to(repository, str(top))
    Repository(top)
    assert not belongs_to(repository, str(top))
    shutil.rmtree(top / ".git")
    os.mkfifo(top / ".git")
    assert not belongs_to(repository, str(top))


def test_list_of_another_repository_in_the_environment_is_not_taken(
    main: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))

    assert [tree.path for tree in listed(main.root)] == [str(main.root)]
