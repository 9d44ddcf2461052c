"""Every work tree answers from its own files and its own index, or it is said why not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, Workspace
from worktrees import Worktrees

from yoi_relations.files import stat_stamp
from yoi_relations.files.workspace import CACHE
from yoi_relations.queries import show


@pytest.fixture(params=["", "sub/folder"], ids=["top", "subfolder"])
def trees(tmp_path: Path, request: pytest.FixtureRequest) -> Worktrees:
    made = Worktrees(tmp_path, request.param)
    made.here.pair("related", states=("queued", "ready"))
    made.commit()
    return made


def statuses(workspace: Workspace) -> dict[str, tuple[str, Any]]:
    """By the name of its folder, the status of each work tree and its number of tickets."""
    document = workspace.run("show", "--worktrees", "--json").json
    return {
        os.path.basename(tree["path"]): (tree["status"], tree["tickets"])
        for tree in document["worktrees"]
    }


def test_each_work_tree_is_read_with_its_uncommitted_files(trees: Worktrees) -> None:
    other = trees.add("other", "--detach")
    other.ticket("00001KT0000CC", "ready")

    first, second = trees.here.run("show", "--worktrees", "--json").json["worktrees"]

    commit = trees.repository.id_of("HEAD")
    assert (first["path"], first["branch"], first["commit"]) == (
        str(trees.repository.root),
        "main",
        commit,
    )
    assert (second["path"], second["branch"], second["commit"]) == (
        str(trees.folder / "other"),
        None,
        commit,
    )
    assert (first["tickets"], second["tickets"]) == (2, 3)
    assert second["digest"] == other.show()["freshness"]["digest"]
    assert [
        tree["path"] for tree in other.run("show", "--worktrees", "--json").json["worktrees"]
    ] == [
        second["path"],
        first["path"],
    ]


def test_each_work_tree_has_its_own_index(trees: Worktrees) -> None:
    other = trees.add("other")
    trees.here.run("show", "--worktrees")

    kept = [list((one.root / CACHE).glob("index-*.sqlite3")) for one in (trees.here, other)]

    assert [len(paths) for paths in kept] == [1, 1]
    assert other.run("status", "--json").json["index"]["found"] == "current"


def test_work_tree_whose_cache_cannot_be_written_answers_from_memory(trees: Worktrees) -> None:
    other = trees.add("other")
    (other.root / ".yoi/cache").write_text("not a folder")

    assert statuses(trees.here)["other"] == ("read", 2)


def test_work_trees_without_tickets_are_listed(trees: Worktrees) -> None:
    for name in ("no-folder", "no-tickets"):
        shutil.rmtree(trees.add(name).root / ".yoi")
    (trees.folder / "no-tickets" / trees.prefix / ".yoi/cache").mkdir(parents=True)
    trees.repository.git("worktree", "add", "-q", "--detach", trees.folder / "empty")
    trees.repository.git("-C", trees.folder / "empty", "checkout", "-q", "--orphan", "unborn")
    trees.repository.git("-C", trees.folder / "empty", "rm", "-rqf", ".")
    ran = trees.here.run("check", "--worktrees", "--json")

    assert statuses(trees.here) == {
        "main": ("read", 2),
        "no-folder": ("no_tickets", None),
        "no-tickets": ("no_tickets", None),
        "empty": ("no_tickets", None),
    }
    assert ran.code == 0
    unborn = next(one for one in ran.json["worktrees"] if one["path"].endswith("/empty"))
    assert (unborn["branch"], unborn["commit"]) == ("unborn", None)
    assert trees.here.run("show", "--worktrees").err.count("work tree ") == 3


def _delete(tree: Workspace) -> None:
    shutil.rmtree(tree.root)


def _move(tree: Workspace) -> None:
    tree.root.rename(tree.root.with_name("moved"))


def _replace_by_a_file(tree: Workspace) -> None:
    shutil.rmtree(tree.root)
    tree.root.write_text("")


def _replace_by_another_workspace(tree: Workspace) -> None:
    shutil.rmtree(tree.root)
    Workspace(tree.root).pair()


def _break_configuration(tree: Workspace) -> None:
    (tree.root / ".yoi/workspace.toml").write_text("[ticket.backend]\nroot = '/'\n")


def _link_to_another_workspace(tree: Workspace) -> None:
    other = Workspace(tree.root.with_name("other-workspace")).pair()
    shutil.rmtree(tree.root / ".yoi")
    (tree.root / ".yoi").symlink_to(other.root / ".yoi")


def _link_tickets(tree: Workspace) -> None:
    shutil.rmtree(tree.tickets)
    tree.tickets.symlink_to("/")


UNREADABLE = [
    _delete,
    _move,
    _replace_by_a_file,
    _replace_by_another_workspace,
    _break_configuration,
    _link_to_another_workspace,
    _link_tickets,
]


@pytest.mark.parametrize("spoil", UNREADABLE, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("trees", [""], indirect=True, ids=["top"])
def test_work_tree_that_cannot_be_read_is_unknown(trees: Worktrees, spoil: Any) -> None:
    spoil(trees.add("spoilt"))

    for locked in (False, True):
        if locked:
            trees.repository.git("worktree", "lock", trees.folder / "spoilt")
        shown = trees.here.run("show", "--worktrees", "--json")
        checked = trees.here.run("check", "--worktrees", "--json")

        for ran, code in ((shown, 4), (checked, 11)):
            (_, other) = ran.json["worktrees"]
            assert ran.code == code
            assert (other["path"], other["status"]) == (str(trees.folder / "spoilt"), "unknown")
            assert other["error"]
        assert [check["verdict"] for check in checked.json["checks"]] == ["unknown"] * 2
        assert "spoilt" in trees.here.run("show", "--worktrees").err


def test_work_tree_inside_the_main_one_is_read_once(trees: Worktrees) -> None:
    inner = trees.add("main/.worktrees/inner")
    inner.ticket(A, "done")

    assert statuses(trees.here) == {"main": ("read", 2), "inner": ("read", 2)}
    shutil.rmtree(inner.root / ".yoi")
    assert statuses(trees.here)["inner"] == ("no_tickets", None)


def test_bare_main_repository_has_no_tickets_and_no_notice(trees: Worktrees) -> None:
    bare = trees.folder / "bare.git"
    trees.repository.git("clone", "-q", "--bare", trees.repository.root, bare)
    trees.repository.git("--git-dir", bare, "worktree", "add", "-q", trees.folder / "one", "main")
    one = Workspace(trees.folder / "one" / trees.prefix)
    one.show()

    assert statuses(one) == {"one": ("read", 2), "bare.git": ("no_tickets", None)}
    assert one.run("show", "--worktrees").err == ""


def test_repaired_work_tree_is_read_again(trees: Worktrees) -> None:
    trees.add("other")
    (trees.folder / "other").rename(trees.folder / "moved")
    trees.repository.git("worktree", "repair", trees.folder / "moved")

    assert statuses(trees.here)["moved"] == ("read", 2)


def test_without_a_repository_the_option_is_refused(workspace: Workspace) -> None:
    ran = workspace.pair().run("show", "--worktrees", "--json")

    assert (ran.code, ran.out) == (1, "")
    assert ran.errors[-1]["error"]["code"] == "git_failed"
    assert str(workspace.root) in ran.errors[-1]["error"]["message"]


def test_few_processes_of_git_whatever_the_number_of_work_trees(
    trees: Worktrees, git_calls: Path
) -> None:
    for number in range(8):
        trees.add(f"tree-{number}")
    git_calls.write_text("")

    assert len(statuses(trees.here)) == 9
    assert len(git_calls.read_text().splitlines()) == 2


def test_nothing_is_written_into_the_folder_of_git(trees: Worktrees) -> None:
    trees.add("other").ticket(B, "done")
    before = trees.repository.files_of_git()
    trees.here.run("check", "--worktrees")
    trees.here.run("show", "--worktrees")

    assert trees.repository.files_of_git() == before


@pytest.mark.parametrize("damaged", ["main", "other"])
def test_index_that_is_damaged_meanwhile_is_named(
    trees: Worktrees, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    monkeypatch.setattr(stat_stamp, "WINDOW", 0)
    trees.add("other")
    for _ in range(3):
        assert trees.here.run("show", "--worktrees").code == 0
    find, folder = show.find_relations, trees.folder / damaged / trees.prefix / CACHE

    def cut_and_find(*arguments: Any) -> Any:
        for path in folder.glob("*.sqlite3"):
            os.truncate(path, 100)
        return find(*arguments)

    monkeypatch.setattr("yoi_relations.queries.worktree_show.find_relations", cut_and_find)
    ran = trees.here.run("show", "--worktrees", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.errors[-1]["error"]["message"].startswith(f"{folder}/index-")
