"""Another program cuts the index file short in place while a question reads it."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, Workspace

from yoi_relations.errors import RelationsError
from yoi_relations.files import stat_stamp
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import store
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.index.store import IndexState

RELATIONS = "SELECT kind, note FROM record ORDER BY note"


@pytest.fixture
def index(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A proven index, which the next question opens in place."""
    monkeypatch.setattr(stat_stamp, "WINDOW", 0)
    workspace.pair("blocked_by", "first")
    for _ in range(3):
        opened(workspace).close()
    path = Path(store.index_path(find_workspace(str(workspace.root))))
    assert path.with_suffix(".stamp").is_file()
    return path


def opened(workspace: Workspace) -> Index:
    return open_index(find_workspace(str(workspace.root)), lambda _: None)


@pytest.mark.parametrize(("load", "is_stale"), [(1, False), (1, True), (2, True)])
def test_index_overwritten_before_the_answer_is_rebuilt(
    workspace: Workspace, index: Path, monkeypatch: pytest.MonkeyPatch, load: int, *, is_stale: bool
) -> None:
    if is_stale:
        workspace.record(A, "blocked_by", B, "second")
    real, calls = store.load_published, count(1)

    def load_and_cut(*arguments: Any, **named: Any) -> object:
        found = real(*arguments, **named)
        if next(calls) == load:
            os.truncate(index, 100)
        return found

    monkeypatch.setattr(store, "load_published", load_and_cut)
    with opened(workspace) as found:
        notes = ["first", "second"] if is_stale else ["first"]
        assert [note for _, note in found.connection.execute(RELATIONS)] == notes
        assert found.found is (IndexState.DAMAGED if load == 1 else IndexState.STALE)


def test_index_overwritten_during_the_answer_fails_and_names_the_file(
    workspace: Workspace, index: Path
) -> None:
    def ask(size: int) -> list[Any]:
        with opened(workspace) as found:
            os.truncate(index, size)
            return found.connection.execute(RELATIONS).fetchall()

    whole = index.stat().st_size
    with pytest.raises(RelationsError) as failed:
        ask(100)
    assert str(index) in failed.value.message
    assert ask(whole) == [("blocked_by", "first")]
