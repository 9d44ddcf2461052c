"""Without a defence, the test of that defence fails.

A test that passes with its switch applied is useless, and so is a switch that breaks the program or
has no effect: each test must fail by its own assertion.
"""

from __future__ import annotations

import pytest

from campaign.switch_runner import NOTHING, ROOT, run
from campaign.switches import SWITCHES

ROWS = [f"| {name} | `{switch.test.removeprefix('tests/')}` |" for name, switch in SWITCHES.items()]


@pytest.mark.parametrize("name", SWITCHES)
def test_defence_test_fails_without_its_defence(name: str) -> None:
    (ended,) = run(name, SWITCHES[name].test)
    assert (ended.test, ended.when) == (SWITCHES[name].test, "call")
    assert ended.error == "AssertionError"
    assert ended.place.startswith("tests/")


def test_defence_tests_pass_with_their_defences() -> None:
    tests = [switch.test for switch in SWITCHES.values()]
    ended = run(NOTHING, *tests)
    assert sorted((one.test, one.error) for one in ended) == sorted((test, "") for test in tests)


def test_document_lists_every_switch() -> None:
    lines = (ROOT / "docs" / "reliability.md").read_text("utf-8").splitlines()
    assert set(ROWS) <= set(lines)
