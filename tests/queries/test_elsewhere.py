"""Tickets of other workspaces, in every answer: shown, never missing, and never clear."""

from __future__ import annotations

from typing import Any

import pytest
from workspace_builder import A, B, C, D, Workspace

ELSEWHERE = "acme/loans:00001KT0000BB"
"""Its id is that of a ticket here, too."""
NEXT = {"blocked_by": "dependency", "after": "ordering", "conflicts_with": "conflict"}


@pytest.fixture
def three(workspace: Workspace) -> Workspace:
    for id_ in (A, B, C):
        workspace.ticket(id_, "queued")
    return workspace


def check(workspace: Workspace, id_: str) -> Any:
    return workspace.run("check", id_, "--json").json["checks"][0]


def codes(workspace: Workspace, id_: str) -> list[str]:
    return [reason["code"] for reason in check(workspace, id_)["reasons"]]


@pytest.mark.parametrize("form", ["md", "json", "jsonl"])
def test_no_format_makes_it_a_problem(three: Workspace, form: str) -> None:
    if form == "md":
        three.record(A, "blocked_by", ELSEWHERE)
    elif form == "json":
        three.relations_json(A, {"kind": "depends_on", "target": ELSEWHERE})
    else:
        three.plan_lines(A, {"kind": "blocked_by", "related_ticket": ELSEWHERE})
    answer = three.show(A)  # which fails where there is a problem
    (row,) = answer["relations"]
    assert answer["problems"] == []
    assert (row["target"], row["elsewhere"], row["active"]) == (ELSEWHERE, "target", True)
    assert (row["target_title"], row["target_state"]) == (None, None)
    assert three.run("doctor", "--severity", "info", "--json").json["findings"] == []
    assert codes(three, B) == []  # whose id it ends with


@pytest.mark.parametrize("kind", NEXT)
def test_what_waits_for_it_is_unknown_until_the_local_end_is_resolved(
    three: Workspace, kind: str
) -> None:
    three.record(A, kind, ELSEWHERE)
    ran = three.run("check", A, "--json")
    (reason,) = ran.json["checks"][0]["reasons"]
    assert (ran.code, reason["verdict"], reason["code"]) == (11, "unknown", "elsewhere")
    assert (reason["class"], reason["ticket"], reason["state"]) == (NEXT[kind], ELSEWHERE, None)
    assert ELSEWHERE in reason["sentence"]
    three.ticket(A, "done")
    assert codes(three, A) == ["state"]


@pytest.mark.parametrize("kind", ["related", "supersedes", "waiting", "blocks", "before"])
def test_what_does_not_wait_for_it_is_not_unknown(three: Workspace, kind: str) -> None:
    three.record(A, kind, ELSEWHERE, "why")
    assert codes(three, A) == (["waiting"] if kind == "waiting" else [])
    assert check(three, A)["holds"] == []


def test_a_closed_blocker_that_it_replaced_is_a_caution(three: Workspace) -> None:
    three.ticket(B, "closed")
    three.record(A, "blocked_by", B)
    three.record(B, "duplicate_of", ELSEWHERE)
    (reason,) = check(three, A)["reasons"]
    assert (reason["code"], reason["ticket"]) == ("blocker_replaced", ELSEWHERE)
    assert f"{ELSEWHERE}, which is elsewhere" in reason["sentence"]


def test_a_digest_covers_it(three: Workspace) -> None:
    record = three.record(A, "blocked_by", ELSEWHERE)
    before = check(three, A)["digest"]
    record.write_text(record.read_text().replace("acme/loans", "acme/lend"))
    assert check(three, A)["digest"] != before


def test_no_cycle_leads_through_it(three: Workspace) -> None:
    three.record(A, "blocked_by", ELSEWHERE)
    three.record(B, "blocks", ELSEWHERE)
    added = three.run("add", B, "after", A, "--json").json
    assert added["warnings"] == []
    assert codes(three, A) == ["elsewhere"]
    assert codes(three, B) == ["ordered_after"]
    assert three.run("doctor").code == 0
    assert three.run("graph", "--format", "json").json["cycles"] == []


def test_no_loop_of_replacements_leads_through_it(three: Workspace) -> None:
    three.record(A, "supersedes", ELSEWHERE)
    three.record(B, "duplicate_of", ELSEWHERE)
    assert three.run("add", B, "supersedes", A, "--json").json["warnings"] == []


def test_show_finds_what_touches_it_by_its_exact_name(three: Workspace) -> None:
    three.ticket(C, "queued", title=f"Like {ELSEWHERE} and loans:00001KT0000BB")
    three.record(A, "blocked_by", ELSEWHERE)
    three.record(B, "blocks", ELSEWHERE)
    three.record(C, "waiting", ELSEWHERE, "for it")
    rows = three.show(ELSEWHERE)["relations"]
    assert [(row["ticket"], row["end"], row["elsewhere"]) for row in rows] == [
        (A, "target", "target"),
        (ELSEWHERE, "ticket", "ticket"),
        (C, "target", "target"),
    ]
    for name in ("loans:00001KT0000BB", "acme/loans:00001KT0000B0", "acme/loans:00BB"):
        assert three.run("show", name).code == 3
    assert three.run("show", ELSEWHERE, "--state", "queued", "--json").json["count"] == 2
    for command in ("check", "tree"):
        assert three.run(command, ELSEWHERE).code == 3


def test_show_of_a_ticket_that_is_nowhere_finds_nothing(three: Workspace) -> None:
    three.record(A, "blocked_by", "loans:nothing")
    assert three.run("show", "loans:nothing").code == 3


def test_a_name_that_is_not_of_the_form_stays_missing(three: Workspace) -> None:
    three.record(A, "blocked_by", "acme/loans:12")
    assert codes(three, A) == ["other_unknown"]
    (row,) = three.run("show", A, "--json").json["relations"]
    assert row["elsewhere"] is None
    findings = three.run("doctor", "--json").json["findings"]
    assert [one["code"] for one in findings] == ["dangling_target"]


def test_the_own_name_of_the_workspace_is_elsewhere_in_a_record(three: Workspace) -> None:
    (three.root / ".yoi" / "workspace.toml").write_text('name = "acme/loans"\n')
    three.ticket(B, "done")
    three.record(A, "blocked_by", ELSEWHERE)
    assert codes(three, A) == ["elsewhere"]


def test_a_local_ticket_with_such_a_name_is_a_ticket(three: Workspace) -> None:
    here = "loans:00001KT0000AA"
    three.ticket(here, "done")
    three.record(A, "blocked_by", here)
    three.record(A, "related", here)
    rows = three.show(A, "--all")["relations"]
    assert [(row["elsewhere"], row["active"]) for row in rows] == [(None, False), (None, True)]
    three.ticket(A, "done")
    three.ticket(here, "queued")
    assert [row["kind"] for row in three.show(A)["relations"]] == ["related"]


def test_diagrams_trees_and_lines_say_elsewhere(three: Workspace) -> None:
    three.record(A, "blocked_by", ELSEWHERE)
    for form in ("mermaid", "dot"):
        (node,) = [
            line
            for line in three.run("graph", "--format", form).out.splitlines()
            if B in line and "acme/loans" in line
        ]
        assert "elsewhere" in node
    nodes = three.run("graph", "--format", "json").json["nodes"]
    assert {node["ticket"]: node["elsewhere"] for node in nodes} == {
        **dict.fromkeys((A, B, C), False),
        ELSEWHERE: True,
    }
    lines = three.run("tree", "--json").json["lines"]
    assert [line["elsewhere"] for line in lines] == [True, False, False, False]
    (line,) = three.run("show", "--plain").out.splitlines()
    assert line.split("\t")[4:6] == [ELSEWHERE, ""]
    rows = [line.split("\t")[:3] for line in three.run("tree", "--plain").out.splitlines()]
    assert rows[:2] == [["0", ELSEWHERE, ""], ["1", A, "queued"]]


def test_a_misspelled_target_beside_it_is_still_found(three: Workspace) -> None:
    three.record(A, "blocked_by", ELSEWHERE)
    three.record(B, "blocks", C.lower())
    assert codes(three, C) == ["misspelled_target"]
    assert D not in three.run("doctor", "--plain").out
