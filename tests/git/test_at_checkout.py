"""``--at REV`` gives the answers of a checkout of that revision."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from at_checkout import answers, assert_same_as_checkout, workspace_of
from git_repository import Repository
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from queries import random_workspaces
from queries.file_mistakes import Pick
from queries.mistakes import MISTAKES
from workspace_builder import A, B, C, D, Workspace, ulid

from yoi_relations.git import objects

STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(MISTAKES)), st.integers(0, 10**6)), min_size=2, max_size=5
)


@settings(
    max_examples=12,
    deadline=None,
    # An example is made of some hundred commands, so shrinking one would take an hour.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(random_workspaces.WORKSPACES, random_workspaces.WORKSPACES, STEPS, st.randoms(), st.data())
def test_every_commit_gives_the_answers_of_a_checkout(
    first: Any, second: Any, steps: list[tuple[str, int]], order: Any, data: Any
) -> None:
    object_format = data.draw(st.sampled_from(["sha1", "sha1", "sha256"]))
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(Path(folder) / "work", object_format)
        commits = []
        for description in (first, second):
            shutil.rmtree(repository.root / ".yoi", ignore_errors=True)
            random_workspaces.build(repository.root, description)
            commits.append(repository.commit())
            for name, number in steps:
                with contextlib.suppress(Exception):  # a file may be broken already
                    MISTAKES[name](repository.root, Pick(number))
                commits.append(repository.commit())
        order.shuffle(commits)
        for commit in commits:
            assert_same_as_checkout(repository, commit, Path(folder) / "checkout")


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work", request.param)
    workspace = Workspace(made.root).pair("blocked_by", "first")
    workspace.ticket(C, "queued")
    workspace.record(C, "after", A)
    made.commit("the first tickets")
    return made


def _buckets(root: Path) -> None:
    for id_, bucket in ((A, "open"), (B, "closed")):
        (root / ".yoi/tickets" / bucket).mkdir(exist_ok=True)
        (root / ".yoi/tickets" / id_).rename(
            root / ".yoi/tickets" / bucket / f"20260607-020215-{id_}"
        )


def _mixed(root: Path) -> None:
    (root / ".yoi/tickets/pending").mkdir()
    (root / ".yoi/tickets" / A).rename(root / ".yoi/tickets/pending" / A)


def _odd_names(root: Path) -> None:
    workspace = Workspace(root)
    for number, name in enumerate(
        ['q"uote', "new\nline", "tab\t", "ümlaut", "u\u0308mlaut", "..."]
    ):
        workspace.ticket(name)
        workspace.record_file(name, f"{ulid(800 + number)}.md", b"---\nkind: related\n---\n")
    odd = os.fsencode(workspace.tickets) + b"/\xff\xfe"
    os.mkdir(odd)
    Path(os.fsdecode(odd), "item.md").write_text("---\nstate: ready\n---\n")


def _links(root: Path) -> None:
    workspace = Workspace(root)
    tickets = workspace.tickets
    (tickets / "linked-folder").symlink_to(A)
    (tickets / "linked-up").symlink_to(f"../tickets/{A}")
    (tickets / "dangling").symlink_to("nowhere")
    (tickets / "loose.md").symlink_to(f"{A}/item.md")
    (tickets / "loop").symlink_to("loop")
    (tickets / "a-file").touch()
    (tickets / "absolute").symlink_to("/a-file")
    (tickets / D).mkdir()
    (tickets / D / "item.md").symlink_to(f"../{A}/item.md")
    (tickets / D / "artifacts").symlink_to(f"../{A}/artifacts")
    shutil.rmtree(tickets / C / "artifacts")
    (tickets / C / "artifacts").mkdir()
    (tickets / C / "artifacts/relations").symlink_to(f"../../{A}/artifacts/relations")
    (tickets / C / "artifacts/relations.json").symlink_to("nowhere")


def _strays(root: Path) -> None:
    workspace = Workspace(root)
    record = "---\nkind: blocked_by\ntarget: " + B + "\n---\n"
    (workspace.tickets / "note.md").write_text(record)
    (workspace.tickets / "open").mkdir()
    (workspace.tickets / "open/item.md").write_text("---\nstate: ready\n---\n")
    (workspace.tickets / "open/loose.md").write_text(record)
    (workspace.tickets / "closed").write_text("a file")
    (workspace.tickets / "sub" / A).mkdir(parents=True)
    (workspace.tickets / "sub" / A / "item.md").write_text("---\nstate: ready\n---\n")
    workspace.artifact(A, "Relations/x", record)
    workspace.artifact(A, "relations/folder/inner.md", record)
    workspace.artifact(A, "relations/no-ending", record)
    workspace.artifact(A, "relation.json", "[]")
    (workspace.tickets / B / "Item.md").write_text("x")
    (workspace.tickets / ".hidden").mkdir()
    (workspace.tickets / ".hidden/item.md").write_text("x")


def _large_files(root: Path) -> None:
    workspace = Workspace(root)
    workspace.item(A, b"---\nstate: ready\ntitle: long\n---\n" + b"x" * 6_000_000)
    workspace.item(B, b"---\nstate: ready\ntitle: " + b"x" * 70_000 + b"\n---\n")
    workspace.record_file(A, f"{ulid(900)}.md", b"---\nkind: related\n---\n" + b"x" * 70_000)
    workspace.artifact(A, "relations.json", " " * (4 << 20) + "{}")
    workspace.artifact(A, "orchestration-plan.jsonl", "\r\n")
    workspace.item(C, b"---\r\nstate: ready\r\ntitle: c\r\n---\r\n")
    (workspace.tickets / C / "item.md").chmod(0o755)


def _another_root(root: Path) -> None:
    (root / ".yoi/tickets").rename(root / "work items")
    (root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "work items"\n')


def _old_configuration(root: Path) -> None:
    (root / ".yoi/tickets").rename(root / "items")
    (root / ".yoi/ticket.config.toml").write_text('[backend]\nroot = "items"\n')


def _broken_configuration(root: Path) -> None:
    (root / ".yoi/workspace.toml").write_text("not toml")


def _linked_configuration(root: Path) -> None:
    (root / "real.toml").write_text("")
    (root / ".yoi/workspace.toml").symlink_to("../real.toml")


def _root_outside(root: Path) -> None:
    (root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "../elsewhere"\n')


def _root_through_link_outside(root: Path) -> None:
    (root / "out").symlink_to("/var")
    (root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "out/items"\n')


def _linked_root(root: Path) -> None:
    (root / ".yoi/tickets").rename(root / "items")
    (root / ".yoi/tickets").symlink_to("../items")


def _linked_yoi(root: Path) -> None:
    (root / ".yoi").rename(root / "dot")
    (root / ".yoi").symlink_to("dot")


def _no_tickets(root: Path) -> None:
    shutil.rmtree(root / ".yoi/tickets")
    (root / ".yoi/workspace.toml").write_text("")


def _empty_root(root: Path) -> None:
    shutil.rmtree(root / ".yoi/tickets")
    (root / ".yoi/tickets").mkdir()
    (root / ".yoi/tickets/.gitkeep").touch()


def _no_workspace(root: Path) -> None:
    shutil.rmtree(root / ".yoi")


def _root_is_a_file(root: Path) -> None:
    shutil.rmtree(root / ".yoi/tickets")
    (root / ".yoi/tickets").write_text("x")


@pytest.mark.parametrize(
    "change",
    [
        _buckets,
        _mixed,
        _odd_names,
        _links,
        _strays,
        _large_files,
        _another_root,
        _old_configuration,
        _broken_configuration,
        _linked_configuration,
        _root_outside,
        _root_through_link_outside,
        _linked_root,
        _linked_yoi,
        _no_tickets,
        _empty_root,
        _no_workspace,
        _root_is_a_file,
    ],
)
def test_unusual_trees_give_the_answers_of_a_checkout(
    repository: Repository, tmp_path: Path, change: Any
) -> None:
    before = repository.id_of("HEAD")
    change(repository.root)
    after = repository.commit("changed")
    repository.git("revert", "--no-edit", "HEAD")
    for commit in (before, after, before):
        assert_same_as_checkout(repository, commit, tmp_path / "checkout")


def test_objects_that_are_not_needed_do_not_fill_the_memory(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(repository.root)
    for number in range(20):
        workspace.artifact(A, f"relations/folder/artifacts/relations/{number}.md", str(number) * 99)
    commit = repository.commit()
    held: list[int] = []
    take = objects.ReadAhead.take

    def watched(self: Any, id_: str) -> object:
        found = take(self, id_)
        held.append(sum(len(each.data) for each in self._held.values()))
        return found

    monkeypatch.setattr(objects, "_HELD_LIMIT", 500)
    monkeypatch.setattr(objects, "_AHEAD", 2)
    monkeypatch.setattr(objects.ReadAhead, "take", watched)
    assert_same_as_checkout(repository, commit, tmp_path / "checkout")
    assert held
    assert max(held) <= 500 + 2 * 2 * 99


def test_submodules_are_empty_folders(repository: Repository, tmp_path: Path) -> None:
    commit = repository.id_of("HEAD")
    for path in (f".yoi/tickets/{D}", f".yoi/tickets/{B}/artifacts/relations"):
        repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
    repository.git("commit", "-q", "-m", "modules")
    assert_same_as_checkout(repository, repository.id_of("HEAD"), tmp_path / "checkout")


def test_workspace_in_a_subfolder_is_asked_from_anywhere_in_it(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    for below in ("one", 'two/"inner"\n'):
        Workspace(repository.root / below).pair("blocked_by", below[:3])
    first = repository.commit()
    Workspace(repository.root / "one/nested").pair("related", "nested")
    second = repository.commit()
    for commit in (first, second):
        for below in ("one", 'two/"inner"\n', f"one/.yoi/tickets/{A}"):
            assert_same_as_checkout(repository, commit, tmp_path / "checkout", below)
    assert workspace_of(repository.root / "one/nested").run("show", "--at", first).out


def test_nothing_of_the_present_is_needed(repository: Repository, tmp_path: Path) -> None:
    commit = repository.id_of("HEAD")
    repository.git("rm", "-r", "-q", ".yoi")
    repository.git("commit", "-q", "-m", "gone")
    shutil.rmtree(repository.root / ".yoi", ignore_errors=True)
    codes = [code for code, _ in assert_same_as_checkout(repository, commit, tmp_path / "checkout")]
    assert codes[:2] == [0, 10]
    assert not (repository.root / ".yoi").exists()
    (repository.root / ".yoi").mkdir()
    (repository.root / ".yoi/workspace.toml").write_text("not toml")
    assert_same_as_checkout(repository, commit, tmp_path / "checkout")


def test_linked_work_tree_is_asked_about_its_own_head(
    repository: Repository, tmp_path: Path
) -> None:
    first = repository.id_of("HEAD")
    Workspace(repository.root).ticket(B, "done")
    repository.commit("done")
    repository.git("worktree", "add", "-q", "--detach", tmp_path / "linked", first)
    assert answers(tmp_path / "linked", "--at", "HEAD") == answers(tmp_path / "linked")
    assert answers(repository.root, "--at", "HEAD") == answers(repository.root)


@pytest.mark.parametrize("options", [("--depth=1",), ("--shared",), ()])
def test_clones_give_the_same_answers(tmp_path: Path, options: tuple[str, ...]) -> None:
    repository = Repository(tmp_path / "work")
    Workspace(repository.root).pair("blocked_by", "first")
    repository.commit()
    url = f"file://{repository.root}" if options == ("--depth=1",) else str(repository.root)
    repository.git("clone", "-q", *options, url, tmp_path / "clone")
    assert answers(tmp_path / "clone", "--at", "HEAD") == answers(repository.root)


def test_shallow_history_ends_in_words(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    Workspace(repository.root).pair("blocked_by", "first")
    repository.commit()
    repository.commit()
    repository.git("clone", "-q", "--depth=1", f"file://{repository.root}", tmp_path / "clone")
    for name in ("HEAD~1", repository.id_of("HEAD~1")):
        ran = workspace_of(tmp_path / "clone").run("show", "--json", "--at", name)
        assert (ran.code != 0, ran.out) == (True, "")
        assert ran.errors[-1]["error"]["message"].startswith(f"{name}: ")


def test_missing_blob_of_a_partial_clone_is_named(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    Workspace(repository.root).pair("blocked_by", "first")
    repository.commit()
    repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    url = f"file://{repository.root}"
    repository.git("clone", "-q", "--no-checkout", "--filter=blob:none", url, clone)
    for question in (("show",), ("check", A), ("doctor",)):
        ran = workspace_of(clone).run(*question, "--json", "--at", "HEAD")
        assert (ran.code, ran.out) == (1, "")
        error = ran.errors[-1]["error"]
        assert error["code"] == "git_failed"
        assert f"HEAD: .yoi/tickets/{A}/item.md" in error["message"]
    # What no answer needs may be missing.
    Repository(clone).git("checkout", "-q", "-f", "main")
    assert answers(clone, "--at", "HEAD") == answers(repository.root)


def test_replaced_objects_do_not_change_a_revision(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = repository.id_of("HEAD")
    Workspace(repository.root).ticket(B, "done")
    repository.git("replace", first, repository.commit("done"))
    monkeypatch.setenv("GIT_NO_REPLACE_OBJECTS", "1")
    expected = assert_same_as_checkout(repository, first, tmp_path / "checkout")
    monkeypatch.delenv("GIT_NO_REPLACE_OBJECTS")
    assert answers(repository.root, "--at", first) == expected


def test_variables_of_a_hook_do_not_choose_another_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.commit()
    expected = answers(repository.root)
    for name, value in (("GIT_DIR", ".git"), ("GIT_WORK_TREE", ""), ("GIT_OBJECT_DIRECTORY", "x")):
        monkeypatch.setenv(name, str(other.root / value))
    assert answers(repository.root, "--at", "HEAD") == expected
