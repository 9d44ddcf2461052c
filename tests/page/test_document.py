from __future__ import annotations

from pathlib import Path

import pytest
from page_browser import value_of
from page_workspaces import busy_day, many
from workspace_builder import A, B, C, D, Workspace

from yoi_relations.lean.json_encoder import json_text
from yoi_relations.page import document
from yoi_relations.render.phrases import GROUP_TITLES


def test_no_path_of_the_machine_is_in_the_value(tmp_path: Path) -> None:
    value = value_of(busy_day(tmp_path / "a <b> folder"))
    assert value["workspace"]["root"] == "a <b> folder"
    assert str(tmp_path) not in json_text(value)


def test_value_has_maps_of_active_edges_and_of_all(workspace: Workspace) -> None:
    for id_, state in ((A, "queued"), (B, "ready"), (C, "done"), (D, "ready")):
        workspace.ticket(id_, state)
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "after", C)
    workspace.record(A, "related", D)
    value = value_of(workspace)
    active, everything = value["map"]["active"], value["map"]["all"]
    assert [card["ticket"] for card in active["cards"]] == [A, B]
    assert sorted(card["ticket"] for card in everything["cards"]) == [A, B, C]
    assert active["steps"] == [[B], [A]]
    assert [value["edges"][line["edge"]]["target"] for line in active["lines"]] == [B]
    places = {card["ticket"]: card["x"] for card in everything["cards"]}
    assert places[C] < places[B] < places[A]


def test_short_ids_differ(workspace: Workspace) -> None:
    for id_ in ("00001KT0000AA", "00001KV0000AA", "another-id"):
        workspace.ticket(id_)
    shown = {node["ticket"]: node["short_id"] for node in value_of(workspace)["nodes"]}
    assert shown == {
        "00001KT0000AA": "T0000AA",
        "00001KV0000AA": "V0000AA",
        "another-id": "another-id",
    }


def test_a_large_overview_is_limited_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = many(tmp_path, 60)
    whole = value_of(workspace)
    assert whole["left_out"]["tickets"] == whole["left_out"]["relations"] == 0

    monkeypatch.setattr(document, "MAX_TICKETS", 40)
    value = value_of(workspace)
    kept, groups = {node["ticket"] for node in value["nodes"]}, value["left_out"]["groups"]
    assert len(kept) == 40
    assert value["left_out"]["tickets"] == len(whole["nodes"]) - 40
    # What can start comes first; only the last groups are cut.
    cut = [group for group in GROUP_TITLES if groups[group]]
    assert cut == list(GROUP_TITLES)[-len(cut) :]
    for before, after in zip(whole["groups"], value["groups"], strict=True):
        assert len(after["tickets"]) == len(before["tickets"]) - groups[before["name"]]
    assert all({edge["ticket"], edge["target"]} <= kept for edge in value["edges"])

    monkeypatch.setattr(document, "MAX_RELATIONS", 5)
    value = value_of(workspace)
    assert len(value["edges"]) + len(value["notes"]) == 5
    assert value["left_out"]["relations"] == len(whole["edges"]) + len(whole["notes"]) - 5


def test_active_relations_and_open_tickets_are_kept(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id_, state in ((A, "done"), (B, "done"), (C, "ready"), (D, "ready")):
        workspace.ticket(id_, state)
    workspace.record(A, "blocked_by", B)
    workspace.record(C, "blocked_by", D)
    monkeypatch.setattr(document, "MAX_RELATIONS", 1)
    value = value_of(workspace)
    assert [(edge["ticket"], edge["active"]) for edge in value["edges"]] == [(C, True)]
    monkeypatch.setattr(document, "MAX_TICKETS", 2)
    assert [node["ticket"] for node in value_of(workspace)["nodes"]] == [C, D]
