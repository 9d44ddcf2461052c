"""How many round trips a question takes; they are counted, not timed."""

from __future__ import annotations

from pathlib import Path

import pytest
from network_proxy import network
from publishing import NAME, publish
from workspace_builder import A, B, C, D, Workspace

from yoi_relations.server.connection import connect

SHOP = "acme/shop"


@pytest.fixture
def there(tmp_path: Path, database: str) -> Workspace:
    """Two workspaces in the database, with edges, a problem, and a blocker that was replaced."""
    loans, shop = Workspace(tmp_path / "loans"), Workspace(tmp_path / "shop")
    for id_ in (A, B, C):
        loans.ticket(id_, "queued")
    loans.ticket(D, "closed")
    shop.ticket(A, "queued")
    loans.record(A, "blocked_by", f"{SHOP}:{A}")
    loans.record(A, "blocked_by", D)
    loans.record(C, "supersedes", D)
    loans.record(A, "waiting", note="why")
    loans.record(B, "after", A)
    loans.record_file(B, "01KT0000000000000000000777.md", "---\nkind: nonsense\n---\n")
    assert publish(loans, database).code == 0
    assert publish(shop, database, name=SHOP).code == 0
    return loans


def round_trips(workspace: Workspace, database: str, *question: str) -> int:
    """Those of a question, without those of connecting."""
    # Without a delay, the server would answer a part of what is sent together.
    with network(database, delay=0.05) as proxy:
        with connect(proxy.url):
            pass
        before = proxy.round_trips
        assert workspace.run(*question, "--json", "--from", proxy.url).code in (0, 4, 9, 10, 11)
        return proxy.round_trips - 2 * before


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (("show", A), 3),
        (("show", f"{NAME}:{A}"), 3),
        # Two of them for the two levels of tickets that A waits for.
        (("check", A), 4 + 2),
        (("check",), 7),
        (("show",), 5),
    ],
)
def test_a_question_takes_few_round_trips(
    there: Workspace, database: str, question: tuple[str, ...], wanted: int
) -> None:
    home = () if ":" in question[-1] else ("--workspace", NAME)
    assert round_trips(there, database, *question, *home) == wanted


def test_their_number_does_not_depend_on_how_many_tickets_there_are(
    there: Workspace, database: str
) -> None:
    for number in range(30):
        id_ = f"00001KT000{number:03}"
        there.ticket(id_, "queued")
        there.record(id_, "blocked_by", A, "why")
    assert publish(there, database).code == 0
    assert round_trips(there, database, "check", A, "--workspace", NAME) == 4 + 2
