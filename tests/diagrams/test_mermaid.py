from __future__ import annotations

import re

import pytest
from workspace_builder import A, B, C, D, Workspace, ulid

from yoi_relations.diagrams.drawing import Drawing
from yoi_relations.diagrams.mermaid import MAX_CHARACTERS, MAX_EDGES, mermaid_text
from yoi_relations.errors import RelationsError
from yoi_relations.queries.tickets import TicketInfo

EDGE = re.compile(r"  (t\d+) (-->|-\.->|x-\.-x|---)(?:\|([^|]*)\|)? (t\d+)")


def edges_of(text: str) -> list[tuple[str, str, str]]:
    return [(m[1], m[2], m[4]) for m in map(EDGE.fullmatch, text.splitlines()) if m]


def test_arrows_go_from_what_comes_first(workspace: Workspace) -> None:
    workspace.pair("blocked_by", states=("queued", "inprogress"))
    workspace.ticket(C, "planning")
    workspace.ticket(D, "ready")
    workspace.record(A, "before", C)
    workspace.record(B, "do_not_parallelize", D)
    workspace.record(B, "related", C)
    ran = workspace.run("graph")
    assert edges_of(ran.out) == [
        ("t1", "-->", "t0"),
        ("t0", "-.->", "t2"),
        ("t1", "x-.-x", "t3"),
    ]
    assert edges_of(workspace.run("graph", "--kind", "related").out) == [("t0", "---", "t1")]


def test_characters_with_a_meaning_are_entities(workspace: Workspace) -> None:
    workspace.ticket(A, "ready", title="'\"]; <b>#35; `x` | \\ & {{}} 完了'")
    workspace.ticket(B, "ready")
    workspace.record(A, "blocked_by", B)
    out = workspace.run("graph").out
    (node,) = (line for line in out.splitlines() if line.startswith("  t0["))
    label = node.removeprefix('  t0["').removesuffix('"]').replace("<br>", "\n")
    decoded = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label)
    assert decoded.splitlines()[0].startswith('"]; <b>#35; `x` | \\\\ & {{}} 完了'[:8])
    assert not set(re.sub(r"#\d+;", "", label)) & set("\"'<>[](){}|\\&#;`")


def test_cycle_is_drawn_whole_and_marked(workspace: Workspace) -> None:
    for id_, target in ((A, B), (B, C), (C, A)):
        workspace.ticket(id_, "queued")
        workspace.record(id_, "blocked_by", target)
    out = workspace.run("graph").out
    assert len(edges_of(out)) == 3
    assert "  linkStyle 0,1,2 stroke:#d1242f" in out.splitlines()


def test_diagram_beyond_mermaids_limits_is_refused(workspace: Workspace) -> None:
    many = [f"0000{number:09}" for number in range(MAX_EDGES + 2)]
    for number, id_ in enumerate(many):
        workspace.ticket(id_, "queued", title="漢" * 60)
        if number:
            workspace.record_file(
                id_,
                f"{ulid(number)}.md",
                f"---\nkind: blocked_by\ntarget: '{many[0]}'\nauthor: x\n"
                "at: 2026-06-01T10:00:00Z\n---\n",
            )
    ran = workspace.run("graph")
    assert (ran.code, ran.out) == (1, "")
    assert "a ticket, with --depth" in ran.err
    assert "smaller --depth" in workspace.run("graph", many[0], "--depth", "1").err
    (workspace.tickets / many[1] / "artifacts" / "relations" / f"{ulid(1)}.md").unlink()
    fitting = workspace.run("graph")
    assert len(edges_of(fitting.out)) == MAX_EDGES
    assert len(fitting.out) <= MAX_CHARACTERS
    assert workspace.run("graph", "--format", "dot").code == 0


def test_hint_does_not_offer_what_would_not_fit_either(workspace: Workspace) -> None:
    ids = [f"0000{number:09}" for number in range(MAX_EDGES + 2)]
    for number, id_ in enumerate(ids):
        workspace.ticket(id_, "queued")
        if number:
            workspace.record(id_, "blocked_by", ids[0])
    workspace.ticket(A, "done")
    workspace.record(A, "blocked_by", ids[0])
    assert "no --all" not in workspace.run("graph", "--all").err
    for id_ in ids[1:3]:
        workspace.ticket(id_, "done")
    assert f"no --all ({MAX_EDGES - 1} edges)" in workspace.run("graph", "--all").err


def test_characters_are_counted_as_mermaid_counts_them() -> None:
    def drawing(title: str) -> Drawing:
        ticket = TicketInfo(A, title, None, "queued", f".yoi/tickets/{A}", 1)
        return Drawing({f"t{n}": ticket for n in range(400)}, frozenset(), [], 0)

    with pytest.raises(RelationsError):
        mermaid_text(drawing("\U0001d400" * 60))
    assert len(mermaid_text(drawing("A" * 60))) <= MAX_CHARACTERS


def test_empty_diagram_says_why(pair: Workspace) -> None:
    ran = pair.run("graph")
    assert (ran.code, edges_of(ran.out)) == (0, [])
    assert "--all" in ran.err


def test_same_input_gives_the_same_bytes(workspace: Workspace) -> None:
    workspace.pair("blocked_by", states=("queued", "inprogress"))
    for form in ("mermaid", "dot", "json"):
        answers = {
            workspace.process("graph", "--format", form, PYTHONHASHSEED=seed).out
            for seed in ("1", "2", "3")
        }
        assert len(answers) == 1
