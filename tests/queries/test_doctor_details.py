"""Whom and what a finding names, in its hint and among others."""

from __future__ import annotations

from workspace_builder import AT, A, B, C, D, Workspace, ids_in

from queries.test_doctor import LATER, OUTSIDE, findings, tickets

RETIRED = {"retired_at": LATER, "retired_by": "x", "retired_reason": "It is over."}


def test_both_of_two_opposed_orderings_may_be_ended(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    paths = [workspace.record(A, "before", B, at=LATER), workspace.record(B, "before", A)]
    (one,) = findings(workspace)
    assert one["path"] == str(paths[0].relative_to(workspace.root))
    assert sorted(path.stem for path in paths if path.stem in one["hint"]) == [
        path.stem for path in paths
    ]


def test_a_record_that_is_retired_need_not_be_retired_again(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    workspace.record(A, "before", B)
    workspace.record(B, "after", A, **RETIRED)
    current = workspace.record(B, "before", A)
    over = workspace.record(A, "after", B, **RETIRED)
    (one,) = findings(workspace)
    assert current.stem in one["hint"]
    assert over.stem not in one["hint"]


def test_a_conflict_is_found_among_other_relations(workspace: Workspace) -> None:
    tickets(workspace, A="inprogress", B="inprogress")
    workspace.record(A, "related", B)
    workspace.record(A, "conflicts_with", B)
    workspace.record(B, "supersedes", A)
    (one,) = findings(workspace)
    assert (one["code"], one["tickets"]) == ("conflict_inprogress", [A, B])


def test_plans_that_share_a_branch_are_named(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    for holder in (B, A):
        workspace.record(holder, "accepted_plan", note="How.", branch="work/one")
    (one,) = findings(workspace)
    assert (one["code"], one["tickets"]) == ("shared_branch", [A, B])
    assert ids_in(one["sentence"]) == [A, B]
    assert "work/one" in one["sentence"]


def test_plans_without_a_branch_share_none(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    for holder in (A, B):
        workspace.record(holder, "accepted_plan", note="How.")
    assert findings(workspace) == []


def test_latest_of_several_plans_with_one_branch_is_the_place(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready")
    last, *_ = [
        workspace.record(holder, "accepted_plan", note="How.", branch="one", at=at)
        for holder, at in ((C, LATER), (A, AT), (B, AT))
    ]
    (one,) = findings(workspace)
    assert one["path"] == str(last.relative_to(workspace.root))


def test_texts_of_both_ends_of_a_relation_are_read(workspace: Workspace) -> None:
    tickets(workspace, A="closed", B="ready", C="ready")
    workspace.record(A, "related", B, note="As it was.")
    path = workspace.record(B, "related", A, note=f"As in {C}.")
    (one,) = findings(workspace)
    assert one["code"] == "unrelated_mention"
    assert one["path"] == str(path.relative_to(workspace.root))


def test_latest_of_expired_notes_is_the_place(workspace: Workspace) -> None:
    workspace.ticket(A, "inprogress")
    last = workspace.record(A, "waiting", note="For a machine.", at=LATER)
    workspace.record(A, "waiting", note="For a desk.")
    (one,) = findings(workspace)
    assert one["path"] == str(last.relative_to(workspace.root))


def test_expired_note_may_be_recorded_again_or_retired(workspace: Workspace) -> None:
    workspace.ticket(A, "inprogress")
    path = workspace.record(A, "waiting", note="For a machine.")
    (one,) = findings(workspace)
    assert one["code"] == "expired_note"
    assert f"relations retire {path.stem} --reason" in one["hint"]


def test_plan_of_one_resolved_ticket_is_reported_alone(workspace: Workspace) -> None:
    workspace.ticket(A, "closed")
    workspace.record(A, "accepted_plan", note="How.")
    (one,) = findings(workspace)
    assert (one["code"], one["tickets"]) == ("expired_plan", [A])


def test_second_of_two_equal_entries_may_be_retired(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    entry = {"kind": "depends_on", "target": B, "note": "Its table is read."}
    workspace.relations_json(A, entry, entry | {"at": LATER})
    (one,) = findings(workspace)
    assert one["code"] == "repeated_record"
    assert one["hint"].startswith("relations retire x-")


def test_text_of_an_expired_relation_is_not_searched(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="closed", C="ready")
    workspace.record(A, "blocked_by", B, note=f"As in {C}.")
    assert [one["code"] for one in findings(workspace)] == ["expired_edge"]


def test_findings_of_one_file_are_in_line_order(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    workspace.artifact(A, "orchestration-plan.jsonl", "not JSON\n" + "{}\n" * 10)
    assert [one["line"] for one in findings(workspace)] == [*range(1, 12)]


def test_missing_target_of_a_reversed_record_is_dangling(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    workspace.record(A, "blocks", D)
    (one,) = findings(workspace)
    assert (one["code"], one["severity"], one["tickets"]) == ("dangling_target", "error", [A, D])


def test_first_five_unusable_files_are_separate_reasons(
    workspace: Workspace,
) -> None:
    workspace.ticket(A, "ready")
    for number in range(5):
        workspace.record_file(A, f"{number}.md", "no record")
    reasons = workspace.run("check", A, "--json").json["checks"][0]["reasons"]
    assert len([path for one in reasons for path in one["records"]]) == len(reasons) == 5
    for number in range(5, 7):
        workspace.record_file(A, f"{number}.md", "no record")
    reasons = workspace.run("check", A, "--json").json["checks"][0]["reasons"]
    assert [one["code"] for one in reasons] == ["unusable_source"] * 6
    assert [len(one["records"]) for one in reasons] == [1] * 5 + [0]
    assert reasons[-1]["sentence"].startswith("2 ")


def test_an_unknown_state_is_a_reason_with_the_first_place_that_hides_it(
    workspace: Workspace,
) -> None:
    workspace.ticket(A, "unheard-of")
    workspace.ticket(A, bucket="open")
    (one, *_) = workspace.run("check", A, "--json").json["checks"][0]["reasons"]
    assert one["code"] == "state_unknown"
    (place,) = one["records"]
    assert place["path"] in one["sentence"]


def test_a_cycle_is_ended_by_a_record_of_its_first_step(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    first = workspace.record(A, "blocked_by", B)
    second = workspace.record(B, "blocked_by", A)
    (one,) = findings(workspace)
    assert f"relations retire {first.stem} --reason" in one["hint"]
    assert second.stem not in one["hint"]


def test_opposed_dependency_hides_no_other_cycle(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready", C="ready", D="ready")
    workspace.ticket(OUTSIDE, "ready")
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "after", A)
    for holder, target in ((C, D), (D, OUTSIDE)):
        workspace.record(holder, "blocked_by", target)
    workspace.record(OUTSIDE, "after", C)
    assert sorted(one["code"] for one in findings(workspace)) == [
        *("mixed_cycle", "opposed_dependency"),
    ]


def test_problem_of_a_whole_file_comes_before_those_of_its_lines(workspace: Workspace) -> None:
    tickets(workspace, A="ready", B="ready")
    text = f"---\nkind: related\ntarget: {B}\nseverity: high\nauthor: a\nat: {LATER}\n---\n"
    workspace.record_file(A, "notes.md", text)
    assert [one["line"] for one in workspace.show()["problems"]] == [None, 4]
