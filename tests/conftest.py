from __future__ import annotations

from pathlib import Path

import pytest
from building import FULL, QUICK, Workspace
from oracle import WINDOW

from yoi_relations.files import stamps


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "work")


@pytest.fixture(params=[(QUICK, FULL), (FULL,)], ids=["quick", "full"])
def either_door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test twice: as the program runs, and with the quick door shut."""
    monkeypatch.setattr(Workspace, "doors", request.param)


@pytest.fixture
def soon_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stamps settle within a blink, in this process."""
    monkeypatch.setattr(stamps, "WINDOW", WINDOW)
