"""One workspace gives the same answers from its files and from a database, digests included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from publishing import NAME, in_both_layouts, published
from queries.random_workspaces import WORKSPACES, build
from queries.sample_ids import IDS

QUESTIONS: list[tuple[str, ...]] = [
    ("show",),
    ("show", "--all", "--limit", "0"),
    ("show", "--kind", "blocker", "--state", "queued"),
    ("show", "--author", "tester", "--since", "2026-06-02"),
    ("check",),
    ("check", "--state", "queued"),
    ("tree",),
    ("tree", "--all"),
    ("graph", "--format", "json"),
    ("graph", "--format", "json", "--all", "--state", "ready"),
    *(
        (*command, id_)
        for id_ in IDS
        for command in (
            ("show",),
            ("show", "--all"),
            ("check",),
            ("tree",),
            ("tree", "--reverse", "--all"),
            ("graph", "--format", "json"),
        )
    ),
]


def comparable(answer: Any) -> Any:
    """An answer without what says where it comes from, and without hints in sentences."""
    if isinstance(answer, list):
        return [comparable(each) for each in answer]
    if isinstance(answer, dict):
        if answer.get("code") == "elsewhere":
            answer = answer | {"sentence": answer["sentence"].rpartition("; ")[0]}
        return {
            key: comparable(value)
            for key, value in answer.items()
            if key not in {"workspace", "workspaces", "freshness"}
        }
    return answer


def essence(check: Any) -> Any:
    """What a check says whatever tickets are called."""
    reasons = [(reason["verdict"], reason["code"], reason["note"]) for reason in check["reasons"]]
    return check["digest"], check["verdict"], check["title"], reasons


@in_both_layouts
def test_every_answer_is_the_same(tmp_path: Path, database: str) -> None:
    count = 0

    @settings(
        max_examples=12,
        deadline=None,
        # An example takes a second.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(WORKSPACES)
    def compare(made: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        workspace = build(tmp_path / str(count), made)
        published(workspace, database, "--force")
        for question in QUESTIONS:
            here = workspace.run(*question, "--json")
            there = workspace.run(*question, "--json", "--from", database, "--workspace", NAME)
            assert there.code == here.code, (question, here, there)
            if here.out:
                assert comparable(there.json) == comparable(here.json), question
            else:
                assert there.errors[-1] == here.errors[-1], question
        here = workspace.run("check", "--json").json["checks"]
        there = workspace.run("check", "--json", "--from", database).json["checks"]
        assert [essence(check) for check in there] == [essence(check) for check in here]

    compare()
