"""The script that counts what a day of an orchestrator costs still finds its way."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import orchestrator_day

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_a_day_has_four_steps_and_ten_decisions() -> None:
    program = shlex.join([sys.executable, "-m", "yoi_relations"])

    day = orchestrator_day.run_day(program, EXAMPLES)

    find, explain, record, again = day.calls.values()
    assert (find, record, again) == (1, 10, 1)
    assert explain > 2
    assert list(day.costs) == list(day.calls)
    assert all(cost > 1000 for cost in day.costs.values())
    assert day.freed["00001KRKBEGYV"] == ["00001KRKBEHKH", "00001KRYXVM8A"]
