"""What doctor finds about times, retirements, ids, slugs and places."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from workspace_builder import AT, A, B, C, Workspace, ulid

from queries.test_doctor import LATER, findings, tickets


def ahead(**by: float) -> str:
    """An instant that far from now."""
    return (datetime.now(UTC) + timedelta(**by)).strftime("%Y-%m-%dT%H:%M:%SZ")


def retirement(workspace: Workspace, holder: str, retires: str, at: str = LATER) -> str:
    """Write a retirement; its id."""
    text = f"---\nretires: {retires}\nauthor: tester\nat: {at}\n---\nIt is over.\n"
    return workspace.record_file(holder, f"{ulid(900)}.md", text).stem


def found(workspace: Workspace, code: str) -> list[dict[str, Any]]:
    return [one for one in findings(workspace) if one["code"] == code]


@pytest.mark.parametrize(
    ("by", "severities"),
    [
        ({"minutes": -2}, []),
        ({"hours": 2}, ["info"]),
        ({"hours": 23}, ["info"]),
        ({"hours": 25}, ["warning"]),
        ({"days": 9999}, ["warning"]),
    ],
)
@pytest.mark.parametrize("what", ["record", "plan line", "retirement"])
def test_time_in_future_is_reported(
    workspace: Workspace, what: str, by: dict[str, float], severities: list[str]
) -> None:
    tickets(workspace, A="ready", B="ready")
    path = workspace.record(A, "blocked_by", B, at=ahead(**by) if what == "record" else AT)
    if what == "plan line":
        entry = {"kind": "after", "related_ticket": B, "at": ahead(**by)}
        path = workspace.plan_lines(A, entry)
    elif what == "retirement":
        retirement(workspace, A, path.stem, ahead(**by))

    one = found(workspace, "time_ahead")
    assert [each["severity"] for each in one] == severities
    assert all(A in each["tickets"] and each["commands"] == [] for each in one)


def test_future_time_of_retired_record_is_info(workspace: Workspace) -> None:
    tickets(workspace, A="ready")
    path = workspace.record(A, "waiting", note="For a machine.", at=ahead(days=9))
    retirement(workspace, A, path.stem, ahead(minutes=-1))

    assert [one["severity"] for one in found(workspace, "time_ahead")] == ["info"]


@pytest.mark.parametrize(("state", "severity"), [("ready", "warning"), ("closed", "info")])
def test_a_retirement_whose_record_does_not_exist(
    workspace: Workspace, state: str, severity: str
) -> None:
    tickets(workspace, A=state, B="ready")
    own = retirement(workspace, A, "x-0123456789abcdef")

    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("lost_retirement", severity, [A])
    assert one["path"].endswith(f"{own}.md")


def test_lost_retirement_names_holder_of_record(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    path = workspace.record(B, "blocked_by", A)
    retirement(workspace, A, path.stem)

    (one,) = found(workspace, "lost_retirement")
    assert one["tickets"] == [A, B]
    assert B in one["sentence"]


def test_a_retirement_of_a_retirement(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    path = workspace.record(A, "blocked_by", B)
    own = retirement(workspace, A, path.stem)
    text = f"---\nretires: {own}\nauthor: tester\nat: {LATER}\n---\nIt holds.\n"
    last = workspace.record_file(A, f"{ulid(901)}.md", text)

    (one,) = found(workspace, "lost_retirement")
    assert one["path"].endswith(last.name)
    assert "retirement" in one["sentence"]


def test_an_edited_entry_loses_its_retirement(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    entry = {"kind": "depends_on", "target": B, "note": "why"}
    workspace.relations_json(A, entry)
    assert workspace.run("retire", f".yoi/tickets/{A}/artifacts/relations.json", "--reason", "x")
    assert found(workspace, "lost_retirement") == []
    workspace.relations_json(A, {**entry, "note": "for another reason"})

    assert len(found(workspace, "lost_retirement")) == 1


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize(("at", "count"), [("2026-05-31T10:00:00Z", 1), (AT, 0), (LATER, 0)])
def test_a_retirement_dated_before_its_record(
    workspace: Workspace, at: str, count: int, *, is_old: bool
) -> None:
    tickets(workspace, A="ready", B="ready")
    if is_old:
        retired = {"retired_at": at, "retired_by": "x", "retired_reason": "over"}
        workspace.record(A, "blocked_by", B, **retired)
    else:
        retirement(workspace, A, workspace.record(A, "blocked_by", B).stem, at)

    one = findings(workspace)
    assert [(each["code"], each["severity"]) for each in one] == [
        ("early_retirement", "warning")
    ] * count


def test_one_record_id_in_two_tickets(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready")
    paths = [workspace.record(A, "blocked_by", B), workspace.record(A, "after", B)]
    folder = workspace.tickets / C / "artifacts" / "relations"
    folder.mkdir(parents=True)
    for path in paths:
        shutil.copy(path, folder)

    (one,) = findings(workspace)  # for however many records
    assert (one["code"], one["severity"], one["tickets"]) == ("copied_record", "warning", [A, C])
    assert one["commands"] == []


def test_a_copied_folder_is_named(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    workspace.record(A, "conflicts_with", B)
    shutil.copytree(workspace.tickets / A, workspace.tickets / f"{A} 2")

    assert {(one["code"], one["severity"]) for one in findings(workspace)} == {
        ("copied_folder", "warning"),
        ("copied_record", "warning"),
    }


@pytest.mark.parametrize(
    ("kinds", "count"),
    [
        ([("supersedes", A, B), ("supersedes", B, A)], 1),
        ([("duplicate_of", A, B), ("duplicate_of", B, A)], 1),
        ([("supersedes", A, B), ("duplicate_of", A, B)], 1),
        ([("supersedes", A, B), ("duplicate_of", B, A)], 0),
        ([("supersedes", A, B), ("supersedes", B, C), ("supersedes", C, A)], 1),
        ([("supersedes", A, B), ("supersedes", B, C), ("supersedes", A, C)], 0),
    ],
)
@pytest.mark.parametrize(("state", "severity"), [("ready", "warning"), ("closed", "info")])
def test_tickets_that_replace_each_other(
    workspace: Workspace, kinds: list[tuple[str, str, str]], count: int, state: str, severity: str
) -> None:
    tickets(workspace, A=state, B="closed", C="closed")
    for kind, holder, target in kinds:
        workspace.record(holder, kind, target)

    one = findings(workspace)
    assert [(each["code"], each["severity"]) for each in one] == [
        ("replacement_loop", severity)
    ] * count
    assert all(each["tickets"] == sorted({a for _, a, _ in kinds} | {B}) for each in one)


def test_retired_record_breaks_a_loop(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    workspace.record(A, "supersedes", B)
    retirement(workspace, B, workspace.record(B, "supersedes", A).stem)

    assert findings(workspace) == []


@pytest.mark.parametrize(
    ("author", "at", "count"),
    [
        ("another", "2026-06-02T09:59:59Z", 1),
        ("another", "2026-06-02T10:00:00Z", 0),
        ("tester", "2026-06-01T10:00:01Z", 0),
        ("another", "2026-06-01T09:00:00Z", 0),  # the plan is older than the note
    ],
)
def test_plan_that_ended_note_of_another_author_is_reported(
    workspace: Workspace, author: str, at: str, count: int
) -> None:
    tickets(workspace, A="queued")
    path = workspace.record(A, "waiting", note="For a machine.")
    workspace.record(A, "accepted_plan", note="How.", at=at, author=author)
    workspace.record(A, "accepted_plan", note="How.", at=ahead(minutes=-1), author="third")

    one = found(workspace, "ended_wait")
    assert len(one) == count
    assert all(each["path"].endswith(path.name) for each in one)


@pytest.mark.parametrize(
    ("id_", "slug", "count"),
    [
        (B, B, 1),
        (B, B.lower(), 1),
        (B, B[-4:], 1),
        (B, B[-3:], 0),
        (B, "gauge", 0),
        ("TASK-12", "SK-12", 1),
        ("TASK-1234", "1234", 1),
        ("TASK-01234", "1234", 0),
        ("Umbau-Größe", "größe", 1),
        ("20260409-081530-stock-count", "stock-count", 1),
    ],
)
def test_a_slug_that_names_another_ticket(
    workspace: Workspace, id_: str, slug: str, count: int
) -> None:
    workspace.ticket(A, "ready", slug=slug)
    workspace.ticket(id_, "ready", slug="own-name")

    one = found(workspace, "contested_slug")
    assert [(each["severity"], each["tickets"]) for each in one] == [
        ("warning", sorted([A, id_]))
    ] * count


def test_a_slug_may_be_the_ending_of_its_own_id(workspace: Workspace) -> None:
    workspace.ticket("20260409-081530-stock-count", "ready", slug="stock-count")

    assert findings(workspace) == []


@pytest.mark.parametrize(
    ("path", "code", "severity"),
    [
        ("{A}/artifacts/relations/{record}.md~", "leftover", "info"),
        ("{A}/relations/{record}.md", "misplaced_record", "warning"),
        ("{A}/artifacts/relations/notes.txt", "misplaced_file", "warning"),
        ("{C}/Item.md", "misnamed_item", "warning"),
        ("drawings/one.txt", "odd_folder", "warning"),
    ],
)
def test_misplaced_files(workspace: Workspace, path: str, code: str, severity: str) -> None:
    tickets(workspace, A="ready", B="ready")
    record = workspace.record(A, "related", B)
    assert findings(workspace) == []
    place = workspace.tickets / path.format(A=A, C=C, record=record.stem)
    place.parent.mkdir(parents=True, exist_ok=True)
    is_item = code == "misnamed_item"
    source = workspace.tickets / A / "item.md" if is_item else record
    place.write_text("words" if place.suffix == ".txt" else source.read_text("utf-8"), "utf-8")

    one = findings(workspace)
    assert [(each["code"], each["severity"]) for each in one] == [(code, severity)]


def test_empty_folder_is_no_finding(workspace: Workspace) -> None:
    tickets(workspace, A="ready")
    (workspace.tickets / "drawings" / "artifacts").mkdir(parents=True)

    assert findings(workspace) == []
