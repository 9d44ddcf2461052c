"""The built wheel, installed into an empty environment.

Only this test needs a package index (or the cache of pip). Without one, leave it out with
``--ignore tests/test_wheel.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, needed_programs

PROJECT = Path(__file__).parents[1]
NOT_COPIED = (
    ".git",
    ".venv",
    ".venvs",
    "dist",
    "build",
    "__pycache__",
    "*.egg-info",
    "*_cache",
    "cache",
)
_UNWANTED = "import importlib.util as u; print(*map(u.find_spec, ('mcp', 'jsonschema')))"
_SESSION = """
from sqlmodel import select
from yoi_relations import Relations
from yoi_relations.index.models import Ticket
with Relations().session() as session:
    print(len(session.exec(select(Ticket)).all()) > 0)
"""


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    alone = {key: value for key, value in os.environ.items() if not _points_elsewhere(key)}
    return subprocess.run(
        command, cwd=folder, env=alone, capture_output=True, encoding="utf-8", check=False
    )


def _points_elsewhere(variable: str) -> bool:
    return variable in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"} or variable.startswith("YOI_")


def build_wheel(folder: Path) -> Path:
    tree, dist = folder / "tree", folder / "dist"
    shutil.copytree(PROJECT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
    command = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist))
    built = run(tree, sys.executable, *command)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = dist.glob("*.whl")
    return wheel


def check_content(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    needed = ["py.typed", "index/schema.sql", "index/views.sql", "index/models.py"]
    needed += [f"completion/completion.{shell}" for shell in ("bash", "zsh", "fish")]
    needed += ["page/page.css", "page/script/start.js"]
    needed += ["server/migrations/env.py", "server/migrations/versions/0001_first_schema.py"]
    assert {f"yoi_relations/{name}" for name in needed} <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"yoi_relations", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}
    assert not [name for name in names if "/test" in name]


def install(folder: Path, wheel: Path, extra: str = "") -> Path:
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    installed = run(folder, python, "-m", "pip", "install", "--quiet", f"{wheel}{extra}")
    assert installed.returncode == 0, installed.stderr
    return environment / "bin"


def check_empty_folder(folder: Path, relations: Path) -> None:
    folder.mkdir()
    ran = run(folder, relations, "show")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ".yoi" in ran.stderr
    assert not list(folder.iterdir())


def check_workspace(folder: Path, relations: Path) -> None:
    ignored = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(PROJECT / "examples", folder, ignore=ignored)
    ran = run(folder, relations, "show", "--kind", "blocker", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["count"] == 5
    watched = run(folder, relations, "watch", "--once", "--timeout", "0")
    assert (watched.returncode, watched.stdout) == (124, ""), watched.stderr
    session = run(folder, relations.with_name("python"), "-c", _SESSION)
    assert session.stdout == "True\n", session.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_wheel_works_in_an_empty_environment(tmp_path: Path, wheel: Path) -> None:
    check_content(wheel)
    programs = install(tmp_path, wheel)
    check_empty_folder(tmp_path / "empty", programs / "relations")
    check_workspace(tmp_path / "work", programs / "relations")
    assert run(tmp_path, programs / "python", "-c", _UNWANTED).stdout.split() == ["None", "None"]


@pytest.fixture
def database() -> Iterator[str]:
    server = PostgresServer(needed_programs())
    yield server.url("postgres")
    server.end()


def test_wheel_with_the_extra_server_publishes(tmp_path: Path, wheel: Path, database: str) -> None:
    programs = install(tmp_path, wheel, "[server]")
    ignored = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(PROJECT / "examples", tmp_path / "work", ignore=ignored)
    answers = []
    for command in (("server", "migrate"), ("publish", "--name", "a/b"), ("server", "list")):
        relations = (programs / "relations", *command, "--json", "--to", database)
        ran = run(tmp_path / "work", *relations)
        assert ran.returncode == 0, ran.stderr
        answers.append(json.loads(ran.stdout))
    migrated, published, listed = answers
    assert migrated["changed"]
    (one,) = listed["workspaces"]
    assert (one["name"], one["tickets"]) == ("a/b", published["tickets"])
