"""The indexes of revisions: how many git processes they take, which are kept, what is written."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from at_checkout import answers, workspace_of
from git_repository import Repository, files_in
from workspace_builder import A, B, C, Ran, Workspace

from yoi_relations.index import revision_build, store

CACHE = ".yoi/cache/relations"
MANY = [f"00001KT1{number:05d}" for number in range(40)]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Six commits, each of which changes one of many tickets."""
    made = Repository(tmp_path / "work")
    workspace = Workspace(made.root).pair("blocked_by", "first")
    for id_ in MANY:
        workspace.ticket(id_)
        workspace.record(id_, "after", A)
    made.commit()
    for number in range(5):
        workspace.ticket(MANY[number], "done")
        made.commit()
    return made


def commands(git_calls: Path) -> list[str]:
    """The names of the commands since the last call."""
    known = ("rev-parse", "cat-file", "ls-tree", "ls-files", "diff-index", "worktree")
    lines = git_calls.read_text().splitlines()
    git_calls.write_text("")
    return [next((name for name in known if name in line.split()), line) for line in lines]


def show(repository: Repository, name: str) -> Ran:
    ran = workspace_of(repository.root).run("show", "--json", "--at", name)
    assert ran.code == 0, ran
    return ran


def kept(repository: Repository) -> set[str]:
    """The tickets trees whose indexes are kept."""
    names = [path.name for path in (repository.root / CACHE).iterdir()]
    return {name[:-8].rpartition("-")[2] for name in names if name.endswith(".sqlite3")} - {
        f"v{store.SCHEMA_VERSION}.{store.PARSER_VERSION}"
    }


def tree_of(repository: Repository, name: str) -> str:
    return repository.id_of(f"{name}:.yoi/tickets")


def test_number_of_git_processes_does_not_depend_on_the_size(
    repository: Repository, git_calls: Path
) -> None:
    show(repository, "HEAD~3")
    assert commands(git_calls) == ["rev-parse", "cat-file", "ls-tree"]
    show(repository, "HEAD~3")
    assert commands(git_calls) == ["rev-parse"]
    show(repository, "HEAD~2")
    assert commands(git_calls) == ["rev-parse", "cat-file"]
    shutil.rmtree(repository.root / ".yoi/tickets")
    Workspace(repository.root).pair()
    repository.commit("all others are gone")
    commands(git_calls)
    show(repository, "HEAD")
    assert commands(git_calls) == ["rev-parse", "cat-file", "ls-tree"]


def test_index_of_a_merge_that_was_not_made_is_in_nobodys_way(
    repository: Repository, git_calls: Path
) -> None:
    repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    Workspace(repository.root).ticket(A, "closed")
    repository.commit()
    repository.git("checkout", "-q", "main")
    assert workspace_of(repository.root).run("diff", "--merge", "side").code == 0
    assert len(kept(repository)) == 3
    commands(git_calls)
    show(repository, "HEAD~3")
    assert commands(git_calls) == ["rev-parse", "cat-file"]


def test_revisions_that_are_compared_are_read_with_the_same_processes(
    repository: Repository, git_calls: Path
) -> None:
    workspace = workspace_of(repository.root)
    workspace.run("show")
    repository.git("worktree", "add", "-q", "../linked")
    base = ["rev-parse", "cat-file", "ls-tree"]
    committed = ["ls-tree"]  # which records are committed
    for options, processes in (
        (("--base", "HEAD~2"), base + committed),
        (("--at", "HEAD", "--base", "HEAD~2"), base),
        (("--at", "HEAD", "--base", ":"), [*base, "ls-files"]),
        (("--at", ":", "--base", "HEAD~2"), ["rev-parse", "ls-files", "cat-file"]),
        (("--worktrees", "--base", "HEAD~2"), [*base, "worktree"]),
    ):
        for path in (repository.root / CACHE).glob("index-*-*"):
            path.unlink()
        commands(git_calls)
        assert workspace.run("check", A, *options).code == 10
        assert commands(git_calls) == processes, options


def test_update_of_another_index_equals_a_new_one(repository: Repository) -> None:
    workspace = Workspace(repository.root)
    shutil.rmtree(workspace.tickets / MANY[9])
    (workspace.tickets / "open").mkdir()
    (workspace.tickets / MANY[8]).rename(workspace.tickets / "open" / MANY[8])
    workspace.ticket(C, "ready")
    workspace.record(C, "blocked_by", B)
    repository.commit()
    names = ["HEAD", "HEAD~3", "HEAD~1", "HEAD~4"]
    updated = [answers(repository.root, "--at", name) for name in names]
    fresh = []
    for name in names:
        shutil.rmtree(repository.root / CACHE)
        fresh.append(answers(repository.root, "--at", name))
    assert updated == fresh


def test_index_is_also_updated_where_most_folders_differ(
    repository: Repository, git_calls: Path
) -> None:
    workspace = Workspace(repository.root)
    (workspace.tickets / "open").mkdir()
    for number, id_ in enumerate(MANY[:28]):
        workspace.ticket(id_, "ready")
        workspace.record(id_, "blocked_by", MANY[number + 1])
        workspace.relations_json(id_, {"kind": "related", "target": B})
    (workspace.tickets / MANY[30]).rename(workspace.tickets / "open" / MANY[30])
    repository.commit()
    show(repository, "HEAD~1")
    commands(git_calls)
    updated = show(repository, "HEAD").json
    assert commands(git_calls) == ["rev-parse", "cat-file"]
    number, digest = generation(repository, "HEAD")
    assert number == 2
    commands(git_calls)
    shutil.rmtree(repository.root / CACHE)
    assert show(repository, "HEAD").json["relations"] == updated["relations"]
    assert commands(git_calls) == ["rev-parse", "cat-file", "ls-tree"]
    assert generation(repository, "HEAD") == (1, digest)


def test_index_is_made_from_the_nearest(repository: Repository) -> None:
    workspace = Workspace(repository.root)
    repository.git("checkout", "-q", "-b", "far")
    for id_ in MANY[10:35]:
        workspace.ticket(id_, "done")
    repository.commit()
    repository.git("checkout", "-q", "-b", "near", "main")
    for id_ in MANY[35:37]:  # more than the share that needs no nearer one
        workspace.ticket(id_, "done")
    repository.commit()
    show(repository, "main")
    show(repository, "far")
    used_last = Path(store.stamp_path(index_of(repository, "far")))
    used_last.touch()
    later = used_last.stat().st_mtime + 100
    os.utime(used_last, (later, later))
    show(repository, "near")
    assert [generation(repository, name)[0] for name in ("main", "far", "near")] == [1, 2, 2]


def generation(repository: Repository, name: str) -> tuple[int, str]:
    """The number of an index, one more than that of what it was made from; and its digest."""
    with closing(sqlite3.connect(index_of(repository, name))) as connection:
        ((number, digest),) = connection.execute("SELECT number, digest FROM generation")
        return number, digest


def test_commits_with_the_same_tickets_share_an_index(
    repository: Repository, git_calls: Path
) -> None:
    (repository.root / "other").write_text("x")
    repository.commit()
    show(repository, "HEAD~1")
    commands(git_calls)
    assert show(repository, "HEAD").json["workspace"]["at"]["commit"] == repository.id_of("HEAD")
    assert commands(git_calls)[:2] == ["rev-parse", "cat-file"]
    assert kept(repository) == {tree_of(repository, "HEAD")}


def test_those_that_were_not_used_for_longest_are_removed(repository: Repository) -> None:
    for number in range(4):
        show(repository, f"HEAD~{number}")
    used_last = Path(store.stamp_path(index_of(repository, "HEAD")))
    used_last.touch()
    later = used_last.stat().st_mtime + 100
    os.utime(used_last, (later, later))
    show(repository, "HEAD~4")
    show(repository, "HEAD~5")
    assert len(kept(repository)) == revision_build.MAX_KEPT
    assert kept(repository) > {tree_of(repository, name) for name in ("HEAD", "HEAD~4", "HEAD~5")}


def test_answer_marks_its_index_as_used(repository: Repository) -> None:
    show(repository, "HEAD")
    stamp = Path(store.stamp_path(index_of(repository, "HEAD")))
    stamp.touch()
    os.utime(stamp, (1, 1))
    show(repository, "HEAD")
    assert stamp.stat().st_mtime > 1


def index_of(repository: Repository, name: str) -> str:
    (path,) = (repository.root / CACHE).glob(f"index-*-{tree_of(repository, name)}.sqlite3")
    return str(path)


def test_kept_indexes_have_a_limit_of_size(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(repository, "HEAD")
    size = os.path.getsize(index_of(repository, "HEAD"))
    monkeypatch.setattr(revision_build, "MAX_KEPT_SIZE", int(2.5 * size))
    for number in range(1, 4):
        show(repository, f"HEAD~{number}")
        assert tree_of(repository, f"HEAD~{number}") in kept(repository)
    assert len(kept(repository)) == 2
    monkeypatch.setattr(revision_build, "MAX_KEPT_SIZE", 1)
    show(repository, "HEAD~4")
    assert kept(repository) == {tree_of(repository, "HEAD~4")}


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_damaged_index_is_made_again(repository: Repository, damage: bytes | None) -> None:
    before = show(repository, "HEAD~2").out
    path = Path(index_of(repository, "HEAD~2"))
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    assert show(repository, "HEAD~2").out == before
    show(repository, "HEAD~1")
    assert show(repository, "HEAD~2").out == before


def test_index_of_another_root_with_the_same_tickets_is_not_used(repository: Repository) -> None:
    show(repository, "HEAD")
    (repository.root / ".yoi/tickets").rename(repository.root / "items")
    (repository.root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "items"\n')
    repository.commit()
    answer = show(repository, "HEAD").json
    assert answer["workspace"]["tickets_root"] == "items"
    assert all(
        record["path"].startswith("items/")
        for relation in answer["relations"]
        for record in relation["records"]
    )


def test_revision_with_links_is_read_each_time(repository: Repository) -> None:
    Workspace(repository.root).ticket(C)
    (repository.root / ".yoi/tickets" / "link").symlink_to(f"../../{C}")
    repository.commit()
    show(repository, "HEAD~1")
    first = answers(repository.root, "--at", "HEAD")
    assert kept(repository) == {tree_of(repository, "HEAD~1")}
    (repository.root / C).write_text("the link leads to a file now")
    repository.commit()
    assert answers(repository.root, "--at", "HEAD") != first
    assert answers(repository.root, "--at", "HEAD~1") == first


def test_present_index_and_repository_are_not_touched(repository: Repository) -> None:
    workspace = workspace_of(repository.root)
    workspace.run("show")
    present = repository.root / CACHE / f"index-v{store.SCHEMA_VERSION}.{store.PARSER_VERSION}"
    before = repository.files_of_git()
    status = os.stat(f"{present}.sqlite3")
    for number in range(6):
        show(repository, f"HEAD~{number}")
    assert repository.files_of_git() == before
    assert os.stat(f"{present}.sqlite3") == status
    assert repository.git("status", "--porcelain") == ""


def test_cache_that_cannot_be_written_is_no_obstacle(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = show(repository, "HEAD~1").out
    shutil.rmtree(repository.root / CACHE)
    (repository.root / CACHE).write_text("a file")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    ran = show(repository, "HEAD~1")
    assert ran.out == before
    assert [line["level"] for line in ran.errors] == ["notice"]
    assert files_in(temporary) == {}


def test_nothing_is_touched_through_a_link(repository: Repository, tmp_path: Path) -> None:
    show(repository, "HEAD")
    (tmp_path / "outside").touch()
    os.utime(tmp_path / "outside", (1, 1))
    Path(store.stamp_path(index_of(repository, "HEAD"))).symlink_to(tmp_path / "outside")
    show(repository, "HEAD")
    assert (tmp_path / "outside").stat().st_mtime == 1


def test_lock_of_another_process_is_not_waited_for(repository: Repository) -> None:
    show(repository, "HEAD")
    with (repository.root / CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = show(repository, "HEAD~1")
    assert (ran.err, kept(repository)) == ("", {tree_of(repository, "HEAD")})


def test_answer_names_the_revision(repository: Repository) -> None:
    commit = repository.id_of("HEAD~1")
    at = show(repository, "HEAD~1").json["workspace"]["at"]
    assert (at["rev"], at["commit"]) == ("HEAD~1", commit)
    assert "at" not in workspace_of(repository.root).show()["workspace"]
    repository.git("tag", "-a", "-m", "a tree", "of-a-tree", "HEAD~1^{tree}")
    for name in ("HEAD~1^{tree}", "of-a-tree"):
        ran = show(repository, name)
        assert ran.json["workspace"]["at"] == {"rev": name, "commit": None, "time": None}
        assert ran.json["relations"] == show(repository, "HEAD~1").json["relations"]


def test_time_of_a_commit_is_in_utc(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-01T00:30:00+0200")
    repository.commit()
    assert show(repository, "HEAD").json["workspace"]["at"]["time"] == "2026-02-28T22:30:00Z"


@pytest.mark.parametrize(
    ("name", "code"), [("HEAD:other", "revision"), ("nothing", "revision"), ("empty", "workspace")]
)
def test_revision_without_tickets_is_an_error_in_words(
    repository: Repository, name: str, code: str
) -> None:
    (repository.root / "other").write_text("x")
    repository.commit()
    repository.git("tag", "empty", repository.git("mktree"))
    ran = workspace_of(repository.root).run("show", "--json", "--at", name)
    assert (ran.code, ran.out) == (2 if code == "revision" else 1, "")
    error = ran.errors[-1]["error"]
    assert (error["code"], error["message"].startswith(f"{name}: ")) == (code, True)


def test_warning_of_git_is_passed_on(repository: Repository) -> None:
    ran = show(repository, "main@{2020-01-01}")
    assert "only goes back to" in ran.errors[0]["message"]


def test_record_and_path_are_found_in_a_revision(repository: Repository) -> None:
    (record,) = (repository.root / ".yoi/tickets" / A / "artifacts/relations").iterdir()
    shutil.rmtree(record.parent)
    for name in (record.stem, f".yoi/tickets/{A}", str(record.relative_to(repository.root))):
        ran = workspace_of(repository.root).run("show", name, "--json", "--at", "HEAD")
        assert (ran.code, len(ran.json["relations"]) > 0) == (0, True), name
