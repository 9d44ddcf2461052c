"""The answers of a database on a terminal, and the notices below them."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg
import pytest
from publishing import NAME, publish
from tour import on_terminal
from workspace_builder import A, B, Workspace

SHOP = "acme/shop"
BAD = "01KT0000000000000000000777.md"


@pytest.fixture
def loans(tmp_path: Path, database: str) -> Workspace:
    """A workspace whose ticket waits for one of another workspace, which has a bad record."""
    loans, shop = Workspace(tmp_path / "loans"), Workspace(tmp_path / "shop")
    loans.ticket(A, "queued")
    loans.record(A, "blocked_by", f"{SHOP}:{B}")
    shop.ticket(B, "queued")
    shop.record_file(B, BAD, "---\nkind: nonsense\n---\n")
    assert publish(loans, database).code == publish(shop, database, name=SHOP).code == 0
    return loans


def screen(workspace: Workspace, *arguments: str) -> str:
    program = [sys.executable, "-m", "yoi_relations", *arguments]
    text, _ = on_terminal(program, workspace.root, 100)
    return " ".join(text.split())


@pytest.mark.parametrize("named", [(), (f"{NAME}:{A}", f"{SHOP}:{B}")])
def test_what_cannot_be_read_is_listed_for_its_own_workspace(
    loans: Workspace, database: str, named: tuple[str, ...]
) -> None:
    text = screen(loans, "check", *named, "--from", database)
    assert text.count(f"{SHOP}:.yoi/tickets/{B}/artifacts/relations/{BAD}:2 ") == 1
    assert "every ticket of the same workspace" in text
    alone = screen(loans, "check", "--from", database, "--workspace", SHOP)
    assert "every ticket ?" in alone


def test_that_the_other_end_is_outdated_is_said(loans: Workspace, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE workspace SET published_at = now() - interval '2 h'")
    assert publish(loans, database).code == 0
    text = screen(loans, "check", A, "--from", database, "--workspace", NAME, "--max-age", "1h")
    assert f"{SHOP}:{B}, whose workspace was published longer ago than --max-age" in text


@pytest.mark.parametrize("command", ["show", "tree", "graph"])
def test_advice_about_problems_is_for_the_workspace_that_has_them(
    loans: Workspace, database: str, command: str
) -> None:
    ran = loans.run(command, "--plain", "--from", database)
    assert ran.code == 4
    (advice,) = (line for line in ran.err.splitlines() if "relations doctor" in line)
    assert "workspace itself" in advice
    own = loans.run(command, "--plain", "-C", str(loans.root.parent / "shop"))
    assert "relations doctor" in own.err
    assert "workspace itself" not in own.err
