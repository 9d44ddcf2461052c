"""The repository around a folder, and what a revision names in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from git_repository import Repository

from yoi_relations.errors import GitError, RevisionError
from yoi_relations.git.repository import find_revision, find_revisions


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    (made.root / "a/b").mkdir(parents=True)
    (made.root / "a/b/file").write_text("one")
    made.commit("first")
    (made.root / "a/b/file").write_text("two")
    made.commit("second")
    return made


def test_repository_is_found_from_a_subfolder(repository: Repository) -> None:
    found = find_revision(str(repository.root / "a/b"), "HEAD")
    assert found.id == repository.id_of("HEAD")
    assert found.repository == (
        str(repository.root / "a/b"),
        "a/b",
        str(repository.root / ".git"),
        "sha1",
    )
    assert find_revision(str(repository.root), "HEAD").repository.prefix == ""


def test_linked_work_tree_has_its_own_head_and_the_common_folder(
    repository: Repository, tmp_path: Path
) -> None:
    repository.git("worktree", "add", "-q", "--detach", tmp_path / "linked", "HEAD~1")
    found = find_revision(str(tmp_path / "linked"), "HEAD")
    assert found.id == repository.id_of("HEAD~1")
    assert found.repository.objects == str(repository.root / ".git/objects")


@pytest.mark.parametrize("name", ["new\nline", 'q"uote', "co:lon", "back\\slash", "ümlaut"])
def test_paths_may_hold_any_character(tmp_path: Path, name: str) -> None:
    made = Repository(tmp_path / name)
    commit = made.commit()
    (made.root / name).mkdir()
    found = find_revision(str(made.root / name), "HEAD")
    assert (found.id, found.repository.prefix) == (commit, name)
    assert found.repository.common == str(made.root / ".git")


def test_names_of_any_form_are_resolved(repository: Repository, git_calls: Path) -> None:
    repository.git("tag", "-a", "-m", "note", "v1", "HEAD~1")
    repository.git("branch", "side", "HEAD~1")
    folder = str(repository.root)
    for name in ("v1", "side", "HEAD~1", "main@{1}", "HEAD^{tree}", "HEAD:a/b/file", ":/first"):
        expected = repository.id_of(name)
        found = find_revision(folder, name)
        assert (found.name, found.id) == (name, expected)
        git_calls.write_text("")
        assert find_revisions(folder, [name, "main"]) == [found, find_revision(folder, "main")]
        assert find_revisions(folder, ["main", name])[1] == found
        assert len(git_calls.read_text().splitlines()) == 3  # one each, and one for `main`


def test_short_reflog_is_a_warning(repository: Repository) -> None:
    found = find_revision(str(repository.root), "main@{2020-01-01}")
    assert found.id
    assert "only goes back to" in found.warning
    assert find_revision(str(repository.root), "main").warning == ""
    for names in (["main@{2020-01-01}", "HEAD"], ["HEAD", "main@{2020-01-01}"]):
        both = find_revisions(str(repository.root), names)
        assert {each.id for each in both} == {found.id, repository.id_of("HEAD")}
        assert [each.warning for each in both] == [found.warning, ""]


@pytest.mark.parametrize(
    "name",
    [
        *("nothing", "", "--all", "-x", "HEAD HEAD", "HEAD..HEAD~1", "main@{9}", "HEAD:none"),
        *("HEAD^@", "HEAD^!", "HEAD^-", "a/b", "a/b/file"),
    ],
)
def test_name_of_nothing_is_refused(repository: Repository, name: str) -> None:
    folder = str(repository.root)
    raised = []
    for names in ([name], [name, "HEAD"], ["HEAD", name]):
        with pytest.raises(RevisionError) as error:
            find_revisions(folder, names)
        raised.append(error.value)
    with pytest.raises(RevisionError) as error:
        find_revision(folder, name)
    for each in (error.value, *raised):
        assert each.message.startswith(f"{name}: " if name else "the name ")
        assert (each.message, each.exit_code) == (error.value.message, 2)


def test_unborn_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="no commit yet"):
        find_revision(str(Repository(tmp_path / "new").root), "HEAD")


def test_folder_without_repository_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GitError) as raised:
        find_revision(str(tmp_path), "HEAD")
    assert raised.value.message.startswith(f"{tmp_path}: ")


def test_bare_repository_around_is_not_used(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    Repository(tmp_path / "work").git("init", "-q", "--bare", bare)
    (bare / "inner").mkdir()
    with pytest.raises(GitError, match="bare"):
        find_revision(str(bare / "inner"), "HEAD")


def test_missing_git_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitError, match="git: cannot be run"):
        find_revision(str(tmp_path), "HEAD")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")
def test_repository_of_another_owner_is_refused_with_the_advice_of_git(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("SUDO_UID", raising=False)
    for path in (repository.root, repository.root / ".git"):
        os.chown(path, 4711, 4711)
    with pytest.raises(GitError) as raised:
        find_revision(str(repository.root), "HEAD")
    assert "safe.directory" in (raised.value.hint or "")


def test_advice_about_a_path_with_a_newline_is_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Repository(tmp_path / "new\nline")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError, match="dubious ownership") as raised:
        find_revision(str(made.root), "HEAD")
    # In one line, the command would name another folder.
    assert "safe.directory" not in (raised.value.hint or "")


def test_variables_do_not_choose_another_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.commit("other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    found = find_revision(str(repository.root), "HEAD")
    monkeypatch.undo()
    assert found.id == repository.id_of("HEAD")


def test_replaced_objects_are_not_followed(repository: Repository) -> None:
    first, second = repository.id_of("HEAD~1"), repository.id_of("HEAD")
    repository.git("replace", "--graft", second)
    assert find_revision(str(repository.root), "HEAD~1").id == first
