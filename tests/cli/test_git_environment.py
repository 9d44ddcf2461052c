"""Commands answer without git, in a submodule and with exported variables of git."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bare_process import relations
from workspace_builder import A, B, Workspace, git

NO_GIT = {"PATH": "/nowhere"}


@pytest.mark.parametrize("environ", [NO_GIT, {}], ids=["no git", "no repository"])
def test_only_hooks_need_git(tmp_path: Path, environ: dict[str, str]) -> None:
    workspace = Workspace(tmp_path / "work").pair("blocked_by", "first")
    environ = {"GIT_CEILING_DIRECTORIES": str(tmp_path), "LOGNAME": "somebody"} | environ
    commands = ("show", "check", "doctor", "status", "rebuild", "verify", "prime")
    codes = [relations(workspace.root, command, **environ).code for command in commands]
    assert codes == [0, 10, 0, 0, 0, 0, 0]
    ran = relations(workspace.root, "add", A, "related", B, "--json", **environ)
    assert (ran.code, ran.json["record"]["author"] != "") == (0, True)
    ran = relations(workspace.root, "hooks", "install", **environ)
    assert (ran.code, "hint: " in ran.err, "Traceback" in ran.err) == (1, True, False)


def test_submodule_is_its_own_workspace(workspace: Workspace, tmp_path: Path) -> None:
    inner = Workspace(tmp_path / "inner").pair("blocked_by", "first")
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


def test_bare_repository_is_not_a_workspace(workspace: Workspace, tmp_path: Path) -> None:
    git(workspace, "init", "--quiet", "--bare", str(tmp_path / "bare"))
    ran = relations(tmp_path / "bare", "show")
    assert (ran.code, ran.out) == (1, "")
    assert ".yoi" in ran.err


def test_git_variables_do_not_redirect_commands(tmp_path: Path) -> None:
    here, there = (
        Workspace(tmp_path / "here").pair("blocked_by", "first"),
        Workspace(tmp_path / "there").pair("blocked_by", "first"),
    )
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
