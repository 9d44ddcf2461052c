"""`add` survives the loss of the cache, and parses only files that changed."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from workspace_builder import A, B, C, Workspace

from yoi_relations.files.parse import parse_source
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.sources.yoi import YoiSource
from yoi_relations.files.workspace import CACHE


@pytest.mark.parametrize("when", ["open", "link", "fsync"])
def test_cache_deleted_during_an_add_loses_no_record(
    edge: Workspace, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    edge.run("rebuild")
    call = getattr(os, when)
    deleted: list[bool] = []

    def delete(*arguments: object, **named: object) -> object:
        drafts = [*(edge.root / CACHE).glob("tmp-*.md")]
        name = arguments[0]
        is_draft = isinstance(name, bytes) and name.startswith(b"tmp-")
        if not deleted and (drafts or (when == "open" and is_draft)):
            deleted.append(True)
            shutil.rmtree(edge.root / CACHE)
        return call(*arguments, **named)

    monkeypatch.setattr(os, when, delete)
    asked = edge.run("add", A, "after", B, "--note", "whatever")
    assert (asked.code, deleted) == (0, [True]), asked
    assert edge.run("show", "--kind", "after").out.count("whatever") == 1
    assert list(edge.tickets.rglob(".*")) == []


def test_add_parses_only_the_new_file(workspace: Workspace) -> None:
    """The other files of the folder did not change."""
    for ticket in (A, B, C):
        workspace.ticket(ticket)
    for number in range(300):
        workspace.record(A, "after", B, f"note {number}")
    workspace.run("rebuild")
    parsed: list[Any] = []

    def count(source: Any, content: bytes) -> Parsed:
        parsed.append(source)
        return parse_source(source, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(YoiSource, "parse", staticmethod(count))
        assert workspace.run("add", A, "related", C).code == 0
    assert len(parsed) == 1
    assert workspace.run("verify").code == 0
