"""What a publication costs on a network: round trips, which are counted and not timed."""

from __future__ import annotations

import pytest
from network_proxy import network
from publishing import everything, publish_directly, published
from workspace_builder import B, Workspace

from yoi_relations.server import replacement
from yoi_relations.server.connection import connect

DELAY = 0.02


def round_trips(workspace: Workspace, database: str) -> int:
    """How often a publication waits for the server, apart from connecting."""
    with network(database, delay=DELAY) as connecting, connect(connecting.url):
        pass
    with network(database, delay=DELAY) as publishing:
        publish_directly(workspace, publishing.url)
    return publishing.round_trips - connecting.round_trips


def test_the_first_publication_of_few_tickets(workspace: Workspace, database: str) -> None:
    assert round_trips(everything(workspace), database) == 5


def test_nothing_changed(workspace: Workspace, database: str) -> None:
    published(everything(workspace), database)
    assert round_trips(workspace, database) == 3


def test_one_ticket_changed(workspace: Workspace, database: str) -> None:
    published(everything(workspace), database)
    workspace.ticket(B, "queued")
    assert round_trips(workspace, database) == 4


def test_many_tickets_changed(
    workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COPY waits twice in each of seven tables."""
    published(everything(workspace), database)
    workspace.ticket(B, "queued")
    monkeypatch.setattr(replacement, "_FEW_TICKETS", 0)
    assert round_trips(workspace, database) == 4 + 1 + 2 * 7
