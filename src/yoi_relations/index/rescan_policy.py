"""Decides how often to scan a tickets root that changes during the scan."""

from __future__ import annotations

from yoi_relations.files.stat_stamp import TICK
from yoi_relations.lean.types import NamedTuple, StrEnum


class Step(StrEnum):
    """What to do after a scan during which the tickets root may have changed."""

    RESCAN = "rescan"
    ACCEPT = "accept"
    FAIL = "fail"


class RescanPolicy(NamedTuple):
    """How long ticket folders may move before a scan is accepted, or the command fails.

    A scan is *complete* if it found everything that any scan of the same loop has found. Only a
    complete scan is accepted.

    Attributes:
        scans: the least number of scans, so that a slow scan is compared with others, too.
        stopped_clock: seconds after which a complete scan is accepted if the file system's clock
            has not moved. Waiting longer shows nothing more with such a clock.
        patience: seconds after which a complete scan is accepted if the clock has moved.
        limit: seconds after which the command fails if the last scan is not complete.
    """

    scans: int = 4
    stopped_clock: float = 5 * TICK / 1e9
    patience: float = 0.5
    limit: float = 5.0

    def step(self, scans: int, seconds: float, *, complete: bool, clock_stopped: bool) -> Step:
        """What to do after `scans` scans, `seconds` after the first of them began.

        `complete` is about the last of them; `clock_stopped` means that the file system's clock has
        not moved since the first.
        """
        if scans < self.scans:
            return Step.RESCAN
        if complete and seconds > (self.stopped_clock if clock_stopped else self.patience):
            return Step.ACCEPT
        return Step.FAIL if seconds > self.limit else Step.RESCAN


RESCAN_POLICY = RescanPolicy()
