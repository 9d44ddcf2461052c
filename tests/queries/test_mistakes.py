"""No mistake turns a verdict of hold or caution into clear.

``NAIVE_WORKSPACES=200`` makes each mistake be tried that often.
"""

from __future__ import annotations

import shutil
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace_builder import Workspace

from queries import naive, naive_check, naive_reading, random_workspaces, reason_workspaces
from queries.file_mistakes import Mistake, Pick
from queries.mistakes import BORNE, MISTAKES
from queries.sample_ids import IDS
from queries.test_naive import EXAMPLES
from queries.test_naive_check import drawn

AGAINST = ("hold", "caution")
DOUBTS = ("possibly_superseded", "lost_retirement")
TIMES = [f"2026-06-01T{hour:02}:00:00Z" for hour in range(9, 21)]
"""Of two records of the same time, the later is the one with the greater name."""
STATES = ("ready", "queued", "queued", "inprogress", "closed", "done")
RECORDS = random_workspaces.RECORDS.map(
    lambda said: (
        said | {"spelled": "exact", "other": said["other"] if said["other"] in IDS else IDS[0]}
    )
).filter(lambda said: said["other"] != said["holder"])


def valid(tickets: Any, records: list[Any], retirements: list[Any]) -> dict[str, Any]:
    return {
        "tickets": tickets,
        "records": records,
        "retirements": retirements,
        "rings": [],
        "spoils": [],
    }


def of_few(
    lean: list[Any], more: list[Any], times: list[str], states: Any, retirements: list[Any]
) -> dict[str, Any]:
    """A workspace in which not much is against a ticket, so that a single record decides."""
    records = [
        one | {"spelled": "exact", "at": at} for one, at in zip([*lean, *more], times, strict=False)
    ]
    # In another ticket's folder, a retirement would be a mistake before the one that is tried.
    own = [(records[number % len(records)]["holder"], number) for _, number in retirements]
    return valid({id_: (state, "flat") for id_, state in states.items()}, records, own)


DECIDING = st.one_of(
    reason_workspaces.edges(reason_workspaces.DEPENDENCY),
    reason_workspaces.edges(reason_workspaces.ORDERING),
    reason_workspaces.edges(reason_workspaces.CONFLICT),
    reason_workspaces.edges(reason_workspaces.SUPERSEDES),
    reason_workspaces.edges(reason_workspaces.WAITING),
    reason_workspaces.replaced(),
    st.just(
        [
            reason_workspaces.record_of(
                (reason_workspaces.A, "duplicate_of", reason_workspaces.B, "md")
            )
        ]
    ),
)
FORMS = st.lists(
    st.sampled_from(
        [
            reason_workspaces.record_of(
                (reason_workspaces.C, "related", reason_workspaces.D, "json")
            ),
            reason_workspaces.record_of(
                (reason_workspaces.C, "after", reason_workspaces.D, "jsonl")
            ),
            reason_workspaces.record_of(
                (reason_workspaces.B, "related", reason_workspaces.A, "json")
            ),
            reason_workspaces.record_of(
                (reason_workspaces.B, "after", reason_workspaces.C, "jsonl")
            ),
        ]
    ),
    max_size=2,
)
"""So that there are files of each format to make mistakes in."""
VALID = st.builds(
    of_few,
    DECIDING,
    st.builds(list.__add__, FORMS, st.lists(RECORDS, max_size=2)),
    st.permutations(TIMES),
    st.fixed_dictionaries({id_: st.sampled_from(STATES) for id_ in IDS}),
    st.lists(st.tuples(st.sampled_from(IDS), st.integers(0, 20)), max_size=1),
)

A, B, C = IDS[:3]
AGAINST_A = [
    *((B, "blocks", A, form) for form in ("md", "json")),
    *((B, "before", A, "jsonl"), (A, "blocked_by", B, "md"), (A, "waiting", B, "md")),
    *((A, "conflicts_with", B, "jsonl"), (A, "depends_on", B, "json")),
]


def single(edges: list[reason_workspaces.EDGE], *retired: int) -> dict[str, Any]:
    """A workspace in which this alone is against A."""
    states = dict.fromkeys(IDS, "queued") | {B: "inprogress"}
    records = [reason_workspaces.record_of(edge) for edge in edges]
    return of_few(records, [], TIMES, states, [(A, number) for number in retired])


SINGLE = [
    *(single([edge]) for edge in AGAINST_A),
    *(single([edge, (edge[0], "related", C, "json")]) for edge in AGAINST_A),
    *(single([edge, (edge[0], "after", C, "jsonl")]) for edge in AGAINST_A),
    single([(A, "waiting", B, "md"), (A, "accepted_plan", B, "md")], 1),
    single([(B, "before", A, "jsonl"), (B, "conflicts_with", A, "jsonl")]),
]

CLOSED = dict.fromkeys(IDS, "queued") | {B: "closed"}
REPLACED = [
    *(
        of_few(
            [
                reason_workspaces.record_of((B, "blocks", A, form)),
                reason_workspaces.record_of(link),
            ],
            [],
            TIMES,
            CLOSED,
            [],
        )
        for form, link in (
            ("md", (C, "supersedes", B, "json")),
            ("json", (C, "supersedes", B, "md")),
            ("jsonl", (C, "supersedes", B, "md")),
        )
    ),
    of_few(
        [
            reason_workspaces.record_of((A, "blocked_by", B, "md")),
            reason_workspaces.record_of((B, "duplicate_of", C, "md")),
        ],
        *([], TIMES, CLOSED, []),
    ),
]
"""A waits for B, which is closed, and C took its place."""


def verdicts(workspace: Workspace) -> dict[str, str] | None:
    """Of each ticket that is not resolved; None where there was no answer."""
    ran = workspace.run("check", "--json")
    if ran.code in (1, 3):
        return None
    assert ran.code in (0, 9, 10, 11), ran
    return {one["ticket"]: one["verdict"] for one in ran.json["checks"]}


def read_in_good_faith(workspace: Workspace) -> dict[str, str]:
    """Verdicts of a plain reading that passes over what it cannot use."""
    found = naive_reading.read(workspace.root)
    rows = naive.relations_of(found.tickets, found.records)
    return {
        id_: naive_check.worst(
            reason
            for reason in naive_check.check(found, rows, id_)[1]
            if reason[0] != "unknown" and reason[1] not in DOUBTS
        )
        for id_ in found.tickets
    }


def assert_none_is_clear(workspace: Workspace, mistake: Mistake, pick: int) -> None:
    """Make a mistake, if there is a place for it; nothing is clear by it."""
    before = verdicts(workspace)
    assert before is not None
    mistake(workspace.root, Pick(pick))
    after = verdicts(workspace) or {}
    cleared = {
        id_ for id_, verdict in before.items() if verdict in AGAINST and after.get(id_) == "clear"
    }
    assert not cleared, {id_: before[id_] for id_ in cleared}


@pytest.mark.parametrize("name", MISTAKES)
def test_no_mistake_makes_generated_workspace_clear(name: str) -> None:
    @drawn(4)
    @given(VALID, st.integers(0, 1 << 40))
    def tried(made: dict[str, Any], pick: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            workspace = random_workspaces.build(Path(folder) / "work", made)
            assert_none_is_clear(workspace, MISTAKES[name], pick)

    tried()


@pytest.mark.parametrize("name", MISTAKES)
def test_no_mistake_hides_that_a_closed_blocker_was_replaced(tmp_path: Path, name: str) -> None:
    for number, (made, pick) in enumerate(product(REPLACED, (0, 1))):
        workspace = random_workspaces.build(tmp_path / str(number), made)
        assert_none_is_clear(workspace, MISTAKES[name], pick)


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("pick", [1_234_567_891])
def test_no_mistake_makes_the_examples_clear(tmp_path: Path, name: str, pick: int) -> None:
    workspace = Workspace(tmp_path / "work")
    shutil.copytree(EXAMPLES, workspace.root, dirs_exist_ok=True)
    assert_none_is_clear(workspace, MISTAKES[name], pick)


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_would_mislead_trusting_reader(tmp_path: Path, name: str) -> None:
    """Otherwise the table would hold mistakes that nobody has to notice.

    Of those that such a reading bears, it is enough that they can be made.
    """
    tries = ((made, pick) for pick in range(0, 200, 7) for made in SINGLE)
    for number, (made, pick) in enumerate(tries):
        workspace = random_workspaces.build(tmp_path / str(number), made)
        before = read_in_good_faith(workspace)
        if MISTAKES[name](workspace.root, Pick(pick)):
            after = read_in_good_faith(workspace)
            cleared = any(before[id_] in AGAINST and after.get(id_) == "clear" for id_ in before)
            if cleared or name in BORNE:
                return
    pytest.fail("no plain reading is taken in by it")
