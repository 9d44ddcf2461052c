"""Evaluate flake.nix without network, and compare its outputs with the expected ones.

scripts/dev flake

A stub replaces nixpkgs. It has only the names that the flake uses, so this finds syntax errors,
misspelt attributes, missing outputs and a wrong name or version. **It builds nothing**: run
`nix build` on a machine with network access to test the build. There is no flake.lock, because
creating one needs the network; the first `nix build` creates it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
SYSTEMS = {"x86_64-linux", "aarch64-linux", "x86_64-darwin", "aarch64-darwin"}
DEPENDENCIES = {"pyyaml", "python-ulid", "rich", "sqlmodel", "typer", "watchfiles"}

# Each package is a set that looks like a derivation and keeps its arguments.
_STUB = """
let
  flake = import FLAKE;

  lib = {
    genAttrs = names: make: builtins.listToAttrs
      (map (name: { inherit name; value = make name; }) names);
    licenses.mit = "MIT";
  };

  named = system: name: { inherit name system; outPath = "/stub/${name}"; };

  made = system: name: extra: named system name // extra;

  pythonPackages = system: lib.genAttrs [
    "alembic" "build" "hatchling" "hypothesis" "mcp" "mypy" "pytest" "pytest-xdist"
    "pytestCheckHook" "python-ulid" "pyyaml" "rich" "sqlmodel" "typer"
    "types-pyyaml" "watchfiles"
  ] (named system) // {
    buildPythonApplication = buildApplication system;
  };

  buildApplication = system: given: made system "${given.pname}-${given.version}" {
    inherit given;
    inherit (given) pname version meta;
    overridePythonAttrs = change: buildApplication system (given // change given);
  };

  packagesOf = system: {
    python3Packages = pythonPackages system;
    python3.withPackages = choose: made system "python3-env" {
      chosen = choose (pythonPackages system);
    };
    mkShell = given: made system "shell" { inherit given; };
    runCommand = name: given: script: made system name { inherit given script; };
  } // lib.genAttrs [ "git" "import-linter" "ruff" ] (named system);

  nixpkgs = { inherit lib; legacyPackages = lib.genAttrs SYSTEMS packagesOf; };
  outputs = flake.outputs { self = outputs; inherit nixpkgs; };

  each = builtins.mapAttrs (_: of: builtins.mapAttrs (_: show) of);
  names = map (one: one.name);
  show = one: {
    inherit (one) name system;
    pname = one.pname or null;
    version = one.version or null;
    program = one.meta.mainProgram or null;
    script = one.script or null;
    dependencies = names (one.given.dependencies or []);
    relaxed = one.given.pythonRelaxDeps or [];
    checked = one.given.doCheck or false;
    checkInputs = names (one.given.nativeCheckInputs or []);
    disabled = one.given.disabledTestPaths or [];
    contents = names (one.given.packages or []);
  };
in
{
  inputs = builtins.attrNames flake.inputs;
  inherit (outputs) apps;
  packages = each outputs.packages;
  devShells = each outputs.devShells;
  checks = each outputs.checks;
}
"""

Value = dict[str, Any]


class FlakeError(Exception):
    """An error in the flake, or nix is missing."""


def main() -> int:
    """Evaluate the flake and print the checks that passed."""
    try:
        parse()
        outputs = evaluate()
        for line in check(outputs):
            print(f"ok: {line}")
    except FlakeError as error:
        print(f"flake_eval: {error}", file=sys.stderr)
        return 1
    print("flake.nix evaluates with a stub of nixpkgs; nix build was NOT run")
    return 0


def parse() -> None:
    """Let nix parse the flake."""
    _nix("--parse", str(PROJECT / "flake.nix"))


def evaluate() -> Value:
    """The outputs of the flake that are checked, with the stub for nixpkgs."""
    systems = " ".join(f'"{system}"' for system in sorted(SYSTEMS))
    flake = json.dumps(str(PROJECT / "flake.nix"))
    expression = _STUB.replace("FLAKE", flake).replace("SYSTEMS", f"[ {systems} ]")
    options = ("--eval", "--strict", "--json", "--option", "store", "dummy://")
    answer: Value = json.loads(_nix(*options, "--expr", expression))
    return answer


def _nix(*arguments: str) -> str:
    program = shutil.which("nix-instantiate")
    if program is None:
        raise FlakeError("no nix-instantiate on PATH; on Debian: apt-get install nix-bin")
    ran = subprocess.run(
        [program, *arguments], cwd=PROJECT, capture_output=True, encoding="utf-8", check=False
    )
    if ran.returncode:
        raise FlakeError(f"nix-instantiate {arguments[0]} failed:\n{ran.stderr.strip()}")
    return ran.stdout


def check(outputs: Value) -> Iterator[str]:
    """Compare the outputs with the expected ones; yield a line for each system.

    Raises:
        FlakeError: an output differs.
    """
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    _expect("inputs", outputs["inputs"], ["nixpkgs"])
    for kind in ("packages", "apps", "devShells", "checks"):
        _expect(f"systems of {kind}", set(outputs[kind]), SYSTEMS)
    for system in sorted(SYSTEMS):
        _check_packages(outputs["packages"][system], system, project)
        _check_app(outputs["apps"][system], project)
        _check_shell(outputs["devShells"][system])
        _check_checks(outputs["checks"][system], project)
        yield f"{system}: {project['name']} {project['version']}, app, dev shell, two checks"


def _check_packages(packages: Value, system: str, project: Value) -> None:
    _expect("packages", set(packages), {"default", project["name"]})
    _expect("the default package", packages["default"], packages[project["name"]])
    package = packages["default"]
    _expect("name", package["pname"], project["name"])
    _expect("version", package["version"], project["version"])
    _expect("system", package["system"], system)
    _expect("main program", [package["program"]], list(project["scripts"]))
    _expect("dependencies", set(package["dependencies"]), DEPENDENCIES)
    wanted = {_name(requirement) for requirement in project["dependencies"]}
    _expect("dependencies of pyproject.toml", wanted, DEPENDENCIES)
    _expect("relaxed dependencies", package["relaxed"], ["typer"])


def _check_app(apps: Value, project: Value) -> None:
    program = f"/stub/{project['name']}-{project['version']}/bin/relations"
    _expect("apps", apps, {"default": {"type": "app", "program": program}})


def _check_shell(shells: Value) -> None:
    contents = set(shells["default"]["contents"])
    _expect("dev shell", contents, {"python3-env", "git", "import-linter", "ruff"})


def _check_checks(checks: Value, project: Value) -> None:
    _expect("checks", set(checks), {"examples", "tests"})
    _expect("name of a check", checks["examples"]["name"], f"{project['name']}-examples")
    if "relations -C examples show --kind blocker" not in checks["examples"]["script"]:
        raise FlakeError("checks.examples does not run the program on the examples")
    tests = checks["tests"]
    _expect("tests: run", tests["checked"], wanted=True)
    _expect("tests: runner", "pytestCheckHook" in tests["checkInputs"], wanted=True)
    _expect("tests: version", tests["version"], project["version"])
    for path in tests["disabled"]:
        _expect(f"{path}; excluded from the tests, exists", (PROJECT / path).exists(), wanted=True)


def _name(requirement: str) -> str:
    """The name in a requirement, without its version range."""
    return requirement.partition(">")[0]


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise FlakeError(f"{what}: found {found!r}, expected {wanted!r}")


if __name__ == "__main__":
    sys.exit(main())
