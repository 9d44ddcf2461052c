"""Targets of `add` that are elsewhere, or named as if they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace

ELSEWHERE = "acme/loans:00001KTNVGT8G"


@pytest.fixture
def pair(workspace: Workspace) -> Workspace:
    configure(workspace, 'name = "lend"\naliases = ["old/lend"]\n')
    return workspace.pair()


def configure(workspace: Workspace, text: str) -> None:
    (workspace.root / ".yoi" / "workspace.toml").write_text(text)


@pytest.mark.parametrize("name", [ELSEWHERE, f" {ELSEWHERE}\n", "x:20260609-100341-pick-list"])
@pytest.mark.parametrize("kind", ["blocked-by", "blocks", "related", "waiting"])
def test_a_ticket_elsewhere_is_recorded_as_it_is_named(
    pair: Workspace, name: str, kind: str
) -> None:
    added = pair.run("add", A, kind, name, "--note", "why", "--json").json
    target = name.strip()
    assert (added["changed"], added["active"], added["warnings"]) == (True, True, [])
    assert added["record"]["target"] == target
    assert {A, target} <= {word.strip("()") for word in added["sentence"].split()}
    assert f"\ntarget: {target}\n" in Path(pair.root, added["record"]["path"]).read_text()
    assert not pair.run("add", A, kind, name, "--note", "why", "--json").json["changed"]


@pytest.mark.parametrize("workspace_name", ["lend", "old/lend"])
def test_the_workspace_s_own_name_means_the_local_ticket(
    pair: Workspace, workspace_name: str
) -> None:
    ran = pair.run("add", A, "blocked-by", f"{workspace_name}:{B}", "--json")
    assert ran.json["record"]["target"] == B
    (said,) = [line["message"] for line in ran.errors if workspace_name in line["message"]]
    assert B in said
    before = pair.snapshot()
    for id_, code in (("00001KT0000ZZ", 3), (A, 2)):
        assert pair.run("add", A, "blocked-by", f"{workspace_name}:{id_}").code == code
    missing = pair.run("add", A, "blocked-by", f"{workspace_name}:00001KT0000ZZ", "--json")
    assert workspace_name in missing.errors[-1]["error"]["hint"]
    assert pair.snapshot() == before


@pytest.mark.parametrize(
    ("target", "code"),
    [
        *((target, 2) for target in ("loans:VGT8G", "loans:", f":{B}", f"Loans:{B}", "loans:a b")),
        *((target, 2) for target in ("https://example.org/acme/loans/issues/12", f"a:b:{B}")),
        ("acme/loans#12", 3),
    ],
)
def test_a_wrong_spelling_is_refused_with_the_right_one(
    pair: Workspace, target: str, code: int
) -> None:
    before = pair.snapshot()
    ran = pair.run("add", A, "blocked-by", target, "--json")
    assert (ran.code, ran.out) == (code, "")
    assert ELSEWHERE in ran.errors[-1]["error"]["hint"]
    assert pair.snapshot() == before


def test_a_ticket_elsewhere_holds_no_record(pair: Workspace) -> None:
    before = pair.snapshot()
    assert pair.run("add", ELSEWHERE, "blocked-by", B).code == 3
    assert pair.snapshot() == before


def test_a_local_ticket_with_such_a_name_comes_first(pair: Workspace) -> None:
    pair.ticket("lend:00001KTNVGT8G", "queued")
    added = pair.run("add", A, "blocked-by", "lend:00001KTNVGT8G", "--json")
    assert added.json["record"]["target"] == "lend:00001KTNVGT8G"
    assert pair.show(A)["relations"][0]["elsewhere"] is None


def test_an_impossible_name_of_the_workspace_fails_before_anything_is_written(
    pair: Workspace,
) -> None:
    configure(pair, 'name = "Lend"\n')
    before = pair.snapshot()
    assert pair.run("add", A, "blocked-by", ELSEWHERE).code == 1
    assert pair.snapshot() == before
    assert pair.run("add", A, "blocked-by", B).code == 0
