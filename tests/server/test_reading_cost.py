"""How many round trips a question takes; they are counted, not timed."""

from __future__ import annotations

from pathlib import Path

import pytest
from network_proxy import round_trips
from publishing import NAME, publish
from workspace_builder import A, B, C, D, Workspace

SHOP = "acme/shop"
DELAY = 0.05


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


def asking(workspace: Workspace, database: str, *question: str) -> int:
    """The round trips of a question."""

    def ask(url: str) -> None:
        assert workspace.run(*question, "--json", "--from", url).code in (0, 4, 9, 10, 11)

    return round_trips(database, DELAY, ask)


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
    assert asking(there, database, *question, *home) == wanted


def test_their_number_does_not_depend_on_how_many_tickets_there_are(
    there: Workspace, database: str
) -> None:
    for number in range(30):
        id_ = f"00001KT000{number:03}"
        there.ticket(id_, "queued")
        there.record(id_, "blocked_by", A, "why")
    assert publish(there, database).code == 0
    assert asking(there, database, "check", A, "--workspace", NAME) == 4 + 2
