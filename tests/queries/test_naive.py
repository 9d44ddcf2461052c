"""The answer of ``show --all`` against a second, deliberately plain reading of the same files."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from workspace_builder import Workspace

from queries import naive, naive_reading, random_workspaces, sample_ids
from yoi_relations.kinds import JSON_KINDS, KINDS, PLAN_KINDS

EXAMPLES = Path(__file__).parents[2] / "examples"
RECORD_KEYS = ("id", "kind", "holder", "target", "path", "line", "author")
KEYS = (
    *("class", "kind", "ticket", "target", "active", "elsewhere", "author"),
    *("ticket_title", "ticket_state", "target_title", "target_state"),
)


def shown(workspace: Workspace, *arguments: str) -> list[Any]:
    ran = workspace.run("show", "--limit", "0", "--json", *arguments)
    assert ran.code in (0, 4), ran
    rows: list[Any] = ran.json["relations"]
    return rows


def comparable(row: Any) -> dict[str, Any]:
    """A relation of either reading with what both must know, in one form."""
    at = naive.instant(row["at"]) if isinstance(row["at"], str) else row["at"]
    plan = row.get("plan") or {}
    records = [
        [one[key] for key in RECORD_KEYS]
        + [bool(one["retired_at"]), start(one["note"] if one["note"] != row["note"] else None)]
        for one in row["records"]
    ]
    return {key: row[key] for key in KEYS} | {
        "note": start(row["note"]),
        "summary": start(row.get("summary") or plan.get("summary")),
        "at": at,
        "records": sorted(records, key=repr),
    }


def start(text: str | None) -> str | None:
    """As much of a text as lists have of it, too."""
    return text and text[:270]


def compare(workspace: Workspace) -> naive_reading.Read:
    found = naive_reading.read(workspace.root)
    expected = naive.relations_of(found.tickets, found.records)
    ranked = [(one["class"], one["ticket"], one["target"], one["at"]) for one in expected]
    answer = [comparable(one) for one in shown(workspace, "--all")]
    assert [(one["class"], one["ticket"], one["target"], one["at"]) for one in answer] == ranked
    assert_same(answer, [comparable(one) for one in expected])
    counting = [comparable(one) for one in expected if one["active"]]
    assert_same([comparable(one) for one in shown(workspace)], counting)
    if len(counting) > 1 and (over := len(expected) - len(counting)):
        said = workspace.run("show", "--plain", "--limit", "1").err
        assert str(over) in re.findall(r"\d+", said)
    elsewhere = {one[one["elsewhere"]] for one in expected if one["elsewhere"]}
    for id_ in (*found.tickets, *elsewhere):
        touching = [comparable(one) for one in expected if id_ in (one["ticket"], one["target"])]
        assert_same([comparable(one) for one in shown(workspace, id_, "--all")], touching)
    listed = [one for row in answer for one in row["records"]]
    assert len(listed) == len(found.records) == len({(one[4], one[5]) for one in listed})
    return found


def assert_same(answer: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Equal but for the order of relations of the same ends and time."""
    assert sorted(answer, key=repr) == sorted(expected, key=repr)


def test_the_second_implementation_knows_every_kind() -> None:
    known = {name: (cls, shown) for cls, of in naive.CLASSES.items() for name, shown in of.items()}
    assert known == {name: (kind.cls, kind.shown) for name, kind in KINDS.items()}
    assert set(sample_ids.NOTES) == {name for name, kind in KINDS.items() if kind.is_note}
    read = {"md": KINDS, "json": JSON_KINDS, "jsonl": PLAN_KINDS}
    drawn = {form: set(kinds) for form, kinds in sample_ids.KINDS.items()}
    assert drawn == {form: set(kinds) for form, kinds in read.items()}


def test_the_examples_are_read_alike(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work")
    shutil.copytree(EXAMPLES, workspace.root, dirs_exist_ok=True)
    found = compare(workspace)
    assert found.unusable == []
    # Each entry of the files is one record of the answer: none lost, none doubled.
    files = [path for path in workspace.root.rglob("artifacts/**/*") if path.is_file()]
    stated = sum(path.suffix == ".md" and "\nretires:" not in path.read_text() for path in files)
    stated += sum(len(path.read_text().splitlines()) for path in files if path.suffix == ".jsonl")
    stated += sum(path.read_text().count('"ticket_id"') for path in files if path.suffix == ".json")
    assert len(found.records) == stated


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_workspaces.WORKSPACES)
def test_generated_workspaces_are_read_alike(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        before = workspace.snapshot()
        compare(workspace)
        assert workspace.snapshot() == before
