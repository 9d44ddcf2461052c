"""Whatever is done to files, index and program: each answer is what a reading of every file gives.

The seeded runs are part of every suite; `./scripts/dev campaign` runs the long ones, which draw
anew each time. ``CAMPAIGN_EXAMPLES`` sets how many examples those draw.
"""

from __future__ import annotations

import os

import pytest
from comparing import assert_rebuilt
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from queries import naive, naive_reading, test_naive, test_naive_check

from campaign.deeds import MOVES, WRITES, Deed, drawn
from campaign.ground import Ground
from campaign.tampering import COMMANDS, INDEX, slow_question
from yoi_relations.index.refresh import open_index

LONG = int(os.environ.get("CAMPAIGN_EXAMPLES", "400"))
ACTS = {
    name: act for family in (WRITES, MOVES, COMMANDS, INDEX) for name, (_, act) in family.items()
}


class Machine(RuleBasedStateMachine):
    """Any deeds in any order, on the file system's own clock."""

    is_coarse = False

    def __init__(self) -> None:
        super().__init__()
        self.ground = Ground(is_coarse=self.is_coarse)

    def teardown(self) -> None:
        self.ground.close()

    def do(self, *deeds: Deed) -> None:
        for name, values in deeds:
            ACTS[name](self.ground, *values)
            self.ground.dated()

    @rule(tenths=st.sampled_from([3, 15, 21, 26, 80]))
    def wait(self, tenths: int) -> None:
        self.ground.wait(tenths)

    @rule(deed=drawn(WRITES))
    def write(self, deed: Deed) -> None:
        self.do(deed)

    @rule(deed=drawn(MOVES))
    def move(self, deed: Deed) -> None:
        self.do(deed)

    @rule(deeds=st.lists(drawn(WRITES, MOVES), min_size=2, max_size=4))
    def burst(self, deeds: list[Deed]) -> None:
        self.do(*deeds)

    @rule(deed=drawn(COMMANDS))
    def command(self, deed: Deed) -> None:
        self.do(deed)

    @rule(deed=drawn(INDEX))
    def tamper(self, deed: Deed) -> None:
        self.do(deed)

    @rule(
        deed=drawn(WRITES),
        meanwhile=st.tuples(
            st.lists(drawn(INDEX), max_size=2),
            st.lists(drawn(WRITES), max_size=1),
            st.sampled_from([("refresh", ()), ("rebuild", ())]),
        ),
    )
    def be_slow(self, deed: Deed, meanwhile: tuple[list[Deed], list[Deed], Deed]) -> None:
        """A question about something new, during which others tamper, write and refresh."""
        self.do(deed)
        tampering, writing, refreshing = meanwhile
        slow_question(self.ground, lambda: self.do(*writing, refreshing, *tampering))
        self.ground.dated()

    @invariant()
    def answers_are_what_the_files_say(self) -> None:
        workspace = self.ground.workspace
        found = naive_reading.read(workspace.root)
        expected = naive.relations_of(found.tickets, found.records)
        answer = test_naive.shown(workspace, "--all")
        compared = ([test_naive.comparable(one) for one in rows] for rows in (answer, expected))
        test_naive.assert_same(*compared)
        self.ground.dated()
        test_naive_check.compare(workspace)
        with open_index(self.ground.found, lambda _: None) as index:
            assert_rebuilt(index)
        self.ground.dated()


class CoarseMachine(Machine):
    """The same on a file system that knows no inodes, no times of change, and only every 2 s."""

    is_coarse = True


MACHINES = pytest.mark.parametrize("machine", [Machine, CoarseMachine])
COMMON = settings(
    deadline=None,
    stateful_step_count=20,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.explain},
    print_blob=True,
)
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a test's own threads


@MACHINES
def test_each_answer_is_what_the_files_say(machine: type[Machine]) -> None:
    seeded = settings(COMMON, max_examples=10, derandomize=True, database=None)
    run_state_machine_as_test(machine, settings=seeded)


@pytest.mark.campaign
@MACHINES
def test_each_answer_is_what_the_files_say_for_long(machine: type[Machine]) -> None:
    drawn_anew = settings(COMMON, max_examples=LONG, stateful_step_count=60)
    run_state_machine_as_test(machine, settings=drawn_anew)
