"""A hostile checkout: its programs are not run, and no record is written outside of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace, git

from yoi_relations.files.workspace import find_workspace
from yoi_relations.git import ask_git
from yoi_relations.recording.author import author_of

COMMANDS = [
    ("show",),
    ("check",),
    ("show", "--worktrees"),
    ("check", "--worktrees"),
    ("status",),
    ("doctor",),
    ("verify",),
    ("rebuild",),
    ("hooks", "list"),
    ("hooks", "run"),
    ("completion", "run", "--", "show", ""),
    ("add", A, "related", B, "--note", "why"),
]
PROGRAM = Path(sysconfig.get_path("scripts"), "relations")
TRAP = "import pathlib; pathlib.Path({mark!r}).touch()\n"


@pytest.fixture
def hostile(workspace: Workspace) -> Workspace:
    return workspace.pair("blocked_by", "the truth")


def ran_in(folder: Path, *command: str | Path, **environ: str) -> None:
    env = {key: value for key, value in os.environ.items() if key != "YOI_RELATIONS_AUTHOR"}
    ran = subprocess.run(
        command, cwd=folder, env=env | environ, capture_output=True, check=False, timeout=120
    )
    assert ran.returncode in {0, 5, 9, 10}, ran.stderr


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not installed as a command")
def test_program_imports_no_module_of_the_workspace(hostile: Workspace, tmp_path: Path) -> None:
    git(hostile, "init", "-q")
    mark = tmp_path / "was-run"
    for name in ("__future__", "yaml", "rich", "typer", "json", "ulid", "sitecustomize", "git"):
        (hostile.root / f"{name}.py").write_text(TRAP.format(mark=str(mark)))
    package = hostile.root / "yoi_relations"
    package.mkdir()
    (package / "__init__.py").write_text(TRAP.format(mark=str(mark)))
    for command in COMMANDS:
        ran_in(hostile.root, PROGRAM, *command)
    ran_in(hostile.root, sys.executable, "-P", "-m", "yoi_relations", "show")
    assert not mark.exists()
    # SECURITY.md warns of this: the interpreter imports from here before the program starts.
    subprocess.run([sys.executable, "-m", "yoi_relations"], cwd=hostile.root, check=False)
    assert mark.exists()


def test_program_runs_nothing_that_a_git_configuration_names(
    hostile: Workspace, tmp_path: Path
) -> None:
    git(hostile, "init", "-q")
    git(hostile, "add", ".yoi")
    git(hostile, "commit", "-qm", "first")
    mark, hooks = tmp_path / "was-run", tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "post-index-change", "pre-commit", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{mark}'\n")
        (hooks / name).chmod(0o755)
    other = tmp_path / "other.config"
    other.write_text(f"[core]\n\tsshCommand = touch '{mark}'\n[pager]\n\tconfig = touch '{mark}'\n")
    for key, value in {
        "core.fsmonitor": f"touch '{mark}'; false",
        "core.hooksPath": str(hooks),
        "core.pager": f"touch '{mark}'",
        "core.editor": f"touch '{mark}'",
        "alias.config": f"!touch '{mark}'",
        "alias.rev-parse": f"!touch '{mark}'",
        "include.path": str(other),
        f"includeIf.gitdir:{hostile.root}/.path": str(other),
        "filter.x.smudge": f"touch '{mark}'",
        "credential.helper": f"!touch '{mark}'",
    }.items():
        git(hostile, "config", key, value)
    (hostile.root / ".gitattributes").write_text("* filter=x\n")
    before = {path: path.read_bytes() for path in hooks.iterdir()}
    for command in COMMANDS:
        ran_in(hostile.root, sys.executable, "-m", "yoi_relations", *command)
    assert not mark.exists()
    assert before == {path: path.read_bytes() for path in hooks.iterdir()}
    git(hostile, "-c", "core.hooksPath=/nowhere", "status")
    assert mark.exists()  # the trap works


def test_checkout_that_looks_like_a_repository_sets_no_author(
    hostile: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YOI_RELATIONS_AUTHOR", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("objects", "refs"):
        (hostile.root / name).mkdir()
    (hostile.root / "HEAD").write_text("ref: refs/heads/main\n")
    (hostile.root / "config").write_text("[core]\n\tbare = true\n[user]\n\tname = forged\n")
    ran = subprocess.run(
        ["git", "config", "--get", "user.name"], cwd=hostile.root, capture_output=True, check=False
    )
    assert ran.stdout == b"forged\n"
    assert author_of(find_workspace(str(hostile.root)), None) != "forged"


def test_repository_in_the_environment_is_ignored(
    hostile: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Workspace(tmp_path / "other")
    for workspace, user in ((hostile, "right"), (other, "wrong")):
        git(workspace, "init", "-q")
        git(workspace, "config", "user.name", user)
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_CONFIG", str(other.root / ".git/config"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'user.name'='wrong'")
    name = ask_git(str(hostile.root), "config", "--get", "user.name").stdout
    assert name == b"right\n"


@pytest.mark.parametrize("link", ["", "artifacts", "artifacts/relations"])
def test_record_is_not_written_through_a_link(
    hostile: Workspace, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    place = hostile.tickets / B / link
    if link:
        place.parent.mkdir(exist_ok=True)
    else:
        shutil.rmtree(place)
        (outside / "item.md").write_text("---\nstate: ready\n---\n")
    place.symlink_to(outside)
    before = sorted(outside.rglob("*"))
    ran = hostile.run("add", B, "related", A)
    assert (ran.code, ran.out) != (0, "")
    assert ran.code in {1, 3}
    assert sorted(outside.rglob("*")) == before


@pytest.fixture
def confused(hostile: Workspace, tmp_path: Path) -> Path:
    """A folder outside; a link to it has the printed name of another folder."""
    outside = tmp_path / "outside"
    shutil.copytree(hostile.tickets / A, hostile.tickets / os.fsdecode(b"\xff\xfe\xff"))
    shutil.copytree(hostile.tickets / A, outside)
    (hostile.tickets / "\\xff\\xfe\\xff").symlink_to(outside)
    return outside


def test_name_that_is_not_text_leads_no_record_outside(hostile: Workspace, confused: Path) -> None:
    shutil.rmtree(confused / "artifacts")
    ran = hostile.run("add", "\\xff\\xfe\\xff", "related", B)
    assert (ran.code, ran.out) == (1, "")
    assert "is a symbolic link" in ran.err
    assert not (confused / "artifacts").exists()


def test_name_that_is_not_text_leads_no_retirement_outside(
    hostile: Workspace, confused: Path
) -> None:
    (record,) = (confused / "artifacts/relations").iterdir()
    before = record.read_bytes()
    path = f".yoi/tickets/\\xff\\xfe\\xff/artifacts/relations/{record.name}"
    ran = hostile.run("retire", path, "--reason", "over")
    assert (ran.code, ran.out) == (1, "")
    assert record.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["../../outside", "/etc", "..", ".", "../B", f"{A}/../{B}", "a/b", "~"]
)
def test_names_are_not_used_as_paths(hostile: Workspace, name: str) -> None:
    before = hostile.snapshot()
    for command in (
        ("show", name),
        ("check", name),
        ("add", name, "related", A),
        ("add", A, "related", name),
        ("retire", name, "--reason", "over"),
        ("retire", f"{name}:1", "--reason", "over"),
    ):
        assert hostile.run(*command).code == 3
    assert hostile.snapshot() == before
    hostile.record(A, "related", name)
    assert hostile.run("doctor", "--json").code == 5


def test_huge_configuration_is_refused(hostile: Workspace) -> None:
    with (hostile.root / ".yoi/workspace.toml").open("wb") as file:
        file.truncate(1 << 40)
    ran = hostile.run("show")
    assert (ran.code, ran.out) == (1, "")
    assert ".yoi/workspace.toml: " in ran.err
