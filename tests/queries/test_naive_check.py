"""The answer of ``check`` against a second, deliberately plain reading of the same files.

``NAIVE_WORKSPACES=200`` makes each test here draw that many workspaces.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from building import Workspace
from hypothesis import HealthCheck, Phase, given, settings

from queries import leaning, making, naive_check, naive_reading
from queries.test_naive import EXAMPLES

BY_HAND = int(os.environ.get("NAIVE_WORKSPACES", "0"))


def drawn(number: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    phases = set(Phase) - {Phase.explain}  # which takes minutes here
    return settings(
        max_examples=BY_HAND or number, deadline=None, suppress_health_check=slow, phases=phases
    )


def checked(workspace: Workspace, *arguments: str) -> list[Any]:
    ran = workspace.run("check", "--json", *arguments)
    assert ran.code in (0, 9, 10, 11), ran
    checks: list[Any] = ran.json["checks"]
    return checks


def compare(workspace: Workspace) -> Counter[str]:
    """Hold every ticket against the plain reading; how often each code occurred."""
    found = naive_reading.read(workspace.root)
    active = naive_check.read_relations(found)
    unresolved = {
        id_ for id_, ticket in found.tickets.items() if ticket["state"] not in naive_check.RESOLVED
    }
    assert {one["ticket"] for one in checked(workspace)} == unresolved
    codes: Counter[str] = Counter()
    for one in checked(workspace, *found.tickets) if found.tickets else ():
        expected = naive_check.check(found, active, one["ticket"])
        assert (one["verdict"], reasons_of(one), one["plan"]) == expected, one["ticket"]
        assert_cycle(active, one)
        codes.update(reason["code"] for reason in one["reasons"])
    return codes


def reasons_of(one: Any) -> Counter[naive_check.Reason]:
    return Counter(
        (reason["verdict"], reason["code"], *rests_on(reason)) for reason in one["reasons"]
    )


def rests_on(reason: Any) -> tuple[str | None, tuple[str, ...]]:
    """The ticket at the other end and the places; of a cycle see `assert_cycle`."""
    if reason["code"].endswith("_cycle"):
        return None, ()
    if reason["code"] == "unusable_source":
        place, _, _ = reason["sentence"].partition(": ")
        path, _, _ = place.partition(":")  # only of a plan does a line say which record it was
        place = place if path.endswith(".jsonl") else path
        return reason["ticket"], (place,) if place.startswith(".yoi/") else ()
    places = (f"{place['path']}:{place['line']}" for place in reason["records"] if place["id"])
    return reason["ticket"], tuple(sorted(places))


def assert_cycle(active: list[Any], one: Any) -> None:
    """The ticket that a cycle's reason names is the next one on a way round."""
    for reason in one["reasons"]:
        if reason["code"].endswith("_cycle"):
            taken = {"dependency"} | ({"ordering"} if reason["code"] == "mixed_cycle" else set())
            edges = [row for row in active if row["class"] in taken]
            (first,) = (
                row
                for row in edges
                if (row["ticket"], row["target"]) == (one["ticket"], reason["ticket"])
                and row["kind"] == reason["kind"]
            )
            assert naive_check.reaches(edges, first["target"], first["ticket"])
            places = {(place["path"], place["line"]) for place in reason["records"]}
            assert places >= {(place["path"], place["line"]) for place in first["records"]}


def test_the_examples_are_judged_alike(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work")
    shutil.copytree(EXAMPLES, workspace.root, dirs_exist_ok=True)
    assert compare(workspace).total() > len(naive_reading.read(workspace.root).tickets)


@drawn(60)
@given(making.WORKSPACES)
def test_generated_workspaces_are_judged_alike(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(making.build(Path(folder) / "work", made))


@pytest.mark.parametrize("code", sorted(naive_check.VERDICTS))
def test_workspaces_that_lean_to_a_code_are_judged_alike(code: str) -> None:
    occurred: list[bool] = []

    @drawn(8)
    @given(leaning.LEANINGS[code])
    def judged(made: dict[str, Any]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            workspace = making.build(Path(folder) / "work", made)
            compare(workspace)
            (one,) = checked(workspace, leaning.A)
            occurred.append(code in {reason["code"] for reason in one["reasons"]})

    judged()
    # A dependency cycle is told instead of a mixed one, and one may have been made up, too.
    assert sum(occurred) > len(occurred) * (0.5 if code == "mixed_cycle" else 0.99), occurred
