"""Ten thousand tickets, a hundred records of one ticket, and a cycle through all tickets."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any

import pytest
from oracle import assert_as_read
from workspace_builder import Workspace

from yoi_relations.cli import fast_path

pytestmark = pytest.mark.campaign
TICKETS = 10_000
RECORDS = 100
SECONDS = 60
"""Seconds of processor time for one command."""
MEMORY = 1 << 30


def name(number: int) -> str:
    return f"00001KT{number % TICKETS:06d}"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("many") / "work")
    for number in range(TICKETS):
        workspace.ticket(name(number), "queued")
        workspace.record(name(number), "blocked_by", name(number + 1), "the next one")
    for number in range(2, RECORDS):
        workspace.record(name(0), "related", name(number))
    return workspace


def run(workspace: Workspace, *arguments: str) -> tuple[int, Any]:
    """Run a command with limits; returns its exit code and its document."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    ran = subprocess.run(
        [sys.executable, "-m", "yoi_relations", *arguments, "--json"],
        cwd=workspace.root,
        preexec_fn=limit,  # the tests run in one thread
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr
    assert ran.stdout, ran.stderr
    return ran.returncode, json.loads(ran.stdout)


def test_lists_keep_their_limits(many: Workspace) -> None:
    _, built = run(many, "rebuild")
    assert built["tickets"]["queued"] == TICKETS
    _, document = run(many, "show")
    assert (document["returned"], document["truncated"]) == (50, True)
    assert document["count"] == TICKETS + RECORDS - 2
    _, document = run(many, "show", "--limit", "0")
    assert document["returned"] == document["count"] == TICKETS + RECORDS - 2
    _, document = run(many, "show", name(0))
    assert document["returned"] == document["count"] == RECORDS
    assert fast_path.run(["-C", str(many.root), "show", name(0), "--plain"]) == 0


def test_cycle_through_all_is_reported_once(many: Workspace) -> None:
    code, document = run(many, "check", name(7))
    (one,) = document["checks"]
    assert (code, one["verdict"]) == (10, "hold")
    codes = {reason["code"] for reason in one["reasons"]}
    assert codes == {"blocked", "dependency_cycle"}
    code, document = run(many, "check")
    assert (code, len(document["checks"])) == (10, TICKETS)
    assert {one["verdict"] for one in document["checks"]} == {"hold"}
    code, document = run(many, "doctor")
    cycles = [one for one in document["findings"] if one["code"] == "dependency_cycle"]
    assert (code, len(cycles)) == (5, 1)


def test_both_implementations_agree_on_many_tickets(many: Workspace) -> None:
    assert run(many, "verify")[0] == 0
    item = many.tickets / name(TICKETS // 2) / "item.md"
    item.write_text(item.read_text().replace("queued", "closed"))
    (many.tickets / name(0) / "item.md").unlink()
    assert run(many, "check", name(7))[1]["checks"][0]["verdict"] == "hold"
    _, document = run(many, "doctor")
    assert "dependency_cycle" not in {one["code"] for one in document["findings"]}
    assert len(assert_as_read(many)) == TICKETS + RECORDS - 2
