"""The scratch repository, and the objects that are read in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from git_repository import Repository, files_in

from yoi_relations.errors import GitError
from yoi_relations.git import objects
from yoi_relations.git.objects import (
    LINK,
    SUBMODULE,
    ObjectReader,
    TreeEntry,
    list_tree,
)
from yoi_relations.git.repository import find_revision
from yoi_relations.git.scratch import ScratchRepository

ODD_NAMES = [b"plain", b"new\nline", b'q"uote', b"\xff\xfe", b"sub/deep/file", b"tab\t"]


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    made = Repository(tmp_path / 'wo:r"k\\\n', request.param)
    root = os.fsencode(made.root)
    for name in ODD_NAMES:
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        Path(os.fsdecode(path)).write_bytes(b"in " + name)
    (made.root / "program").touch(0o755)
    (made.root / "link").symlink_to("nowhere")
    made.commit()
    return made


@pytest.fixture
def cache(tmp_path: Path) -> str:
    (tmp_path / "cache").mkdir()
    return str(tmp_path / "cache")


@pytest.fixture
def scratch(repository: Repository, cache: str) -> Iterator[ScratchRepository]:
    found = find_revision(str(repository.root), "HEAD").repository
    with ScratchRepository(found, cache) as made:
        yield made


@pytest.fixture
def reader(repository: Repository, cache: str) -> Iterator[ObjectReader]:
    found = find_revision(str(repository.root), "HEAD").repository
    with ObjectReader(found, cache) as made:
        yield made


def test_trees_and_objects_are_read(
    repository: Repository, scratch: ScratchRepository, reader: ObjectReader
) -> None:
    tree = repository.id_of("HEAD^{tree}")
    entries = {entry.path: entry for entry in list_tree(scratch, tree)}
    assert entries.keys() == {*ODD_NAMES, b"program", b"link"}
    assert entries[b"program"].mode == 0o100755
    assert entries[b"link"].mode == LINK
    ids = [entries[name].id for name in ODD_NAMES]
    found = list(reader.read_all(ids))
    assert [(blob.id, blob.type, blob.data) for blob in found] == [
        (id_, "blob", b"in " + name) for id_, name in zip(ids, ODD_NAMES, strict=True)
    ]
    commit = reader.read(f"{repository.id_of('HEAD')}^{{}}")
    assert (commit.type, commit.data[:5]) == ("commit", b"tree ")
    below = reader.tree(tree)
    assert {entry.path for entry in below} == {path.partition(b"/")[0] for path in entries}
    (folder,) = [entry for entry in below if entry.path == b"sub"]
    (deep,) = reader.tree(folder.id)
    assert reader.tree(deep.id) == [TreeEntry(0o100644, entries[b"sub/deep/file"].id, b"file")]


def test_submodule_is_an_entry(repository: Repository, scratch: ScratchRepository) -> None:
    commit = repository.id_of("HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},module")
    tree = repository.git("write-tree")
    assert TreeEntry(SUBMODULE, commit, b"module") in list(list_tree(scratch, tree))


def test_start_of_a_large_object_is_read(repository: Repository, reader: ObjectReader) -> None:
    large = repository.git("hash-object", "-w", "--stdin", stdin=b"x" * 300_000)
    small = repository.git("hash-object", "-w", "--stdin", stdin=b"small")
    found = list(reader.read_all([large, small], limit=10))
    assert [(blob.size, blob.data) for blob in found] == [(300_000, b"x" * 10), (5, b"small")]
    assert [reader.read(large, 10), reader.read(small, 10)] == found


def test_missing_object_is_not_an_error_of_the_others(
    repository: Repository, scratch: ScratchRepository, reader: ObjectReader
) -> None:
    here = repository.git("hash-object", "-w", "--stdin", stdin=b"here")
    gone = here[::-1]
    found = list(reader.read_all([gone, here, gone]))
    assert [(blob.id, blob.type) for blob in found] == [(gone, ""), (here, "blob"), (gone, "")]
    assert reader.read(gone).type == ""
    with pytest.raises(GitError, match=gone):
        reader.tree(gone)
    with pytest.raises(GitError):
        reader.tree(here)
    with pytest.raises(GitError):
        list(list_tree(scratch, gone))


def test_tree_beyond_the_limit_is_an_error(
    repository: Repository, reader: ObjectReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects.ObjectReader.read, "__defaults__", (10,))
    with pytest.raises(GitError, match="too large"):
        reader.tree(repository.id_of("HEAD^{tree}"))


def test_no_question_starts_no_process(
    reader: ObjectReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert list(reader.read_all([])) == []


def test_missing_blobs_of_a_partial_clone_are_not_fetched(tmp_path: Path, cache: str) -> None:
    made = Repository(tmp_path / "origin")
    (made.root / "file").write_text("content")
    made.commit()
    made.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    made.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{made.root}", clone)
    blob = made.id_of("HEAD:file")
    found = find_revision(str(clone), "HEAD").repository
    with ObjectReader(found, cache) as reader:
        assert reader.read(blob).type == ""


@pytest.mark.parametrize("relative", [False, True])
def test_objects_of_alternates_are_found(tmp_path: Path, cache: str, *, relative: bool) -> None:
    made = Repository(tmp_path / "origin")
    made.commit()
    clone = tmp_path / "clone"
    made.git("clone", "-q", "--shared", made.root, clone)
    if relative:
        (clone / ".git/objects/info/alternates").write_text("../../../origin/.git/objects\n")
    found = find_revision(str(clone), "HEAD")
    with ObjectReader(found.repository, cache) as reader:
        assert reader.read(found.id).type == "commit"


def test_shallow_history_ends_without_an_error(tmp_path: Path, cache: str) -> None:
    made = Repository(tmp_path / "origin")
    made.commit("first")
    made.commit("second")
    clone = tmp_path / "clone"
    made.git("clone", "-q", "--depth=1", f"file://{made.root}", clone)
    found = find_revision(str(clone), "HEAD")
    assert found.repository.shallow == str(clone / ".git/shallow")
    with ScratchRepository(found.repository, cache) as scratch:
        ran = scratch.run("rev-list", found.id)
    assert (ran.returncode, ran.stdout.decode().split()) == (0, [found.id])


def test_scratch_repository_is_kept(
    repository: Repository, scratch: ScratchRepository, cache: str
) -> None:
    assert os.path.dirname(scratch.path) == cache
    before = files_in(Path(cache))
    with ScratchRepository(find_revision(str(repository.root), "HEAD").repository, cache) as again:
        assert again.path == scratch.path
    assert files_in(Path(cache)) == before


def _forge_config(path: Path) -> None:
    with (path / "config").open("a") as file:
        file.write("[core]\n\tfsmonitor = touch /tmp/mark\n")


def _add_hooks(path: Path) -> None:
    (path / "hooks").mkdir()


def _add_alternates(path: Path) -> None:
    (path / "objects/info").mkdir()
    (path / "objects/info/alternates").write_text("/somewhere\n")


def _add_reference(path: Path) -> None:
    (path / "refs/replace").mkdir()


def _link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to("other")


def _link_folder(path: Path) -> None:
    (path / "refs").rmdir()
    (path.parent / "empty").mkdir()
    (path / "refs").symlink_to("../empty")


def _link_config(path: Path) -> None:
    (path / "config").rename(path.parent / "config")
    (path / "config").symlink_to("../config")


def _remove_head(path: Path) -> None:
    (path / "HEAD").unlink()


def _be_a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.touch()


@pytest.mark.parametrize(
    "tamper",
    [
        _forge_config,
        _add_hooks,
        _add_alternates,
        _add_reference,
        _link,
        _link_folder,
        _link_config,
        _remove_head,
        _be_a_file,
    ],
)
def test_folder_that_a_checkout_brought_is_not_used(
    repository: Repository, scratch: ScratchRepository, cache: str, tamper: Callable[[Path], None]
) -> None:
    tamper(Path(scratch.path))
    before = files_in(Path(cache))
    found = find_revision(str(repository.root), "HEAD")
    with ScratchRepository(found.repository, cache) as other:
        assert not other.path.startswith(cache)
        assert other.run("cat-file", "-t", found.id).stdout == b"commit\n"
    assert not os.path.exists(os.path.dirname(other.path))
    assert files_in(Path(cache)) == before


@pytest.mark.parametrize("folder", [None, "/nowhere/cache"])
def test_scratch_repository_is_temporary_where_there_is_no_cache(
    repository: Repository, folder: str | None
) -> None:
    found = find_revision(str(repository.root), "HEAD")
    with ScratchRepository(found.repository, folder) as scratch:
        assert scratch.run("cat-file", "-t", found.id).stdout == b"commit\n"
    assert not os.path.exists(scratch.path)


def test_unknown_format_is_refused(repository: Repository) -> None:
    found = find_revision(str(repository.root), "HEAD").repository
    with pytest.raises(GitError):
        ScratchRepository(found._replace(object_format="sha512"), None)


def test_environment_of_the_caller_chooses_nothing(
    repository: Repository, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find_revision(str(repository.root), "HEAD").repository
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "touch mark")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    with ScratchRepository(found, cache) as scratch:
        names = {name for name in scratch.environment() if name.startswith("GIT_")}
    assert not names & {"GIT_EXTERNAL_DIFF", "GIT_CONFIG_COUNT"}


def test_repository_for_objects_is_removed(repository: Repository, cache: str) -> None:
    found = find_revision(str(repository.root), "HEAD").repository
    with ScratchRepository(found, cache, for_objects=True) as first:
        with ScratchRepository(found, cache, for_objects=True) as second:
            assert first.path != second.path
            ran = second.run("hash-object", "-w", "--stdin", stdin=b"new")
            assert (ran.returncode, os.path.dirname(second.path)) == (0, cache)
        assert os.listdir(cache) == [os.path.basename(first.path)]
    assert os.listdir(cache) == []
