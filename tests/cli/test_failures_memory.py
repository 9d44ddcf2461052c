"""A command that runs out of memory ends with one error."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest
from workspace_builder import Workspace

RELATIONS = [sys.executable, "-m", "yoi_relations"]


def test_memory_limit_gives_an_answer_or_one_error(edge: Workspace) -> None:
    """The command runs out of memory at different places."""
    codes = set()
    for megabytes in range(20, 120, 11):
        size = megabytes << 20

        def limit(size: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (size, size))

        asked = subprocess.run(
            [*RELATIONS, "show", "--trust", "content"],
            cwd=edge.root,
            capture_output=True,
            check=False,
            preexec_fn=limit,  # no thread runs here
        )
        if b"yoi_relations" in asked.stderr:
            assert b"Traceback" not in asked.stderr, asked
        codes.add(asked.returncode)
    assert 0 in codes


@pytest.mark.parametrize(
    "function",
    ["yoi_relations.queries.show.ask_relations", "yoi_relations.index.store.load_published"],
)
def test_memory_error_is_one_error(
    edge: Workspace, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(function, fail)
    asked = edge.run("show", "--json")
    assert (asked.code, asked.out) == (1, "")
    assert asked.errors[-1]["error"]["message"] == "there is not enough memory"
