"""What a check says because of mistakes: each case as the files would be found.

In each case, the second implementation says the same about every ticket.
"""

from __future__ import annotations

from typing import Any

import pytest
from workspace_builder import AT, A, B, C, D, Workspace, ulid

from queries import naive
from queries.test_naive_check import compare

BAD = "---\nkind: supersedes\n{}author: x\nat: no time\n---\n"


def check(workspace: Workspace, ticket: str = A) -> Any:
    compare(workspace)
    ran = workspace.run("check", ticket, "--json")
    assert ran.code in (0, 9, 10, 11), ran
    return ran.json["checks"][0]


def codes(workspace: Workspace, ticket: str = A) -> list[str]:
    return [one["code"] for one in check(workspace, ticket)["reasons"]]


@pytest.mark.parametrize("target", [A.lower(), f"'{A} '", f'"{A}\\u200b"', A[-4:], f"'{A}, {C}'"])
@pytest.mark.parametrize(
    ("holder", "kind", "verdict"),
    [
        (B, "blocks", "unknown"),
        (B, "before", "unknown"),
        (B, "conflicts_with", "unknown"),
        (B, "supersedes", "unknown"),
        (B, "related", "clear"),
        (B, "duplicate_of", "clear"),
        (B, "blocked_by", "clear"),
        (B, "after", "clear"),
        (B, "waiting", "clear"),
    ],
)
def test_misspelled_target_counts_for_meant_ticket(
    queued: Workspace, target: str, holder: str, kind: str, verdict: str
) -> None:
    path = queued.record(holder, kind, target, "why")
    found = check(queued)
    assert found["verdict"] == verdict
    shown = queued.run("show", A, "--json")
    active = kind != "waiting"  # B is inprogress, and waits for nothing
    assert shown.code == (4 if active else 0)
    if verdict == "unknown":
        (reason,) = found["reasons"]
        assert (reason["code"], reason["ticket"]) == ("misspelled_target", B)
        assert [one["path"] for one in reason["records"]] == [str(path.relative_to(queued.root))]


def test_misspelled_target_of_inactive_relation_does_not_count(queued: Workspace) -> None:
    queued.record(B, "blocks", A.lower())
    assert queued.run("retire", ulid(1), "--reason", "misspelled").code == 0
    assert check(queued)["verdict"] == "clear"
    queued.record(B, "blocks", A.lower())
    queued.ticket(B, "done")
    assert check(queued)["verdict"] == "clear"


def test_misspelled_target_counts_for_no_other_ticket(queued: Workspace) -> None:
    queued.ticket(C, "queued")
    queued.record(B, "blocks", A.lower())
    assert (check(queued, C)["verdict"], queued.run("show", C).code) == ("clear", 0)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_misspelled_target_of_older_format_counts(queued: Workspace, form: str) -> None:
    if form == "json":
        queued.relations_json(B, {"kind": "blocks", "target": A.lower()})
    else:
        queued.plan_lines(B, {"kind": "blocks", "related_ticket": A.lower()})
    assert codes(queued) == ["misspelled_target"]


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("", {A, C}),
        (f"target: {A}\n", {A}),
        (f"target: {A.lower()}\n", {A}),
        (f"target: {D}\n", set()),
        ("target: nobody\n", set()),
        (f"Target: {A}\n", {A, C}),
        (f"<<<<<<< x\ntarget: {A}\n", {A, C}),
    ],
)
def test_bad_file_of_resolved_ticket_could_supersede(
    queued: Workspace, line: str, about: set[str]
) -> None:
    queued.ticket(B, "done")
    queued.ticket(C, "queued")
    queued.ticket(D, "closed")
    queued.record_file(B, f"{ulid(1)}.md", BAD.format(line))
    for ticket in (A, C):
        expected = ("caution", ["possibly_superseded"]) if ticket in about else ("clear", [])
        assert (check(queued, ticket)["verdict"], codes(queued, ticket)) == expected


@pytest.mark.parametrize("second", [{"kind": "nothing"}, {"kind": "nothing", "target": C}])
def test_bad_relations_json_of_resolved_ticket_concerns_its_targets(
    queued: Workspace, second: dict[str, str]
) -> None:
    queued.ticket(B, "done")
    queued.ticket(C, "queued")
    queued.ticket(D, "queued")
    queued.relations_json(B, {"kind": "supersedes", "target": A}, second)
    assert codes(queued) == ["possibly_superseded"]
    assert codes(queued, D) == ([] if "target" in second else ["possibly_superseded"])


def test_bad_plan_line_of_resolved_ticket_cannot_supersede(queued: Workspace) -> None:
    queued.ticket(B, "done")
    queued.artifact(B, "orchestration-plan.jsonl", "{oops\n")
    assert check(queued)["verdict"] == "clear"


def replaced(workspace: Workspace, *, state: str = "closed", by: str = "ready") -> None:
    workspace.pair(states=("queued", state))
    workspace.ticket(C, by)
    workspace.record(A, "blocked_by", B)


@pytest.mark.parametrize("kind", ["supersedes", "duplicate_of"])
@pytest.mark.parametrize(
    ("state", "by", "verdict"),
    [
        ("closed", "inprogress", "caution"),
        ("closed", "queued", "caution"),
        ("closed", "done", "clear"),
        ("closed", "closed", "clear"),
        ("closed", "unheard-of", "caution"),
        ("done", "inprogress", "clear"),
    ],
)
def test_replaced_blocker_is_caution(
    workspace: Workspace, kind: str, state: str, by: str, verdict: str
) -> None:
    replaced(workspace, state=state, by=by)
    workspace.record(*((C, kind, B) if kind == "supersedes" else (B, kind, C)))
    assert check(workspace)["verdict"] == verdict
    expected = ["blocker_replaced"] if verdict == "caution" else []
    assert codes(workspace) == expected
    holds = [one["ticket"] for one in check(workspace, C)["holds"]]
    assert holds == ([A] if expected else [])


def test_chain_of_replacements_is_followed_to_its_end(workspace: Workspace) -> None:
    replaced(workspace, by="closed")
    workspace.ticket(D, "planning")
    workspace.record(C, "supersedes", B)
    workspace.record(C, "duplicate_of", D)
    workspace.record(B, "supersedes", C)  # a loop ends
    (reason,) = check(workspace)["reasons"]
    assert (reason["code"], reason["ticket"]) == ("blocker_replaced", D)
    assert [(one["ticket"], one["frees"]) for one in check(workspace, D)["holds"]] == [(A, True)]


def test_retired_or_missing_replacement_does_not_count(workspace: Workspace) -> None:
    replaced(workspace)
    workspace.record(B, "duplicate_of", "nobody")
    assert codes(workspace) == ["blocker_replaced"]
    assert workspace.run("retire", ulid(2), "--reason", "no").code == 0
    assert codes(workspace) == []


def test_misspelled_replacement_counts(workspace: Workspace) -> None:
    replaced(workspace)
    workspace.record(C, "supersedes", B.lower())
    assert codes(workspace) == ["blocker_replaced"]


def test_a_bad_link_between_a_closed_blocker_and_its_replacement_is_a_caution(
    workspace: Workspace,
) -> None:
    replaced(workspace, by="inprogress")
    text = f"---\nkind: duplicate\ntarget: {C}\nauthor: x\nat: {AT}\n---\n"
    workspace.record_file(B, f"{ulid(5)}.md", text)
    assert codes(workspace) == ["possibly_superseded"]


def test_a_bad_line_of_a_replaced_blocker_is_a_caution(workspace: Workspace) -> None:
    workspace.pair(states=("queued", "closed"))
    workspace.ticket(C, "inprogress")
    workspace.record(C, "supersedes", B)
    workspace.artifact(B, "orchestration-plan.jsonl", "{")
    assert codes(workspace) == ["possibly_superseded"]
    workspace.ticket(C, "done")
    assert codes(workspace) == []


@pytest.mark.parametrize(
    ("name", "is_source"),
    [
        (ulid(5), True),
        (f"{ulid(5)}.md.bak", True),
        (f"{ulid(6)}.md.bak", False),
        (f"{ulid(6)}.md~", False),
        ("notes.txt", False),
        ("Thumbs.db", False),
        (".hidden.md", False),
        ("sub/x.md", True),
        ("by-hand.markdown", True),
    ],
)
def test_possible_record_is_a_source(workspace: Workspace, name: str, *, is_source: bool) -> None:
    workspace.ticket(A, "queued")
    record = f"---\nkind: related\ntarget: {D}\nauthor: x\nat: {AT}\n---\n"
    workspace.record_file(A, f"{ulid(6)}.md", record)
    text = "by hand\n" if name.startswith((ulid(5), "n", "T")) else record
    workspace.record_file(A, name, text)
    assert codes(workspace) == ["unusable_source"] * is_source


@pytest.mark.parametrize(
    "fields",
    [
        f"author: x\nat: {AT}\n---\n",
        f"at: {AT}\n---\nOver.\n",
        f"kind: after\nauthor: x\nat: {AT}\n---\nOver.\n",
        f"retired_at: {AT}\nauthor: x\nat: {AT}\n---\nOver.\n",
    ],
)
def test_a_bad_retirement_retires_nothing(queued: Workspace, fields: str) -> None:
    queued.record(A, "blocked_by", B)
    queued.record_file(A, f"{ulid(2)}.md", f"---\nretires: {ulid(1)}\n{fields}")
    assert sorted(codes(queued)) == ["blocked", "unusable_source"]


def test_a_retirement_counts_in_whichever_folder_of_the_ticket(queued: Workspace) -> None:
    entry = {"ticket_id": A, "kind": "after", "related_ticket": B, "author": "x", "at": AT}
    queued.plan_lines(A, {"id": "p", **entry})
    assert codes(queued) == ["ordered_after"]
    lost(queued, f"closed/{A}", naive.content_id({"id": "p", **entry}))
    assert codes(queued) == ["state_unknown"]


def lost(workspace: Workspace, holder: str, retires: str) -> None:
    text = f"---\nretires: {retires}\nauthor: x\nat: {AT}\n---\nover\n"
    workspace.record_file(holder, f"{ulid(99)}.md", text)


@pytest.mark.parametrize(
    ("holder", "retires", "expected"),
    [
        (A, ulid(50), ["lost_retirement", "plan"]),
        (A, ulid(2).lower(), ["lost_retirement", "plan"]),
        (B, ulid(2), ["lost_retirement", "plan"]),
        (B, ulid(50), ["plan"]),
        (A, ulid(2), ["waiting"]),
    ],
)
def test_lost_retirement_is_caution_if_plan_ends_wait(
    queued: Workspace, holder: str, retires: str, expected: list[str]
) -> None:
    queued.record(A, "waiting", None, "for a desk")
    queued.record(A, "accepted_plan", None, "the way", at="2026-06-02T10:00:00Z")
    lost(queued, holder, retires)
    assert codes(queued) == expected


def test_lost_retirement_is_no_reason_if_no_plan_ends_wait(queued: Workspace) -> None:
    queued.record(A, "accepted_plan", None, "the way")
    lost(queued, A, ulid(50))
    assert codes(queued) == ["plan"]


def test_a_missing_blocker_is_one_reason(workspace: Workspace) -> None:
    workspace.ticket(A, "queued")
    for kind in ("blocked_by", "after", "conflicts_with"):
        workspace.record(A, kind, B)
    workspace.record(A, "after", "acme/shop:X")
    assert codes(workspace) == ["other_unknown"] * 4


@pytest.mark.parametrize("kind", ["blocks", "before", "conflicts_with"])
def test_ticket_lists_what_it_holds_and_frees(queued: Workspace, kind: str) -> None:
    queued.record(B, kind, A)
    holds = check(queued, B)["holds"]
    assert [(one["ticket"], one["state"], one["frees"]) for one in holds] == [(A, "queued", True)]
    queued.record(A, "waiting", None, "for a desk")
    assert [one["frees"] for one in check(queued, B)["holds"]] == [False]


@pytest.mark.parametrize(("ticket", "held"), [(B, [B]), ("00001KT0000ZZ", [])])
def test_missing_ticket_does_not_wait_for_replacement_of_blocker(
    queued: Workspace, ticket: str, held: list[str]
) -> None:
    queued.ticket(C, "closed")
    queued.record(A, "supersedes", C)
    queued.record(C, "blocks", ticket)
    assert [one["ticket"] for one in check(queued, A)["holds"]] == held


def test_own_state_and_cycle_do_not_prevent_a_ticket_from_being_freed(
    queued: Workspace,
) -> None:
    queued.ticket(A, "planning")
    queued.record(A, "blocked_by", B)
    queued.record(B, "blocked_by", A)
    assert [one["frees"] for one in check(queued, B)["holds"]] == [True]
    queued.ticket(C)
    queued.record(A, "blocked_by", C)
    queued.record(C, "blocked_by", A)
    assert [one["frees"] for one in check(queued, B)["holds"]] == [False]


@pytest.mark.parametrize(
    ("holder", "kind", "target", "holds"),
    [
        (B, "supersedes", A, [(A, False)]),
        (A, "duplicate_of", B, [(A, False)]),
        (A, "waiting", B, []),
        (A, "related", B, []),
    ],
)
def test_ticket_frees_only_what_it_can_end(
    queued: Workspace, holder: str, kind: str, target: str, holds: list[tuple[str, bool]]
) -> None:
    queued.record(holder, kind, target, "why")
    assert [(one["ticket"], one["frees"]) for one in check(queued, B)["holds"]] == holds


def test_show_reports_misspelled_blocker_that_was_replaced(workspace: Workspace) -> None:
    workspace.pair(states=("queued", "closed"))
    workspace.ticket(C, "ready")
    workspace.record(B, "blocks", A.lower())
    workspace.record(C, "supersedes", B)
    assert codes(workspace) == ["misspelled_target"]
    assert workspace.run("show", A).code == 4


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        (f"{B}\u200b", f"{B}\\u200b"),
        ("Z1, which is done. A is clear", '"Z1, which is done. A is clear"'),
    ],
)
def test_target_text_cannot_imitate_the_sentence(
    workspace: Workspace, target: str, seen: str
) -> None:
    workspace.pair(states=("queued", "queued"))
    workspace.record(A, "blocked_by", f"'{target}'")
    (reason,) = check(workspace)["reasons"]
    assert reason["ticket"] == target
    assert seen in reason["sentence"]
    for command in ("show", "check"):
        plain = workspace.run(command, A, "--plain").out
        assert seen.strip('"').replace("\\", "\\\\") in plain
        assert "\u200b" not in plain


def test_reason_lists_records_that_are_not_retired(queued: Workspace) -> None:
    queued.record(A, "blocked_by", B)
    queued.record(B, "blocks", A)
    assert queued.run("retire", ulid(1), "--reason", "said from the other side").code == 0
    (reason,) = check(queued)["reasons"]
    assert [one["id"] for one in reason["records"]] == [ulid(2)]
