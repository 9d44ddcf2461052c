"""The answer of `check` over several work trees."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace_builder import A, B, C, D, Workspace, ulid
from worktrees import Worktrees

from yoi_relations.states import State

VERDICTS = ["clear", "caution", "hold", "unknown"]


@pytest.fixture
def trees(tmp_path: Path) -> Worktrees:
    return Worktrees(tmp_path)


def conflict(trees: Worktrees, states: tuple[str, str]) -> Workspace:
    """A conflicts with B; in the other work tree, which is returned, they have these states."""
    trees.here.pair("conflicts_with", states=("queued", "planning"))
    trees.commit()
    other = trees.add("other")
    for id_, state in zip((A, B), states, strict=True):
        other.ticket(id_, state)
    return other


class Checked(NamedTuple):
    """A verdict, and the code and work tree of each reason."""

    verdict: str
    reasons: list[tuple[str, str | None]]
    digest: str


def checked(workspace: Workspace, ticket: str) -> Checked:
    ran = workspace.run("check", ticket, "--worktrees", "--json")
    (check,) = ran.json["checks"]
    assert ran.code == [0, 9, 10, 11][VERDICTS.index(check["verdict"])]
    reasons = [(one["code"], one["worktree"]) for one in check["reasons"]]
    return Checked(check["verdict"], reasons, check["digest"])


@pytest.mark.parametrize(
    ("state", "verdict", "code"),
    [
        ("inprogress", "hold", "conflict_inprogress"),
        ("queued", "caution", "conflict_waiting"),
        ("ready", "caution", "conflict_waiting"),
        ("parked", "unknown", "other_unknown"),
    ],
)
def test_conflict_weighs_as_where_it_is_worst(
    trees: Worktrees, state: str, verdict: str, code: str
) -> None:
    conflict(trees, ("queued", state))

    found = checked(trees.here, A)

    assert (found.verdict, found.reasons) == (verdict, [(code, str(trees.folder / "other"))])


@pytest.mark.parametrize("state", ["planning", "done", "closed"])
def test_conflict_that_is_no_worse_elsewhere_stays_as_it_is(trees: Worktrees, state: str) -> None:
    conflict(trees, ("queued", state))

    found = checked(trees.here, A)

    assert (found.verdict, found.reasons) == ("clear", [("conflict_planning", None)])
    (plain,) = trees.here.run("check", A, "--json").json["checks"]
    assert found.digest == plain["digest"]


def test_conflict_recorded_in_one_work_tree_weighs_with_the_states_of_another(
    trees: Worktrees,
) -> None:
    trees.here.pair(states=("queued", "planning"))
    trees.commit()
    recording, running = trees.add("recording"), trees.add("running")
    recording.record(B, "conflicts_with", A)
    running.ticket(B, "inprogress")

    ran = trees.here.run("check", A, "--worktrees", "--json")

    (reason,) = ran.json["checks"][0]["reasons"]
    assert (ran.code, reason["code"]) == (10, "conflict_inprogress")
    assert (reason["ticket"], reason["state"]) == (B, "inprogress")
    assert reason["worktree"] == str(running.root)
    assert str(recording.root) in reason["sentence"]
    (record,) = reason["records"]
    assert Path(record["path"]).is_relative_to(recording.root)
    assert Path(record["path"]).is_file()
    assert checked(running, A).reasons == [("conflict_inprogress", str(recording.root))]
    running.record(B, "conflicts_with", A)
    (reason,) = trees.here.run("check", A, "--worktrees", "--json").json["checks"][0]["reasons"]
    assert str(recording.root) not in reason["sentence"]


def test_conflict_recorded_here_alone_weighs_with_states_elsewhere(trees: Worktrees) -> None:
    trees.here.pair(states=("queued", "queued"))
    trees.commit()
    trees.add("other").ticket(B, "inprogress")
    trees.here.record(A, "do_not_parallelize", B)

    (reason,) = trees.here.run("check", A, "--worktrees", "--json").json["checks"][0]["reasons"]

    assert (reason["code"], reason["worktree"]) == (
        "conflict_inprogress",
        str(trees.folder / "other"),
    )
    assert not Path(reason["records"][0]["path"]).is_absolute()


@pytest.mark.parametrize("first", ["here", "there"])
def test_conflict_counts_until_it_is_retired_in_every_work_tree(
    trees: Worktrees, first: str
) -> None:
    other = conflict(trees, ("queued", "inprogress"))
    (record,) = trees.here.show(A)["relations"][0]["records"]
    one, two = (trees.here, other) if first == "here" else (other, trees.here)
    one.run("retire", record["id"], "--reason", "over")

    assert checked(trees.here, A).verdict == checked(other, A).verdict == "hold"
    two.run("retire", record["id"], "--reason", "over")
    assert checked(trees.here, A)[:2] == ("clear", [])


def test_conflict_of_a_ticket_that_is_done_there_counts_here(trees: Worktrees) -> None:
    other = conflict(trees, ("done", "inprogress"))

    assert checked(trees.here, A).verdict == "hold"
    assert checked(other, A).verdict == "caution"


def test_dependencies_weigh_as_here(trees: Worktrees) -> None:
    trees.here.pair("blocked_by", states=("queued", "ready"))
    trees.commit()
    other = trees.add("other")
    other.ticket(B, "done")
    other.ticket(C, "ready")
    other.record(A, "blocked_by", C)

    assert checked(trees.here, A)[:2] == ("hold", [("blocked", None)])
    assert checked(other, A)[:2] == ("hold", [("blocked", None)])
    other.ticket(C, "done")
    assert checked(other, A)[:2] == ("clear", [])


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("inprogress", "caution"),
        ("done", "caution"),
        ("closed", "caution"),
        ("parked", "caution"),
        ("ready", "clear"),
        ("planning", "clear"),
    ],
)
def test_another_state_of_the_ticket_is_a_reason(
    trees: Worktrees, state: str, verdict: str
) -> None:
    trees.here.pair(states=("queued", "ready"))
    trees.commit()
    trees.add("one").ticket(A, state)
    trees.add("two").ticket(A, state)
    trees.add("three")

    found = checked(trees.here, A)

    code = "worktree_taken" if verdict == "caution" else "worktree_state"
    assert found[:2] == (verdict, [(code, str(trees.folder / "one"))])


def test_ticket_that_another_work_tree_lacks_is_no_reason(trees: Worktrees) -> None:
    trees.here.ticket(D)
    trees.commit()
    trees.add("other")
    trees.here.pair("conflicts_with", states=("queued", "planning"))

    assert checked(trees.here, A)[:2] == ("clear", [("conflict_planning", None)])


def test_missing_other_end_is_unknown_only_where_no_work_tree_has_it(trees: Worktrees) -> None:
    trees.here.pair(states=("queued", "planning"))
    trees.commit()
    other = trees.add("other")
    other.record(A, "conflicts_with", C)

    assert checked(trees.here, A)[:2] == ("unknown", [("other_unknown", str(other.root))])
    trees.here.ticket(C, "ready")
    assert checked(trees.here, A)[:2] == ("caution", [("conflict_waiting", str(other.root))])


def test_ticket_of_another_work_tree_is_refused_with_its_place(trees: Worktrees) -> None:
    trees.here.pair()
    trees.commit()
    other = trees.add("other")
    other.ticket(C)

    ran = trees.here.run("check", C, "--worktrees", "--json")

    assert (ran.code, ran.out) == (3, "")
    assert str(other.root) in ran.errors[-1]["error"]["hint"]
    assert trees.here.run("check", "nothing", "--worktrees").code == 3


@pytest.mark.parametrize(
    ("name", "text", "verdict"),
    [
        ("relations/00.md", "no frontmatter", "unknown"),
        ("orchestration-plan.jsonl", "{", "unknown"),
        ("relations.json", "{", "clear"),  # it holds no conflicts
    ],
)
def test_unusable_source_of_another_work_tree_could_hold_a_conflict(
    trees: Worktrees, name: str, text: str, verdict: str
) -> None:
    trees.here.pair(states=("queued", "queued"))
    trees.commit()
    other = trees.add("other")
    path = other.artifact(B, name, text)

    ran = trees.here.run("check", A, "--worktrees", "--json")

    (check,) = ran.json["checks"]
    assert check["verdict"] == verdict
    if verdict == "unknown":
        (reason,) = check["reasons"]
        assert (reason["code"], reason["worktree"]) == ("unusable_source", str(other.root))
        assert reason["records"][0]["path"] == str(path)
    other.ticket(B, "done")
    assert checked(trees.here, A).verdict == "clear"


def test_same_unusable_source_is_one_reason(trees: Worktrees) -> None:
    trees.here.pair(states=("queued", "queued"))
    trees.here.artifact(B, "orchestration-plan.jsonl", "{")
    trees.commit()
    trees.add("other")

    assert checked(trees.here, A)[:2] == ("unknown", [("unusable_source", None)])


def test_misspelled_target_of_a_conflict_elsewhere_is_unknown(trees: Worktrees) -> None:
    trees.here.pair(states=("queued", "queued"))
    trees.commit()
    other = trees.add("other")
    other.record(B, "conflicts_with", A.lower())

    assert checked(trees.here, A)[:2] == ("unknown", [("misspelled_target", str(other.root))])
    other.record(B, "blocks", A.lower())
    assert len(checked(trees.here, A).reasons) == 1
    other.record(B, "do_not_parallelize", A)
    assert [code for code, _ in checked(trees.here, A).reasons] == [
        "misspelled_target",
        "conflict_waiting",
    ]


def test_digest_changes_with_what_another_work_tree_adds(trees: Worktrees) -> None:
    other = conflict(trees, ("queued", "ready"))
    first = checked(trees.here, A).digest

    assert trees.here.run("check", A, "--worktrees", "--expect", first).code == 9
    other.ticket(B, "queued")
    assert trees.here.run("check", A, "--worktrees", "--expect", first).code == 12


def test_digest_does_not_depend_on_the_place(tmp_path: Path) -> None:
    digests = set()
    for name in ("one", "two"):
        trees = Worktrees(tmp_path / name)
        conflict(trees, ("queued", "inprogress"))
        digests.add(checked(trees.here, A).digest)

    assert len(digests) == 1


def test_plain_rows_end_with_the_work_tree(trees: Worktrees) -> None:
    conflict(trees, ("queued", "inprogress"))

    lines = trees.here.run("check", "--worktrees", "--plain").out.splitlines()

    rows = [line.split("\t") for line in lines]
    assert {len(row) for row in rows} == {8}
    of_a = next(row for row in rows if row[1] == A)
    assert (of_a[4], of_a[7]) == ("conflict_inprogress", str(trees.folder / "other"))


def test_disagreements_are_listed(trees: Worktrees) -> None:
    other = conflict(trees, ("queued", "done"))
    other.ticket(C, "ready")
    other.record(C, "blocks", A)
    here, there = [str(trees.repository.root)], [str(other.root)]

    document = trees.here.run("check", A, "--worktrees", "--json").json

    sides = {
        (one["subject"], one["ticket"], one["target"]): [
            (side["value"], side["worktrees"]) for side in one["sides"]
        ]
        for one in document["disagreements"]
    }
    assert sides == {
        ("state", B, None): [("planning", here), ("done", there)],
        ("state", C, None): [("does not exist", here), ("ready", there)],
        ("relation", A, B): [("active", here), (f"not active ({B} is done)", there)],
        ("relation", A, C): [("not recorded", here), ("active", there)],
    }


def worst(records: list[str], own: str, others: list[str]) -> int:
    """The verdict from conflicts: a record that is not retired counts with the worst state."""
    if own in {"done", "closed"} or "standing" not in records:
        return 0
    return max({"inprogress": 2, "queued": 1, "ready": 1}.get(state, 0) for state in others)


ANY = st.sampled_from([state.value for state in State])
TREE = st.tuples(st.sampled_from(["none", "standing", "retired"]), ANY, ANY)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.lists(TREE, min_size=3, max_size=3))
def test_conflict_weighs_by_any_record_and_the_worst_state(
    tmp_path_factory: pytest.TempPathFactory, content: list[tuple[str, str, str]]
) -> None:
    trees = Worktrees(tmp_path_factory.mktemp("trees"))
    trees.here.pair()
    trees.commit()
    workspaces = [trees.here, trees.add("one"), trees.add("two")]
    head = "author: tester\nat: 2026-06-01T10:00:00Z\n"
    for workspace, (record, own, other) in zip(workspaces, content, strict=True):
        workspace.ticket(A, own)
        workspace.ticket(B, other)
        if record != "none":
            text = f"---\nkind: conflicts_with\ntarget: {B}\n{head}---\n"
            workspace.record_file(A, f"{ulid(1)}.md", text)
        if record == "retired":
            text = f"---\nretires: {ulid(1)}\n{head}---\nOver.\n"
            workspace.record_file(A, f"{ulid(2)}.md", text)
    records, _, others = zip(*content, strict=True)

    for workspace, (_, own, _) in zip(workspaces, content, strict=True):
        (check,) = workspace.run("check", A, "--worktrees", "--json").json["checks"]
        found = [
            VERDICTS.index(reason["verdict"])
            for reason in check["reasons"]
            if reason["class"] == "conflict"
        ]
        assert max(found, default=0) == worst(list(records), own, list(others))
        assert len(found) <= 1


def test_equal_work_trees_answer_like_one(trees: Worktrees) -> None:
    trees.here.pair("conflicts_with", states=("queued", "inprogress"))
    trees.here.record(A, "blocked_by", B)
    trees.here.record(A, "waiting", None, "For a decision.")
    trees.here.record(A, "conflicts_with", "acme/loans:00001KT0000ZZ")
    trees.here.artifact(B, "relations.json", "{")
    trees.commit()
    trees.add("other")

    alone: dict[str, Any] = trees.here.run("check", "--json").json
    together = trees.here.run("check", "--worktrees", "--json").json

    for check in together["checks"]:
        assert {reason.pop("worktree") for reason in check["reasons"]} == {None}
    assert together["disagreements"] == []
    assert together["checks"] == alone["checks"]
