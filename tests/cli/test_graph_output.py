from __future__ import annotations

import json
import os

from workspace_builder import A, Workspace


def test_file_gets_what_stdout_would_get(edge: Workspace) -> None:
    expected = edge.run("graph", A).out
    ran = edge.run("graph", A, "-o", "plan.mmd")
    assert (ran.code, ran.out) == (0, "")
    assert (edge.root / "plan.mmd").read_text() == expected
    assert edge.run("graph", "--json", "-o", "plan.json").code == 0
    assert json.loads((edge.root / "plan.json").read_text())["document"] == "graph"


def test_device_stays_a_device(edge: Workspace) -> None:
    assert edge.run("graph", "-o", os.devnull).code == 0
    assert not os.path.isfile(os.devnull)


def test_file_that_cannot_be_written_is_an_error_with_its_path(edge: Workspace) -> None:
    for path in ("missing/plan.mmd", ".", "a\0b"):
        ran = edge.run("graph", "-o", path)
        assert (ran.code, ran.out) == (1, "")
        assert any(line.startswith("error: ") for line in ran.err.splitlines())


def test_json_and_another_format_exclude_each_other(edge: Workspace) -> None:
    assert edge.run("graph", "--json", "--format", "dot").code == 2
    assert edge.run("graph", "--json", "--format", "json").json["document"] == "graph"
