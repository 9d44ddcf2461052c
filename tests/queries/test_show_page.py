"""The first relations of an answer are found without the others, and are the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries import random_workspaces, sample_ids

ALL = st.sampled_from([[], ["--all"]])
CHOICES = st.lists(st.sampled_from(sample_ids.ALL_KINDS), max_size=3)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_workspaces.WORKSPACES, CHOICES, st.integers(min_value=1, max_value=6), ALL)
def test_page_is_beginning_of_whole_answer(
    made: dict[str, Any], kinds: list[str], limit: int, more: list[str]
) -> None:
    asked = [word for kind in kinds for word in ("--kind", kind)] + more
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        whole = workspace.run("show", "--json", "--limit", "0", *asked)
        page = workspace.run("show", "--json", "--limit", str(limit), *asked)
    assert page.json["relations"] == whole.json["relations"][:limit]
    assert page.json["count"] == whole.json["count"] == len(whole.json["relations"])
    assert page.code == whole.code


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_workspaces.WORKSPACES)
def test_total_is_length_of_whole_answer(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = random_workspaces.build(Path(folder) / "work", made)
        counts = workspace.run("status", "--json").json
        for name, more in (("active", ()), ("relations", ("--all",))):
            for cls, count in counts[name].items():
                answer = workspace.run("show", "--json", "--limit", "1", "--kind", cls, *more)
                assert (cls, answer.json["count"]) == (cls, count)
