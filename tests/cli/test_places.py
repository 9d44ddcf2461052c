"""From wherever a command is run, and whatever git is there: the same index, the same answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from oracle import settle, without_rescans
from workspace_builder import A, B, Ran, Workspace, git

from yoi_relations.files.workspace import CACHE

NAME = 'it\'s "odd", new\nline, 日本語🦀 %41?a=b#c&\\ $HOME *'


def relations(cwd: Path, *arguments: str, **environ: str) -> Ran:
    """Run a command in a process of its own, with nothing set but what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ran = subprocess.run(
        [sys.executable, "-m", "yoi_relations", *arguments],
        cwd=cwd,
        env=kept | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def fill(root: Path) -> Workspace:
    workspace = Workspace(root)
    return workspace.pair("blocked_by", "first")


def test_every_starting_point_uses_the_same_index(tmp_path: Path) -> None:
    workspace = fill(tmp_path / NAME)
    (tmp_path / "alias").symlink_to(workspace.root)
    deep = workspace.root / "src" / NAME
    deep.mkdir(parents=True)
    first = relations(workspace.root, "show", "--json")
    assert (first.code, first.json["workspace"]["root"]) == (0, str(workspace.root))
    (index,) = (workspace.root / CACHE).glob("*.sqlite3")
    ways: list[tuple[Path, list[str], dict[str, str]]] = [
        (deep, [], {}),
        (workspace.tickets / A, [], {}),
        (tmp_path / "alias", [], {"PWD": str(tmp_path / "alias")}),
        (tmp_path / "alias" / "src", [], {}),
        (tmp_path, ["-C", NAME], {}),
        (tmp_path, ["-C", f"alias/src/{NAME}"], {}),
        (Path("/"), ["-C", str(workspace.root)], {}),
        (tmp_path, [], {"YOI_RELATIONS_ROOT": str(tmp_path / "alias")}),
    ]
    for cwd, options, environ in ways:
        ran = relations(cwd, *options, "show", "--json", **environ)
        assert ran == Ran(0, first.out, ""), (cwd, options, environ)
        assert [*tmp_path.rglob("*.sqlite3")] == [index]
    assert relations(deep, "add", A, "related", B).code == 0
    assert relations(tmp_path / "alias", "check", A, "--plain").code == 10
    assert relations(deep, "verify").code == 0


@pytest.mark.usefixtures("soon_settled")
def test_an_index_is_opened_in_place_below_any_name(tmp_path: Path) -> None:
    """SQLite is given its path as a URI, once the file has been proven."""
    workspace = fill(tmp_path / NAME)
    settle(workspace)
    with without_rescans():
        assert workspace.run("show").out.count("first") == 1


@pytest.mark.usefixtures("soon_settled")
def test_a_tickets_root_behind_a_link_settles_like_any_other(tmp_path: Path) -> None:
    workspace = fill(tmp_path / "work")
    workspace.tickets.rename(workspace.root / "first")
    shutil.copytree(workspace.root / "first", workspace.root / "second")
    (item,) = (workspace.root / "second").glob(f"{A}/item.md")
    item.write_text(item.read_text().replace("planning", "closed"))
    for name, count in (("first", 1), ("second", 0)):
        workspace.tickets.unlink(missing_ok=True)
        workspace.tickets.symlink_to(f"../{name}")
        assert workspace.show()["count"] == count
        settle(workspace)
        assert workspace.show()["count"] == count


def test_unreadable_deep_working_directory_is_an_error(tmp_path: Path) -> None:
    """A path may be longer than any that the system takes, and a workspace may lie there."""
    workspace = fill(tmp_path / "work")
    steps = "import os, sys\nfor _ in range(25):\n os.mkdir('x' * 200), os.chdir('x' * 200)\n"
    run = "os.execv(sys.executable, [sys.executable, '-m', 'yoi_relations', 'show'])"
    ran = subprocess.run(
        [sys.executable, "-c", steps + run], cwd=workspace.root, capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (1, b""), ran
    assert b"/.yoi: " in ran.stderr


NO_GIT = {"PATH": "/nowhere"}


@pytest.mark.parametrize("environ", [NO_GIT, {}], ids=["no git", "no repository"])
def test_nothing_but_hooks_needs_git(tmp_path: Path, environ: dict[str, str]) -> None:
    workspace = fill(tmp_path / "work")
    environ = {"GIT_CEILING_DIRECTORIES": str(tmp_path), "LOGNAME": "somebody"} | environ
    commands = ("show", "check", "doctor", "status", "rebuild", "verify", "prime")
    codes = [relations(workspace.root, command, **environ).code for command in commands]
    assert codes == [0, 10, 0, 0, 0, 0, 0]
    ran = relations(workspace.root, "add", A, "related", B, "--json", **environ)
    assert (ran.code, ran.json["record"]["author"] != "") == (0, True)
    ran = relations(workspace.root, "hooks", "install", **environ)
    assert (ran.code, "hint: " in ran.err, "Traceback" in ran.err) == (1, True, False)


def test_a_submodule_is_a_workspace_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    inner = fill(tmp_path / "inner")
    git(inner, "init", "--quiet")
    git(inner, "add", ".")
    git(inner, "commit", "--quiet", "--message=all")
    workspace.ticket(B)
    git(workspace, "init", "--quiet")
    git(workspace, "-c", "protocol.file.allow=always", "submodule", "add", str(inner.root), "inner")
    module = workspace.root / "inner"
    for cwd, root, tickets in ((module, module, 2), (workspace.root, workspace.root, 1)):
        answer = relations(cwd, "show", "--json").json
        assert answer["workspace"] == {
            "root": str(root),
            "tickets_root": ".yoi/tickets",
            "tickets": tickets,
        }
    assert git(Workspace(module), "status", "--porcelain", "-uall") == ""


def test_a_bare_repository_is_no_workspace(workspace: Workspace, tmp_path: Path) -> None:
    git(workspace, "init", "--quiet", "--bare", str(tmp_path / "bare"))
    ran = relations(tmp_path / "bare", "show")
    assert (ran.code, ran.out) == (1, "")
    assert "there is no .yoi folder" in ran.err


def test_variables_of_git_lead_no_command_elsewhere(tmp_path: Path) -> None:
    here, there = fill(tmp_path / "here"), fill(tmp_path / "there")
    for tree, name in ((here, "of here"), (there, "of there")):
        git(tree, "init", "--quiet")
        git(tree, "config", "user.name", name)
    shutil.rmtree(there.tickets / A)
    variables = {
        "GIT_DIR": str(there.root / ".git"),
        "GIT_WORK_TREE": str(there.root),
        "GIT_INDEX_FILE": str(there.root / "index"),
        "GIT_OBJECT_DIRECTORY": str(there.root / ".git" / "objects"),
        "GIT_COMMON_DIR": str(there.root / ".git"),
        "GIT_PREFIX": "somewhere/",
    }
    assert relations(here.root, "show", **variables).out == relations(here.root, "show").out != ""
    ran = relations(here.root, "add", A, "related", B, "--json", **variables)
    assert ran.json["record"]["author"] == "of here"
    assert relations(here.root, "hooks", "install", **variables).code == 0
    assert not (there.root / ".git" / "hooks" / "post-merge").exists()
    assert relations(there.root, "show").out == ""
