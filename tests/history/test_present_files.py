"""What the history takes from the index in place of parsing the files of commits."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace_builder import A, B, C, D, ulid

from history.committed_workspace import CommittedWorkspace
from yoi_relations.files.parsed import Parsed
from yoi_relations.files.source import Source
from yoi_relations.files.workspace import find_workspace
from yoi_relations.history.contents import content_of
from yoi_relations.history.places import Places
from yoi_relations.history.present_files import PresentFiles
from yoi_relations.index.store import load_published

RETIRED = {
    "retired_at": "2026-06-03T10:00:00Z",
    "retired_by": "tester",
    "retired_reason": "It was over.",
}


@pytest.fixture
def work(tmp_path: Path) -> CommittedWorkspace:
    """Four tickets, committed."""
    made = CommittedWorkspace(tmp_path / "work")
    made.pair().ticket(C)
    made.ticket(D)
    made.commit()
    return made


def write_records(work: CommittedWorkspace) -> set[Path]:
    """Write every form of a record; the files without a fault."""
    work.record_file(C, f"{ulid(90)}.md", "broken\n")
    work.record(C, "waiting", None, "Its key is unknown.", color="red")
    work.plan_lines(B, {"kind": "after", "related_ticket": A}, {"kind": "nothing"})
    retirement = f"---\nretires: {ulid(2)}\nauthor: x\nat: 2026-06-02T10:00:00Z\n---\nover\n"
    line = {"kind": "waiting_capacity_note", "note": "Said twice."}
    plan = {"kind": "accepted_plan", "accepted_plan": {"summary": "s" * 300, "branch": "b"}}
    return {
        work.record(A, "blocked_by", B, "long " * 100),
        work.record(A, "conflicts_with", C),
        work.record(A, "accepted_plan", None, "How.", branch="b", role_plan="r"),
        work.record(B, "related", C, **RETIRED),
        work.record_file(A, f"{ulid(91)}.md", retirement),
        work.relations_json(
            A, {"kind": "depends_on", "target": B}, {"kind": "blocks", "target": C, "note": "ü"}
        ),
        work.plan_lines(A, line, {"kind": "before", "related_ticket": B}, line, plan),
    }


def test_index_has_what_parsing_gives(work: CommittedWorkspace) -> None:
    usable = write_records(work)
    assert work.run("show").code == 4  # some are faulty
    workspace = find_workspace(str(work.root))
    index, _ = load_published(workspace)
    assert index is not None
    known = PresentFiles(index.connection).contents()
    places = Places(workspace, "", ())
    for path in work.tickets.glob("*/artifacts/**/*.*"):
        source = places.source_at(bytes(path.relative_to(work.root)))
        assert source is not None
        data = path.read_bytes()
        assert content_of(places, source, data, known) == content_of(places, source, data)
    assert {work.root / path for path, *_ in known} == usable


def test_files_that_the_index_has_are_not_parsed(
    work: CommittedWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_records(work)
    work.commit()
    parsed = []
    parse = Places.parse

    def noted(places: Places, source: Source, data: bytes) -> Parsed:
        parsed.append(source.path)
        return parse(places, source, data)

    monkeypatch.setattr(Places, "parse", noted)
    work.log()
    assert len(parsed) == 3  # those with a fault


def test_files_that_changed_since_the_index_was_made_are_parsed(work: CommittedWorkspace) -> None:
    path = work.record(A, "waiting", None, "first")
    assert work.run("show").code == 0
    stated = work.commit()
    path.write_text(path.read_text().replace("first", "second"))
    changed = work.commit()
    notes = {
        event["commit"]["id"]: event["record"]["note"]
        for event in work.log("--trust", "index")
        if event["commit"]
    }
    assert notes == {stated: "first", changed: "second"}
