"""The program's answer against a second, deliberately plain reading of the same files."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from building import A, B, C, D, Workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries import naive

EXAMPLES = Path(__file__).parents[2] / "examples"
RETIRED = {"retired_at": "2026-07-01T10:00:00Z", "retired_by": "x", "retired_reason": "over"}
JSON_KINDS = ("depends_on", "blocks", "related", "supersedes", "duplicate_of")
PLAN_KINDS = (
    *("before", "after", "blocked_by", "blocks", "conflicts_with", "do_not_parallelize"),
    *("waiting_capacity_note", "accepted_plan"),
)
ALL_KINDS = tuple(dict.fromkeys((*JSON_KINDS, *PLAN_KINDS, "waiting")))
NOTES = ("waiting", "waiting_capacity_note", "accepted_plan")
RECORD_KEYS = ("id", "kind", "holder", "target", "path", "line", "author")
KEYS = (
    *("class", "kind", "ticket", "target", "active", "author"),
    *("ticket_title", "ticket_state", "target_title", "target_state"),
)
RECORDS = st.fixed_dictionaries(
    {
        "format": st.sampled_from(["md", "md", "json", "jsonl"]),
        "holder": st.sampled_from([A, B, C]),
        "other": st.sampled_from([A, B, C, D]),  # D does not exist
        "kind": st.integers(min_value=0),
        "aimed": st.booleans(),
        "note": st.sampled_from([None, "one", "二つ目", "three\n\nlines"]),
        "at": st.sampled_from(
            [
                "2026-06-01T08:00:00Z",
                "2026-06-01T12:00:00Z",
                "2026-06-01T21:00:00+09:00",
                "2026-06-01T12:00:00.5Z",
                "2026-06-01T10:00:00-09:00",
            ]
        ),
        "retired": st.sampled_from([False, False, True]),
    }
)
STATE = st.sampled_from([*naive.STATES, "ready", "unheard-of"])


def write(workspace: Workspace, said: dict[str, Any], entries: dict[str, list[Any]]) -> None:
    """Write one record file, or put an entry aside for its list."""
    holder, form = said["holder"], said["format"]
    kinds = {"md": ALL_KINDS, "json": JSON_KINDS, "jsonl": PLAN_KINDS}[form]
    kind = kinds[said["kind"] % len(kinds)]
    target = said["other"] if said["other"] != holder else D
    target = target if kind not in NOTES or (said["aimed"] and "waiting" in kind) else None
    note = said["note"] or ("needed" if kind in NOTES else None)
    if form == "md":
        marks = RETIRED if said["retired"] else {}
        workspace.record(holder, kind, target, note or "", at=said["at"], **marks)
        return
    entry = {"ticket_id": holder, "kind": kind, "author": "tester", "at": said["at"]}
    if form == "jsonl":
        entry["id"] = "orch-plan-1"
    if kind == "accepted_plan":
        entry["accepted_plan"] = {"summary": note}
    elif note:
        entry["note"] = note
    if target:
        entry["target" if form == "json" else "related_ticket"] = target
    entries[f"{holder} {form}"].append(entry)
    if said["retired"]:
        retires = {"retires": naive.entry_record(entry, "")["id"]}
        workspace.record(holder, kind, target, "", **retires, **RETIRED)


def build(root: Path, states: list[str], records: list[dict[str, Any]]) -> Workspace:
    workspace = Workspace(root)
    for id_, state in zip((A, B, C), states, strict=True):
        workspace.ticket(id_, state)
    entries: dict[str, list[Any]] = {
        f"{id_} {f}": [] for id_ in (A, B, C) for f in ("json", "jsonl")
    }
    for said in records:
        write(workspace, said, entries)
    for name, listed in entries.items():
        holder, form = name.split()
        if listed:
            (workspace.relations_json if form == "json" else workspace.plan_lines)(holder, *listed)
    return workspace


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
        + [bool(one["retired_at"]), str(one["note"] if one["note"] != row["note"] else None)]
        for one in row["records"]
    ]
    return {key: row[key] for key in KEYS} | {
        "note": row["note"],
        "summary": row.get("summary") or plan.get("summary"),
        "at": at,
        "records": sorted(records, key=json.dumps),
    }


def compare(workspace: Workspace) -> None:
    expected = naive.read_relations(workspace.root)
    ranked = [(one["class"], one["ticket"], one["target"], one["at"]) for one in expected]
    answer = [comparable(one) for one in shown(workspace, "--all")]
    assert [(one["class"], one["ticket"], one["target"], one["at"]) for one in answer] == ranked
    assert_same(answer, [comparable(one) for one in expected])
    counting = [comparable(one) for one in expected if one["active"]]
    assert_same([comparable(one) for one in shown(workspace)], counting)
    if len(counting) > 1 and (over := len(expected) - len(counting)):
        told = workspace.run("show", "--plain", "--limit", "1").err
        assert f"--all adds {over} that no longer count" in told
    for id_ in naive.read_tickets(workspace.root):
        touching = [comparable(one) for one in expected if id_ in (one["ticket"], one["target"])]
        assert_same([comparable(one) for one in shown(workspace, id_, "--all")], touching)


def assert_same(answer: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Equal but for the order of relations of the same ends and time."""
    assert sorted(answer, key=repr) == sorted(expected, key=repr)


def test_the_examples_are_read_alike(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work")
    shutil.copytree(EXAMPLES, workspace.root, dirs_exist_ok=True)
    compare(workspace)
    # Each entry of the files is one record of the answer: none lost, none doubled.
    files = [path for path in workspace.root.rglob("artifacts/**/*") if path.is_file()]
    stated = sum(path.suffix == ".md" and "\nretires:" not in path.read_text() for path in files)
    stated += sum(len(path.read_text().splitlines()) for path in files if path.suffix == ".jsonl")
    stated += sum(path.read_text().count('"ticket_id"') for path in files if path.suffix == ".json")
    records = [one for row in shown(workspace, "--all") for one in row["records"]]
    assert len(records) == len({(one["path"], one["line"]) for one in records}) == stated


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STATE, min_size=3, max_size=3), st.lists(RECORDS, max_size=10))
def test_generated_workspaces_are_read_alike(
    states: list[str], records: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = build(Path(folder) / "work", states, records)
        before = workspace.snapshot()
        compare(workspace)
        assert workspace.snapshot() == before
        listed = [one for row in shown(workspace, "--all") for one in row["records"]]
        assert len(listed) == len(records)
        assert len({(one["path"], one["line"]) for one in listed}) == len(records)
