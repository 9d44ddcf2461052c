"""Runs tests with one of the program's defences switched off, in a process of its own.

``PYTHONPATH=tests python -m campaign.switch_runner "rescan of links" TEST...``, from the root of
the project, runs pytest with that switch, or with none if the name is ``nothing``. A switch affects
the process and its forks, and no program that a test starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from campaign.switches import SWITCHES

NOTHING = "nothing"
ROOT = Path(__file__).parent.parent.parent


class Ended(NamedTuple):
    """How a test ended.

    Attributes:
        test: its name.
        when: setup, call or teardown.
        error: the class of what was raised; empty where it passed.
        place: the file of the line that raised it, below the project's root.
    """

    test: str
    when: str
    error: str
    place: str


def run(name: str, *tests: str) -> list[Ended]:
    """Run tests with a switch, or `NOTHING`; how they ended."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    # Loading the plugins of other packages takes longer than such a test.
    environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": "tests"}
    ran = subprocess.run(
        [sys.executable, "-m", "campaign.switch_runner", name, "-pno:cacheprovider", *tests],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    return [Ended(*one) for one in json.loads(ran.stdout.splitlines()[-1])]


class _Switched:
    """A plugin that applies the switch during each test, and notes how the test ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.patch = pytest.MonkeyPatch()
        self.ended: list[Ended] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        if self.name != NOTHING:
            SWITCHES[self.name].off(self.patch)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self) -> None:
        self.patch.undo()

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        if call.excinfo:
            place = os.path.relpath(call.excinfo.traceback[-1].path, ROOT)
            self.ended.append(Ended(item.nodeid, call.when, call.excinfo.typename, place))
        elif call.when == "call":
            self.ended.append(Ended(item.nodeid, call.when, "", ""))


def main(name: str, *arguments: str) -> int:
    """Run pytest with a switch, and print how each test ended; pytest's exit code."""
    switched = _Switched(name)
    code = pytest.main(["-q", *arguments], plugins=[switched])
    sys.stdout.write(f"{json.dumps(switched.ended)}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
