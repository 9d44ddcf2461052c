"""What a publication costs on a network: round trips, which are counted and not timed."""

from __future__ import annotations

import pytest
from network_proxy import round_trips
from publishing import everything, publish_directly, published
from workspace_builder import B, Workspace

from yoi_relations.server import replacement

DELAY = 0.02


def publishing(workspace: Workspace, database: str) -> int:
    """The round trips of a publication."""
    return round_trips(database, DELAY, lambda url: publish_directly(workspace, url))


def test_the_first_publication_of_few_tickets(workspace: Workspace, database: str) -> None:
    assert publishing(everything(workspace), database) == 4


def test_nothing_changed(workspace: Workspace, database: str) -> None:
    published(everything(workspace), database)
    assert publishing(workspace, database) == 2


def test_one_ticket_changed(workspace: Workspace, database: str) -> None:
    published(everything(workspace), database)
    workspace.ticket(B, "queued")
    assert publishing(workspace, database) == 3


def test_many_tickets_changed(
    workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COPY waits twice in each of six tables; there is nothing to write to the other."""
    published(everything(workspace), database)
    workspace.ticket(B, "queued")
    monkeypatch.setattr(replacement, "_FEW_TICKETS", 0)
    assert publishing(workspace, database) == 3 + 1 + 2 * 6
