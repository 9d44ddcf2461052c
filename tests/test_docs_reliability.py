"""Every test that docs/reliability.md names is there, so that its tables cannot rot."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
NAMED = re.findall(r"`((?:tests/[\w/]*|test_\w+)(?:\.py)?(?:::\w+)?)`", PAGE)


def missing(named: str) -> str | None:
    """What of a name there is not; a file without its folder must be the only one of that name."""
    path, _, function = named.partition("::")
    found = [ROOT / path] if "/" in path else [*(ROOT / "tests").rglob(path)]
    if len(found) != 1 or not found[0].exists():
        return path
    if not function:
        return None
    tree = ast.parse(found[0].read_text("utf-8"))
    functions = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    return None if function in functions else function


def test_every_named_test_exists() -> None:
    assert len(NAMED) > 100
    assert [named for named in NAMED if missing(named)] == []


def test_each_fault_has_a_test() -> None:
    section = PAGE.split("\n## Faults\n")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 40
    assert [row[0] for row in rows if len(row) != 3 or "`test" not in row[2]] == []


@pytest.mark.parametrize(
    "named",
    ["tests/nowhere/", "tests/test_none.py", "test_none.py", "tests/test_docs.py::test_none"],
)
def test_missing_test_is_found(named: str) -> None:
    assert missing(named)
