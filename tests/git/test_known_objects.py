"""Objects that lead to the tickets of a revision: git is not asked for them twice."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from at_checkout import answers, workspace_of
from git_repository import Repository
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace_builder import B, Workspace

from yoi_relations.files.known_objects import known_objects_file, read_known_objects, with_used
from yoi_relations.git.objects import GitObject

CACHE = ".yoi/cache/relations"
LIMIT = 64 << 10
"""Bytes of the file, at most."""
NAMES = ("HEAD", "HEAD~1", "v1", "v1-again", "HEAD^{tree}")


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """Two commits with tickets, of which the first one has tags."""
    made = Repository(tmp_path / "work", request.param)
    workspace = Workspace(made.root).pair("blocked_by", "why")
    (made.root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = ".yoi/tickets"\n')
    made.commit()
    made.git("tag", "-a", "-m", "a tag", "v1")
    made.git("tag", "-a", "-m", "a tag of a tag", "v1-again", "v1")
    workspace.ticket(B, "done")
    made.commit()
    return made


def file_of(repository: Repository) -> Path:
    (path,) = (repository.root / CACHE).glob("objects-*")
    return path


def asked(repository: Repository, git_calls: Path, *line: str) -> list[str]:
    """The commands of git that one command starts."""
    git_calls.write_text("")
    assert workspace_of(repository.root).run(*line).code == 0
    known = ("rev-parse", "cat-file", "ls-tree")
    lines = git_calls.read_text().splitlines()
    return [next((name for name in known if name in line.split()), line) for line in lines]


def test_git_is_asked_once_for_what_leads_to_the_tickets(
    repository: Repository, git_calls: Path
) -> None:
    assert asked(repository, git_calls, "show", "--at", "v1") == [
        "rev-parse",
        "cat-file",
        "ls-tree",
    ]
    assert asked(repository, git_calls, "show", "--at", "v1") == ["rev-parse"]
    assert asked(repository, git_calls, "show", "--at", "HEAD~1") == ["rev-parse"]
    assert asked(repository, git_calls, "show", "--at", "v1-again") == ["rev-parse", "cat-file"]
    assert asked(repository, git_calls, "show", "--at", "v1-again") == ["rev-parse"]
    assert "cat-file" in asked(repository, git_calls, "diff", "v1", "HEAD")
    assert asked(repository, git_calls, "diff", "v1", "HEAD") == ["rev-parse"]
    assert asked(repository, git_calls, "diff", "v1..HEAD") == ["rev-parse"]
    assert asked(repository, git_calls, "diff", "v1...HEAD") == ["rev-parse"]


def test_answers_are_those_of_git(repository: Repository) -> None:
    first = {name: answers(repository.root, "--at", name) for name in NAMES}
    assert {name: answers(repository.root, "--at", name) for name in NAMES} == first
    for name in NAMES:
        file_of(repository).unlink()
        assert answers(repository.root, "--at", name) == first[name]


def test_commit_that_is_named_by_its_id_has_to_be_there(
    repository: Repository, git_calls: Path
) -> None:
    commit = repository.id_of("HEAD~1")
    for name in ("HEAD~1", commit, commit.upper()):
        asked(repository, git_calls, "show", "--at", name)
    assert asked(repository, git_calls, "show", "--at", commit) == ["rev-parse", "cat-file"]

    repository.git("checkout", "-q", "--orphan", "other")
    repository.git("tag", "-d", "v1", "v1-again")
    repository.git("branch", "-D", "main")
    (repository.root / ".git/objects" / commit[:2] / commit[2:]).unlink()
    for name in (commit, commit.upper()):
        ran = workspace_of(repository.root).run("show", "--json", "--at", name)
        assert (ran.code, ran.out) == (1, "")
        assert ran.errors[-1]["error"]["code"] == "git_failed"


def _forge(path: Path) -> None:
    """Give each object the content of another one."""
    found = read_known_objects(str(path.parent), path.name.removeprefix("objects-"))
    contents = [(each.type, each.data) for each in found.values()]
    path.write_bytes(
        b"".join(
            b"%s %s %d\n%s" % (id_.encode(), type_.encode(), len(data), data)
            for id_, (type_, data) in zip(found, contents[::-1], strict=True)
        )
    )


def _claim_more(path: Path) -> None:
    """Say that a tree is larger than it is."""
    found = read_known_objects(str(path.parent), path.name.removeprefix("objects-"))
    tree = next(each for each in found.values() if each.type == "tree")
    path.write_bytes(b"%s tree 99999\n%s" % (tree.id.encode(), tree.data))


def _link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to("other")


def _be_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _be_a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _be_too_large(path: Path) -> None:
    path.write_bytes(b"x" * (LIMIT + 1))


@pytest.mark.parametrize(
    "tamper", [_forge, _claim_more, _link, _be_a_folder, _be_a_fifo, _be_too_large, Path.unlink]
)
def test_file_that_cannot_be_used_does_not_matter(
    repository: Repository, git_calls: Path, tamper: object
) -> None:
    first = answers(repository.root, "--at", "HEAD")
    tamper(file_of(repository))  # type: ignore[operator]  # mypy joins the functions to an object
    assert answers(repository.root, "--at", "HEAD") == first
    if tamper is not _be_a_folder:
        assert asked(repository, git_calls, "show", "--at", "HEAD") == ["rev-parse"]
        assert file_of(repository).is_file()
        assert not file_of(repository).is_symlink()


def test_file_behind_a_link_is_neither_read_nor_written(
    repository: Repository, tmp_path: Path, git_calls: Path
) -> None:
    asked(repository, git_calls, "show", "--at", "HEAD")
    shutil.move(repository.root / ".yoi/cache", tmp_path / "cache")
    (repository.root / ".yoi/cache").symlink_to(tmp_path / "cache")
    known = (
        tmp_path
        / "cache/relations"
        / known_objects_file(repository.git("rev-parse", "--show-object-format"))
    )
    known.unlink()
    assert "cat-file" in asked(repository, git_calls, "show", "--at", "HEAD")
    assert not known.exists()


def test_workspace_of_the_revision_may_be_another_folder(
    repository: Repository, git_calls: Path
) -> None:
    (repository.root / "inner/.yoi/tickets").mkdir(parents=True)
    line = ("show", "-C", "inner", "--at", "HEAD")
    for _ in range(2):
        assert "cat-file" in asked(repository, git_calls, *line)
    assert [*repository.root.glob("**/objects-*")] == []


_OBJECTS = st.lists(st.tuples(st.sampled_from(["commit", "tree", "blob"]), st.binary(max_size=99)))


def _id_of(type_: str, data: bytes) -> str:
    return hashlib.sha1(f"{type_} {len(data)}\0".encode() + data).hexdigest()  # noqa: S324  # as git


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(_OBJECTS, st.integers(0, 2000), st.binary(max_size=9))
def test_damage_can_only_hide_objects(
    tmp_path_factory: pytest.TempPathFactory,
    contents: list[tuple[str, bytes]],
    at: int,
    damage: bytes,
) -> None:
    folder = tmp_path_factory.mktemp("known")
    used = {
        _id_of(type_, data): GitObject(_id_of(type_, data), type_, len(data), data)
        for type_, data in contents
    }
    data = with_used({}, used) or b""
    path = folder / known_objects_file("sha1")
    path.write_bytes(data)
    assert read_known_objects(str(folder), "sha1") == used
    assert with_used(used, used) is None

    path.write_bytes(data[:at] + damage + data[at + len(damage) :])
    for id_, found in read_known_objects(str(folder), "sha1").items():
        assert (found.id, found.size) == (id_, len(found.data))
        assert _id_of(found.type, found.data) == id_


def test_file_is_bounded_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    known: dict[str, GitObject] = {}
    for number in range(30):
        data = b"%d" % number * 3000
        found = GitObject(_id_of("tree", data), "tree", len(data), data)
        content = with_used(known, {found.id: found})
        assert content is not None
        assert len(content) <= LIMIT
        (tmp_path / known_objects_file("sha1")).write_bytes(content)
        known = read_known_objects(str(tmp_path), "sha1")
        assert next(iter(known.values())) == found
    assert 5 < len(known) < 30


@pytest.mark.parametrize(
    "found", [("tree", 20_000, b"x" * 20_000), ("blob", 9, b"x"), ("", 0, b"")]
)
def test_what_is_large_or_not_whole_or_missing_is_not_kept(found: tuple[str, int, bytes]) -> None:
    assert with_used({}, {"id": GitObject("id", *found)}) is None
