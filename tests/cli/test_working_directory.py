"""Commands give the same answer from any working directory and below any name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bare_process import relations
from oracle import settle, without_rescans
from workspace_builder import A, B, Ran, Workspace

from yoi_relations.files.workspace import CACHE

NAME = 'it\'s "odd", new\nline, 日本語🦀 %41?a=b#c&\\ $HOME *'


def test_every_starting_point_uses_the_same_index(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / NAME).pair("blocked_by", "first")
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
def test_index_opens_in_place_below_any_name(tmp_path: Path) -> None:
    """SQLite gets the path of the index file as a URI."""
    workspace = Workspace(tmp_path / NAME).pair("blocked_by", "first")
    settle(workspace)
    with without_rescans():
        assert workspace.run("show").out.count("first") == 1


@pytest.mark.usefixtures("soon_settled")
def test_linked_tickets_root_becomes_reliable(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work").pair("blocked_by", "first")
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
    """The path of the working directory is longer than the system accepts."""
    workspace = Workspace(tmp_path / "work").pair("blocked_by", "first")
    steps = "import os, sys\nfor _ in range(25):\n os.mkdir('x' * 200), os.chdir('x' * 200)\n"
    run = "os.execv(sys.executable, [sys.executable, '-m', 'yoi_relations', 'show'])"
    ran = subprocess.run(
        [sys.executable, "-c", steps + run], cwd=workspace.root, capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (1, b""), ran
    assert b"/.yoi: " in ran.stderr
