"""When a scan of a tickets root that changes meanwhile is accepted, and when the command fails."""

from __future__ import annotations

import pytest

from yoi_relations.index.rescan_policy import RESCAN_POLICY, RescanPolicy, Step

BOUNDS = RescanPolicy(scans=2, stopped_clock=1.0, patience=3.0, limit=5.0)
ROWS = [
    # scans, seconds, complete, clock_stopped
    (1, 0.0, True, True, Step.RESCAN),
    (1, 9.0, True, True, Step.RESCAN),
    (1, 9.0, False, False, Step.RESCAN),
    (2, 1.0, True, True, Step.RESCAN),
    (2, 1.1, True, True, Step.ACCEPT),
    (2, 1.1, True, False, Step.RESCAN),
    (2, 3.0, True, False, Step.RESCAN),
    (2, 3.1, True, False, Step.ACCEPT),
    (2, 3.1, False, True, Step.RESCAN),
    (2, 5.0, False, False, Step.RESCAN),
    (2, 5.1, False, False, Step.FAIL),
    (2, 5.1, False, True, Step.FAIL),
    (9, 5.1, True, False, Step.ACCEPT),
]


@pytest.mark.parametrize(("scans", "seconds", "complete", "clock_stopped", "expected"), ROWS)
def test_decides_by_scans_time_and_completeness(
    scans: int, seconds: float, *, complete: bool, clock_stopped: bool, expected: Step
) -> None:
    step = BOUNDS.step(scans, seconds, complete=complete, clock_stopped=clock_stopped)
    assert step is expected


def test_accepts_before_it_fails_by_default() -> None:
    """Whoever waits until the limit has seen four scans and both shorter times pass."""
    assert RESCAN_POLICY == (4, 0.05, 0.5, 5.0)
