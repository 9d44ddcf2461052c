"""What changed in meaning between two indexes, and what follows from it."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_comparison import made
from workspace_builder import A, B, C, D, Workspace

from queries.random_workspaces import RECORDS, TICKETS, WORKSPACES, build
from queries.sample_ids import NOTES
from yoi_relations.queries.difference import Difference, find_difference
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.sides import Side
from yoi_relations.queries.tickets import tickets_in
from yoi_relations.states import UNRESOLVED

RECORD = "01KT0000000000000000000001"
NAMES = ("tickets", "relations", "verdicts", "clashes", "problems")
Row = tuple[Any, ...]


def happened(workspace: Workspace, change: Callable[[Workspace], object]) -> Difference:
    old = Side.load(made(workspace))
    change(workspace)
    return find_difference(old, Side.load(made(workspace)))


def status(relation: Relation | None) -> str | None:
    return relation and relation.status


def rows(difference: Difference) -> dict[str, list[Row]]:
    """The changes, without words."""
    return {
        "tickets": [(c.what.value, c.ticket.id, c.before, c.after) for c in difference.tickets],
        "relations": [
            (
                *(c.what.value, c.relation.kind, c.relation.ticket.id),
                *(c.relation.target and c.relation.target.id, c.fields),
                *(status(c.earlier), status(c.later)),
            )
            for c in difference.relations
        ],
        "verdicts": [
            (c.ticket.id, *(v if v is None else v.word for v in (c.before, c.after)))
            for c in difference.verdicts
        ],
        "clashes": [(c.word, c.clash.code, c.clash.tickets) for c in difference.clashes],
        "problems": [
            (c.what.value, c.problem.about, c.problem.message) for c in difference.problems
        ],
    }


def some(**expected: list[Row]) -> dict[str, list[Row]]:
    """Rows, with none where nothing is expected."""
    return {name: [] for name in NAMES} | expected


@pytest.fixture
def plan(workspace: Workspace) -> Workspace:
    """A, queued, is blocked by B, in progress, with a note; A waits; C is ready."""
    workspace.pair("blocked_by", "why", states=("queued", "inprogress"))
    workspace.record(A, "waiting", note="for Ada")
    workspace.ticket(C, "ready")
    return workspace


def edit(workspace: Workspace, number: int, old: str, new: str) -> Path:
    (path,) = workspace.tickets.rglob(f"01KT{number:022d}.md")
    path.write_text(path.read_text().replace(old, new))
    return path


def retire(workspace: Workspace, number: int) -> Path:
    name = f"01KT{number:022d}"
    text = f"---\nretires: {name}\nauthor: t\nat: 2026-07-01T10:00:00Z\n---\nIt is over.\n"
    return workspace.record_file(A, f"01KT{number + 500:022d}.md", text)


def remove(workspace: Workspace, number: int) -> None:
    (path,) = workspace.tickets.rglob(f"01KT{number:022d}.md")
    path.unlink()


EDGE = ("blocked_by", A, B)
WAITING = ("waiting", A, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda w: w.ticket(C, "ready"), some()),
        (
            lambda w: w.record(C, "blocks", A),
            some(relations=[("added", "blocked_by", A, C, (), None, "active")]),
        ),
        (
            lambda w: w.record(C, "after", B),
            some(
                relations=[("added", "after", C, B, (), None, "active")],
                verdicts=[(C, "clear", "caution")],
            ),
        ),
        # The same edge, once more, by the other ticket and in another format.
        (lambda w: w.relations_json(B, {"kind": "blocks", "target": A, "note": "why"}), some()),
        (
            lambda w: w.relations_json(
                B, {"kind": "blocks", "target": A, "note": "other", "at": "2026-05-01T10:00:00Z"}
            ),
            some(relations=[("changed", *EDGE, ("records",), "active", "active")]),
        ),
        (
            lambda w: edit(w, 1, "why", "because"),
            some(relations=[("changed", *EDGE, ("note",), "active", "active")]),
        ),
        (
            lambda w: edit(w, 2, "for Ada", "for Bob"),
            some(relations=[("changed", *WAITING, ("note",), "active", "active")]),
        ),
        (
            lambda w: retire(w, 1),
            some(
                relations=[("retired", *EDGE, (), "active", "retired")],
                verdicts=[(A, "hold", "caution")],
            ),
        ),
        (
            lambda w: remove(w, 1),
            some(
                relations=[("gone", *EDGE, (), "active", None)],
                verdicts=[(A, "hold", "caution")],
            ),
        ),
        (
            lambda w: w.record(A, "accepted_plan", note="later", at="2026-06-02T10:00:00Z"),
            some(
                relations=[
                    ("ended", *WAITING, (), "active", "inactive"),
                    ("added", "accepted_plan", A, None, (), None, "active"),
                ]
            ),
        ),
        (
            lambda w: w.ticket(B, "done"),
            some(
                tickets=[("state_changed", B, "inprogress", "done")],
                relations=[("ended", *EDGE, (), "active", "inactive")],
                verdicts=[(A, "hold", "caution")],
            ),
        ),
        # A ticket that was on hold is resolved; one that is new is on hold.
        (
            lambda w: (w.ticket(A, "done"), w.ticket(D, "queued"), w.record(D, "blocked_by", C)),
            some(
                tickets=[
                    ("state_changed", A, "queued", "done"),
                    ("ticket_added", D, None, "queued"),
                ],
                relations=[
                    ("ended", *EDGE, (), "active", "inactive"),
                    ("added", "blocked_by", D, C, (), None, "active"),
                    ("ended", *WAITING, (), "active", "inactive"),
                ],
                verdicts=[(A, "hold", None), (D, None, "hold")],
            ),
        ),
        (
            lambda w: w.record(B, "blocked_by", A),
            some(
                relations=[("added", "blocked_by", B, A, (), None, "active")],
                verdicts=[(B, "caution", "hold")],
                clashes=[("clash_appeared", "dependency_cycle", (A, B))],
            ),
        ),
        (
            lambda w: w.record(B, "after", A),
            some(
                relations=[("added", "after", B, A, (), None, "active")],
                clashes=[("clash_appeared", "opposed_dependency", (A, B))],
            ),
        ),
        # A file that cannot be used may still hold what it held.
        (
            lambda w: edit(w, 1, "kind: blocked_by", "kind: nonsense"),
            some(
                relations=[("uncertain", *EDGE, (), "active", None)],
                verdicts=[
                    (A, "hold", "unknown"),
                    (B, "caution", "unknown"),
                    (C, "clear", "unknown"),
                ],
                problems=[("problem_appeared", A, "has an unknown kind 'nonsense'")],
            ),
        ),
    ],
)
def test_every_difference_is_listed(
    plan: Workspace, change: Callable[[Workspace], object], expected: dict[str, list[Row]]
) -> None:
    difference = happened(plan, change)

    found = rows(difference)
    (said, wanted) = found.pop("problems"), expected.pop("problems")
    assert found == expected
    assert [row[:2] for row in said] == [row[:2] for row in wanted]
    assert difference.number == sum(map(len, found.values())) + len(said)


@pytest.mark.parametrize(
    ("kind", "named", "what"),
    [
        ("blocked_by", A, "uncertain"),
        ("related", A, "uncertain"),
        ("blocked_by", C, "gone"),
        ("supersedes", A, "gone"),  # only the ticket that supersedes can say so
    ],
)
def test_edge_that_the_other_end_may_state_is_not_gone(
    workspace: Workspace, kind: str, named: str, what: str
) -> None:
    workspace.pair(kind)
    workspace.ticket(C)

    def change(workspace: Workspace) -> None:
        remove(workspace, 1)
        workspace.record(B, "nonsense", named)

    difference = happened(workspace, change)

    assert [change.what for change in difference.relations] == [what]


def test_sentences_name_what_changed(plan: Workspace) -> None:
    difference = happened(
        plan, lambda w: (edit(w, 2, "for Ada", "for Bob"), w.ticket(B, "done"), retire(w, 2))
    )

    said = {change.what.value: change.sentence for change in difference.relations}
    assert B in said["ended"]
    assert "done" in said["ended"]
    assert "It is over." in said["retired"]
    ((verdict),) = difference.verdicts
    assert A in verdict.sentence


def mirrored(found: dict[str, list[Row]]) -> dict[str, Counter[Row]]:
    """The rows of the opposite difference."""
    opposite = {
        "ticket_added": "ticket_gone",
        "problem_appeared": "problem_solved",
        "clash_appeared": "clash_solved",
        "ended": "resumed",
    }
    opposite |= {value: key for key, value in opposite.items()}

    def relation(row: Row) -> Row:
        what, *edge, before, after = row
        if what in ("added", "gone", "retired"):
            what = "gone" if before is None else "retired" if before == "retired" else "added"
        return (opposite.get(what, what), *edge, after, before)

    return {
        "tickets": Counter((opposite.get(w, w), t, a, b) for w, t, b, a in found["tickets"]),
        "relations": Counter(map(relation, found["relations"])),
        "verdicts": Counter((t, a, b) for t, b, a in found["verdicts"]),
        "clashes": Counter((opposite[w], *rest) for w, *rest in found["clashes"]),
        "problems": Counter((opposite[w], *rest) for w, *rest in found["problems"]),
    }


@contextmanager
def side_of(description: dict[str, Any]) -> Iterator[Side]:
    root = Path(tempfile.mkdtemp())
    try:
        yield Side.load(made(build(root, description)))
    finally:
        shutil.rmtree(root)


@settings(deadline=None, max_examples=25)
@given(WORKSPACES, WORKSPACES)
def test_opposite_difference_is_the_mirrored_one(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    with side_of(one) as old, side_of(other) as new:
        there, back = rows(find_difference(old, new)), rows(find_difference(new, old))
        for side in (old, new):
            assert [*side.checks] == [t.id for t in tickets_in(side.connection, UNRESOLVED)]

    assert mirrored(there) == {name: Counter(found) for name, found in back.items()}


def all_flat(tickets: Any) -> dict[str, tuple[str, str]]:
    """The same tickets; each has a state, which no bucket stands in for."""
    return {id_: (state or "planning", "flat") for id_, (state, _) in tickets.items()}


def is_simple_edge(said: Any) -> bool:
    return said["kind"] not in NOTES and said["retired"] in (None, "file")


def holder_and_kind(said: Any) -> tuple[str, str]:
    return said["holder"], said["kind"]


SOUND = st.fixed_dictionaries(
    {
        "tickets": TICKETS.map(all_flat),
        # Equal entries have one content id, so one retirement retires all of them.
        "records": st.lists(RECORDS.filter(is_simple_edge), max_size=8, unique_by=holder_and_kind),
        "rings": st.just([]),
        "retirements": st.just([]),
        "spoils": st.just([]),
    }
)


@settings(deadline=None, max_examples=25)
@given(SOUND, st.data())
def test_other_layout_and_format_are_no_difference(
    description: dict[str, Any], data: st.DataObject
) -> None:
    rewritten = copy.deepcopy(description)
    for id_, (state, _) in description["tickets"].items():
        rewritten["tickets"][id_] = (state, data.draw(st.sampled_from(["flat", "open", "closed"])))
    for said in rewritten["records"]:
        said["form"] = data.draw(st.sampled_from(["md", "json", "jsonl"]))

    with side_of(description) as old, side_of(rewritten) as new:
        assert rows(find_difference(old, new)) == some()


def test_note_with_another_target_is_another_note(workspace: Workspace) -> None:
    workspace.pair()
    path = workspace.record(A, "waiting", B, note="why")

    found = happened(workspace, lambda _: path.write_text(path.read_text().replace(B, C)))

    assert [(row[0], row[3]) for row in rows(found)["relations"]] == [("gone", B), ("added", C)]


def test_notes_may_change_their_format(workspace: Workspace) -> None:
    workspace.ticket(A, "ready")
    plan = {"summary": "do it", "branch": "b", "worktree": "w", "role_plan": "r"}
    workspace.plan_lines(A, {"kind": "accepted_plan", "accepted_plan": plan})
    old = Side.load(made(workspace))

    (workspace.tickets / A / "artifacts" / "orchestration-plan.jsonl").unlink()
    fields = {name: value for name, value in plan.items() if name != "summary"}
    workspace.record(A, "accepted_plan", note="do it", **fields)

    assert rows(find_difference(old, Side.load(made(workspace)))) == some()
