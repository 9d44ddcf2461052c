"""The program answers the same however it is installed and with any interpreter option."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipapp
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace_builder import A, B, Ran, Workspace

import yoi_relations

PACKAGE = Path(yoi_relations.__file__).parent
KEPT = ("PATH", "PYTHONPATH")
ALL_HELP = """
import json, sys
from yoi_relations.cli.typer_app import program

def walk(command, name):
    yield name, command.help
    for word, child in getattr(command, "commands", {}).items():
        yield from walk(child, f"{name} {word}")

print(json.dumps(dict(walk(program(), "relations"))))
"""


def ran(workspace: Workspace, *command: str | Path, **environ: str) -> Ran:
    """Run a process with these environment variables only."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    done = subprocess.run(
        command,
        cwd=workspace.root,
        env=kept | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def answers(workspace: Workspace, *program: str | Path, **environ: str) -> Iterator[Ran]:
    """The answers of every kind of command, in an order in which each has something to do."""
    for line in (
        "--version",
        "show --json",
        f"check {A} --json",
        f"add {B} related {A} --json",
        "verify --json",
        "doctor --json",
        "status --json",
        "rebuild --json",
        "watch --once --timeout 0",
        "completion bash",
        "completion fish",
        "prime",
        "show --help",
        "--help",
    ):
        done = ran(workspace, *program, *line.split(), **environ)
        assert "Traceback" not in done.err, (line, done.err)
        yield done


def check_all(workspace: Workspace, *program: str | Path, **environ: str) -> None:
    found = list(answers(workspace, *program, **environ))
    assert [one.code for one in found] == [0, 0, 10, 0, 0, 0, 0, 0, 124, 0, 0, 0, 0, 0], found
    assert [bool(one.out) for one in found] == [code != 124 for code in (one.code for one in found)]
    assert found[0].out == f"relations {yoi_relations.__version__}\n"
    assert found[1].json["count"] == 1
    assert ran(workspace, *program, "show", "--json", **environ).json["count"] == 2


def test_program_runs_from_a_zip_archive(edge: Workspace, tmp_path: Path) -> None:
    source, archive = tmp_path / "source", tmp_path / "relations.pyz"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, source / PACKAGE.name, ignore=ignored)
    zipapp.create_archive(source, archive, main="yoi_relations.__main__:main")
    shutil.rmtree(source)
    code = "import yoi_relations; print(yoi_relations.__file__)"
    where = ran(edge, sys.executable, "-c", code, PYTHONPATH=str(archive))
    assert where.out.startswith(str(archive))

    check_all(edge, sys.executable, archive)


@pytest.mark.parametrize("options", [["-OO"], ["-I"], ["-X", "utf8=0"]])
def test_program_runs_with_any_interpreter_option(edge: Workspace, options: list[str]) -> None:
    # Isolated, Python ignores PYTHONPATH: it is given the same folder otherwise.
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n"
    code += "from yoi_relations.__main__ import main; main()"
    check_all(edge, sys.executable, *options, "-c", code)


def test_help_works_without_docstrings(edge: Workspace) -> None:
    said = ran(edge, sys.executable, "-OO", "-c", ALL_HELP).json
    assert said == ran(edge, sys.executable, "-c", ALL_HELP).json
    assert {name for name, text in said.items() if not text} == set()
    assert {"relations add", "relations mcp", "relations hooks install"} <= said.keys()


def test_program_runs_from_a_read_only_folder(edge: Workspace, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    shutil.copytree(PACKAGE, site / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    for place in (site, *site.rglob("*")):
        place.chmod(0o555 if place.is_dir() else 0o444)
    before = sorted(site.rglob("*"))

    try:
        # Root may write all the same: no byte code, so that whatever appears is the program's.
        environ = {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
        check_all(edge, sys.executable, "-m", "yoi_relations", **environ)
        assert sorted(site.rglob("*")) == before
    finally:
        for place in (site, *site.rglob("*")):
            place.chmod(0o755)


@pytest.mark.parametrize("home", [{}, {"HOME": "/proc/none"}])
def test_program_runs_without_a_home(edge: Workspace, home: dict[str, str]) -> None:
    check_all(edge, sys.executable, "-m", "yoi_relations", **home)
    (written,) = (edge.tickets / B / "artifacts/relations").glob("*.md")
    assert "author: " in written.read_text("utf-8")
