"""After any operations on files, index and program each answer equals a full read of the files.

The seeded runs are part of every suite; `./scripts/dev campaign` runs the long ones, which draw
other examples each time. ``CAMPAIGN_EXAMPLES`` sets how many examples those draw.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from index_comparison import assert_rebuilt
from queries import naive, naive_reading, test_naive, test_naive_check

from campaign.index_operations import COMMANDS, INDEX, slow_question
from campaign.machine_world import World
from campaign.operations import MOVES, WRITES, Operation, any_of
from yoi_relations.index.freshness import open_index

LONG = int(os.environ.get("CAMPAIGN_EXAMPLES", "400"))
ACTS = {
    name: act for family in (WRITES, MOVES, COMMANDS, INDEX) for name, (_, act) in family.items()
}


class Machine(RuleBasedStateMachine):
    """Any operations in any order, on the file system's own clock."""

    is_coarse = False

    def __init__(self) -> None:
        super().__init__()
        self.world = World(is_coarse=self.is_coarse)

    def teardown(self) -> None:
        self.world.close()

    def do(self, *operations: Operation) -> None:
        for name, values in operations:
            ACTS[name](self.world, *values)
            self.world.dated()

    @rule(tenths=st.sampled_from([3, 15, 21, 26, 80]))
    def wait(self, tenths: int) -> None:
        self.world.wait(tenths)

    @rule(operation=any_of(WRITES))
    def write(self, operation: Operation) -> None:
        self.do(operation)

    @rule(operation=any_of(MOVES))
    def move(self, operation: Operation) -> None:
        self.do(operation)

    @rule(operations=st.lists(any_of(WRITES, MOVES), min_size=2, max_size=4))
    def burst(self, operations: list[Operation]) -> None:
        self.do(*operations)

    @rule(operation=any_of(COMMANDS))
    def command(self, operation: Operation) -> None:
        self.do(operation)

    @rule(operation=any_of(INDEX))
    def tamper(self, operation: Operation) -> None:
        self.do(operation)

    @rule(
        operation=any_of(WRITES),
        meanwhile=st.tuples(
            st.lists(any_of(INDEX), max_size=2),
            st.lists(any_of(WRITES), max_size=1),
            st.sampled_from([("refresh", ()), ("rebuild", ())]),
        ),
    )
    def be_slow(
        self, operation: Operation, meanwhile: tuple[list[Operation], list[Operation], Operation]
    ) -> None:
        """Ask about a change while other processes damage the cache, write and refresh."""
        self.do(operation)
        tampering, writing, refreshing = meanwhile
        slow_question(self.world, lambda: self.do(*writing, refreshing, *tampering))
        self.world.dated()

    @invariant()
    def answers_are_what_the_files_say(self) -> None:
        workspace = self.world.workspace
        found = naive_reading.read(workspace.root)
        expected = naive.relations_of(found.tickets, found.records)
        answer = test_naive.shown(workspace, "--all")
        compared = ([test_naive.comparable(one) for one in rows] for rows in (answer, expected))
        test_naive.assert_same(*compared)
        self.world.dated()
        test_naive_check.compare(workspace)
        with open_index(self.world.found, lambda _: None) as index:
            assert_rebuilt(index)
        self.world.dated()


class CoarseMachine(Machine):
    """The same on a file system without inodes and change times, with a clock of 2 s."""

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
def test_answers_match_the_files(machine: type[Machine]) -> None:
    seeded = settings(COMMON, max_examples=10, derandomize=True, database=None)
    run_state_machine_as_test(machine, settings=seeded)


@pytest.mark.campaign
@MACHINES
def test_answers_match_the_files_in_long_runs(machine: type[Machine]) -> None:
    unseeded = settings(COMMON, max_examples=LONG, stateful_step_count=60)
    run_state_machine_as_test(machine, settings=unseeded)
