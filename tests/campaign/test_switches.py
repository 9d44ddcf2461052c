"""The tests are tested: without a defence, the test that names it fails.

A test that passes with its switch thrown tests nothing, and a switch that breaks the program, or
alters nothing any more, is none: each test must fail by an assertion of its own.
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
