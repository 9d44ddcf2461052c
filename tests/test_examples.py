"""The sample workspace has every state, kind and format, and no problem."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from workspace_builder import Workspace

from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.states import State

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture
def lendshelf(tmp_path: Path) -> Workspace:
    """A copy of the sample workspace."""
    shutil.copytree(EXAMPLES, tmp_path / "work", ignore=shutil.ignore_patterns("cache"))
    return Workspace(tmp_path / "work")


def test_all_states_and_both_layouts_occur(lendshelf: Workspace) -> None:
    status = lendshelf.run("status", "--json").json

    assert all(status["tickets"][state] for state in State)
    assert status["tickets"]["unknown"] == status["problems_total"] == 0
    assert len(list(lendshelf.tickets.glob("closed/*/item.md"))) == 1


def test_doctor_finds_no_problem(lendshelf: Workspace) -> None:
    ran = lendshelf.run("doctor", "--json")

    assert (ran.code, ran.json["findings"]) == (0, [])
    assert ran.json["counts"]["info"]  # some relations are inactive


def test_all_kinds_and_formats_occur(lendshelf: Workspace) -> None:
    answer = lendshelf.show("--all", "--limit", "0")
    records = [record for relation in answer["relations"] for record in relation["records"]]

    assert {record["kind"] for record in records} == set(KINDS)
    assert Counter(record["format"] for record in records) == {
        "frontmatter": 16,
        "relations.json": 6,
        "orchestration-plan.jsonl": 8,
    }


def test_every_class_has_active_and_inactive_relations(lendshelf: Workspace) -> None:
    relations = lendshelf.show("--all", "--limit", "0")["relations"]

    for active in (True, False):
        assert {relation["class"] for relation in relations if relation["active"] is active} == set(
            RelationClass
        )


def test_blockers_are_those_of_the_readme(lendshelf: Workspace) -> None:
    blockers = lendshelf.show("--kind", "blocker")["relations"]

    assert [(blocker["ticket"][-4:], blocker["target"][-4:]) for blocker in blockers] == [
        ("ZNZC", "YGD9"),
        ("EHKH", "EGYV"),
        ("ZYPM", "EGYV"),
        ("19PD", "40ER"),
        ("QSAC", "EHKH"),
    ]
    assert [len(blocker["records"]) for blocker in blockers] == [2, 1, 1, 1, 1]
