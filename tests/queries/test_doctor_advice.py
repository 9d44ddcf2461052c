"""What doctor advises loses no record and turns no edge round when followed to the letter."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from workspace_builder import AT, A, B, C, D, Workspace, git, ulid

from yoi_relations.queries.doctor.findings import Code

LATER = "2026-06-01T12:00:00Z"
NEVER = "2999-01-01T00:00:00Z"
_TEMPLATE = re.compile(r"relations retire (?!RECORD|PATH)(?:'[^']*'|[^';])+? --reason WHY")


def _ready(workspace: Workspace, *ids: str) -> None:
    for id_ in ids:
        workspace.ticket(id_, "ready")


def _retirement(workspace: Workspace, holder: str, retires: str, at: str = LATER) -> Path:
    text = f"---\nretires: {retires}\nauthor: tester\nat: {at}\n---\nIt is over.\n"
    return workspace.record_file(holder, f"{ulid(900)}.md", text)


def _unusable(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "blocked_by", B)
    workspace.artifact(A, "orchestration-plan.jsonl", "{\n")


def _self_relation(workspace: Workspace) -> None:
    _ready(workspace, A)
    workspace.record(A, "related", A)


def _unclear(workspace: Workspace) -> None:
    workspace.ticket(A, "finished")


def _no_item(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "blocked_by", B)
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "all")
    (workspace.tickets / A / "item.md").unlink()


def _moved(workspace: Workspace) -> None:
    """As after a clean merge: one branch has moved a ticket, the other has added its records."""
    workspace.ticket(A, "ready", "closed")
    _ready(workspace, B, C)
    workspace.record(f"open/{A}", "blocked_by", B, "why")
    workspace.record(f"closed/{A}", "blocked_by", C)
    workspace.plan_lines(f"open/{A}", {"ticket_id": A, "kind": "after", "related_ticket": C})


def _moved_twice(workspace: Workspace) -> None:
    """The same with a file of several records on both sides."""
    _moved(workspace)
    workspace.plan_lines(f"closed/{A}", {"ticket_id": A, "kind": "before", "related_ticket": B})


def _two_items(workspace: Workspace) -> None:
    _moved(workspace)
    workspace.ticket(A, "ready", "open")


def _misspelled(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(B, "blocks", A.lower(), "It's needed:\n\n$HOME `first`")
    workspace.relations_json(A, {"kind": "depends_on", "target": f"{B}/"})
    workspace.record(A, "after", "nowhere")


def _odd(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "related", B, colour="blue")


def _dropped(workspace: Workspace) -> None:
    workspace.ticket(A, "ready", title="Fix #12 in parser")


def _joined(workspace: Workspace) -> None:
    _ready(workspace, A, B, C)
    first, other = (workspace.record(A, "blocked_by", target, "why") for target in (B, C))
    first.write_bytes(first.read_bytes() + other.read_bytes())
    other.unlink()


def _misplaced_record(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    path = workspace.record(A, "blocked_by", B)
    (workspace.tickets / A / "relations").mkdir()
    path.rename(workspace.tickets / A / "relations" / path.name)


def _misnamed_item(workspace: Workspace) -> None:
    path = workspace.ticket(A, "ready") / "item.md"
    path.rename(path.with_name("item.markdown"))
    _ready(workspace, B)


def _misplaced_file(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    path = workspace.relations_json(A, {"kind": "depends_on", "target": B})
    shutil.copy(path, path.with_name("relations (1).json"))


def _odd_folder(workspace: Workspace) -> None:
    _ready(workspace, A)
    (workspace.tickets / "drawings").mkdir()
    (workspace.tickets / "drawings" / "one.txt").write_text("a drawing")


def _nested(workspace: Workspace) -> None:
    """One ticket was dragged into another's folder; its record must stay its own."""
    _ready(workspace, A, B, C)
    workspace.record(B, "blocked_by", C)
    workspace.relations_json(B, {"kind": "blocks", "target": C})
    (workspace.tickets / B).rename(workspace.tickets / A / B)


def _nested_and_taken(workspace: Workspace) -> None:
    _nested(workspace)
    _ready(workspace, B)


def _taken(workspace: Workspace) -> None:
    """What doctor would move is called as something that is there."""
    _misplaced_record(workspace)
    workspace.record(A, "after", B)
    (path,) = (workspace.tickets / A / "relations").iterdir()
    other = workspace.tickets / A / "artifacts" / "relations"
    next(other.iterdir()).rename(other / path.name)


def _misnamed_items(workspace: Workspace) -> None:
    _misnamed_item(workspace)
    (workspace.tickets / A / "Item.md").write_text("---\nstate: closed\n---\n")


def _copied(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "blocked_by", B)
    shutil.copytree(workspace.tickets / A, workspace.tickets / f"{A} 2")


def _leftover(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    path = workspace.record(A, "blocked_by", B)
    shutil.copy(path, f"{path}~")


def _lost(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    path = workspace.record(A, "blocked_by", B)
    _retirement(workspace, B, path.stem)


def _early(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    path = workspace.record(A, "blocked_by", B, at=LATER)
    _retirement(workspace, A, path.stem, AT)


def _ahead(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "waiting", note="For a machine.", at=NEVER)
    workspace.record(A, "accepted_plan", note="How.", at=NEVER)
    path = workspace.record(A, "blocked_by", B)
    _retirement(workspace, A, path.stem, NEVER)


def _contested(workspace: Workspace) -> None:
    workspace.ticket(A, "ready", slug=B[-6:])
    _ready(workspace, B)


def _cycle(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "blocked_by", A)


def _mixed(workspace: Workspace) -> None:
    _ready(workspace, A, B, C)
    workspace.record(A, "blocked_by", B)
    workspace.record(B, "blocked_by", C)
    workspace.record(C, "after", A)


def _loop(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "supersedes", B)
    workspace.record(A, "duplicate_of", B)


def _opposed(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "after", B)
    workspace.record(A, "before", B)


def _opposed_dependency(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "blocked_by", B)
    workspace.record(A, "before", B)
    workspace.record(B, "after", A)


def _conflict(workspace: Workspace) -> None:
    workspace.pair("conflicts_with", states=("inprogress", "inprogress"))


def _branch(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    for holder in (A, B):
        workspace.record(holder, "accepted_plan", note="How.", branch="work/one")


def _expired(workspace: Workspace) -> None:
    _ready(workspace, A)
    workspace.ticket(B, "closed")
    workspace.record(A, "blocked_by", B)


def _expired_note(workspace: Workspace) -> None:
    workspace.ticket(A, "inprogress")
    workspace.record(A, "waiting", note="For a machine.")


def _expired_plan(workspace: Workspace) -> None:
    workspace.ticket(A, "closed")
    workspace.record(A, "accepted_plan", note="How.")


def _ended_wait(workspace: Workspace) -> None:
    _ready(workspace, A)
    workspace.record(A, "waiting", note="For a machine.")
    workspace.record(A, "accepted_plan", note="How.", at=LATER, author="another")


def _repeated(workspace: Workspace) -> None:
    _ready(workspace, A, B, C)
    for _ in range(3):
        workspace.record(A, "blocked_by", B, "why")
    path = workspace.record(A, "blocked_by", C, "why")
    shutil.copy(path, path.with_name(f"{path.stem} copy.md"))
    workspace.plan_lines(A, *[{"kind": "after", "related_ticket": C}] * 2)


def _mentioned(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    workspace.record(A, "waiting", note=f"For what {B} says.")


CASES: list[tuple[Code, Callable[[Workspace], None]]] = [
    (Code.UNUSABLE_SOURCE, _unusable),
    (Code.SELF_RELATION, _self_relation),
    (Code.UNCLEAR_ITEM, _unclear),
    (Code.NO_ITEM, _no_item),
    (Code.SHARED_ID, _moved),
    (Code.SHARED_ID, _moved_twice),
    (Code.SHARED_ID, _two_items),
    (Code.DANGLING_TARGET, _misspelled),
    (Code.ODD_SOURCE, _odd),
    (Code.DROPPED_TEXT, _dropped),
    (Code.SECOND_RECORD, _joined),
    (Code.MISPLACED_RECORD, _misplaced_record),
    (Code.MISPLACED_RECORD, _taken),
    (Code.MISNAMED_ITEM, _misnamed_item),
    (Code.MISNAMED_ITEM, _misnamed_items),
    (Code.MISPLACED_FILE, _misplaced_file),
    (Code.ODD_FOLDER, _odd_folder),
    (Code.ODD_FOLDER, _nested),
    (Code.ODD_FOLDER, _nested_and_taken),
    (Code.COPIED_FOLDER, _copied),
    (Code.COPIED_RECORD, _copied),
    (Code.LEFTOVER, _leftover),
    (Code.LOST_RETIREMENT, _lost),
    (Code.EARLY_RETIREMENT, _early),
    (Code.TIME_AHEAD, _ahead),
    (Code.CONTESTED_SLUG, _contested),
    (Code.DEPENDENCY_CYCLE, _cycle),
    (Code.MIXED_CYCLE, _mixed),
    (Code.REPLACEMENT_LOOP, _loop),
    (Code.OPPOSED_ORDERINGS, _opposed),
    (Code.OPPOSED_DEPENDENCY, _opposed_dependency),
    (Code.CONFLICT_INPROGRESS, _conflict),
    (Code.SHARED_BRANCH, _branch),
    (Code.EXPIRED_EDGE, _expired),
    (Code.EXPIRED_NOTE, _expired_note),
    (Code.EXPIRED_PLAN, _expired_plan),
    (Code.ENDED_WAIT, _ended_wait),
    (Code.REPEATED_RECORD, _repeated),
    (Code.UNRELATED_MENTION, _mentioned),
]
_RETIRING = {Code.DANGLING_TARGET, Code.REPEATED_RECORD}
"""Those whose commands retire a record, with the reason."""


def _findings(workspace: Workspace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workspace.run("doctor", "--severity", "info", "--json").json[
        "findings"
    ]
    return found


def _records(workspace: Workspace) -> list[dict[str, Any]]:
    """All that is recorded, retired or not."""
    answer = workspace.run("show", "--all", "--limit", "0", "--json").json
    return [
        {**record, "note": record["note"] or relation["note"]}
        for relation in answer["relations"]
        for record in relation["records"]
    ]


def _stated(records: list[dict[str, Any]]) -> set[tuple[object, ...]]:
    """What records state, by their own ids."""
    keys = ("id", "kind", "holder", "target", "note", "author", "at")
    return {tuple(record[key] for key in keys) for record in records}


def _edges(workspace: Workspace) -> set[tuple[object, ...]]:
    """The relations between tickets that count, in their direction."""
    relations = workspace.run("show", "--limit", "0", "--json").json["relations"]
    keys = ("kind", "ticket", "target", "note")
    there = [one for one in relations if one["ticket_title"] and one["target_title"]]
    return {tuple(one[key] for key in keys) for one in there}


def _texts(workspace: Workspace) -> Counter[bytes]:
    """The contents of all files, but for what git keeps."""
    kept = workspace.snapshot().items()
    return Counter(data for path, data in kept if data is not None and ".git/" not in path)


def _shell(workspace: Workspace, line: str) -> int:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = os.environ | {"PATH": path, "YOI_RELATIONS_AUTHOR": "tester"}
    ran = subprocess.run(
        ["sh", "-c", line], cwd=workspace.root, env=environ, capture_output=True, check=False
    )
    return ran.returncode


def test_every_code_has_a_case() -> None:
    assert {code for code, _ in CASES} == set(Code)


@pytest.mark.parametrize(
    ("code", "build"), CASES, ids=[f"{code}-{build.__name__[1:]}" for code, build in CASES]
)
def test_following_the_advice_loses_no_record(
    workspace: Workspace, code: Code, build: Callable[[Workspace], None]
) -> None:
    subprocess.run(["git", "init", "--quiet", workspace.root], check=True)
    build(workspace)
    found = _findings(workspace)
    assert code in {one["code"] for one in found}
    records, edges, texts = _records(workspace), _edges(workspace), _texts(workspace)
    for one in found:
        for line in one["commands"]:
            assert line.isprintable()
            assert _shell(workspace, line) == 0, line

    after = _records(workspace)
    assert _stated(records) <= _stated(after)
    assert edges <= _edges(workspace)
    assert not texts - _texts(workspace)
    before = {one["id"] for one in records if one["retired_at"]}
    retired = [one for one in after if one["retired_at"] and one["id"] not in before]
    assert all(one["retired_reason"] not in ("", "WHY") for one in retired)
    assert not retired or _RETIRING & {one["code"] for one in found}
    if any(one["code"] == code and one["commands"] for one in found) and code != Code.NO_ITEM:
        left = [one for one in _findings(workspace) if one["code"] == code and one["commands"]]
        assert left == []
    # What a hint leaves to a person, done without thinking, retires and loses nothing either.
    for template in (line for one in found for line in _TEMPLATE.findall(one["hint"])):
        assert _shell(workspace, template) == 0, template
    assert _stated(records) <= _stated(_records(workspace))
    assert not texts - _texts(workspace)


def test_records_that_merge_left_are_moved(workspace: Workspace) -> None:
    _moved(workspace)
    (one,) = [one for one in _findings(workspace) if A in one["tickets"]]
    assert one["code"] == "shared_id"
    assert one["path"] == f".yoi/tickets/open/{A}"
    (line,) = one["commands"]
    assert line in one["hint"]
    assert _shell(workspace, line) == 0

    assert _findings(workspace) == []
    assert workspace.run("check", A, "--json").json["checks"][0]["verdict"] == "hold"
    assert {record["path"].split("/")[2] for record in _records(workspace)} == {"closed"}


@pytest.mark.parametrize("name", ["relations.json", "orchestration-plan.jsonl"])
def test_files_of_several_records_on_both_sides_are_left_to_a_person(
    workspace: Workspace, name: str
) -> None:
    _moved(workspace)
    entry = {"ticket_id": A, "kind": "blocks"}
    for bucket in ("open", "closed"):
        if name == "relations.json":
            workspace.relations_json(f"{bucket}/{A}", {**entry, "target": B})
        else:
            workspace.plan_lines(f"{bucket}/{A}", {**entry, "related_ticket": B})

    (one,) = [one for one in _findings(workspace) if one["code"] == "shared_id"]
    assert one["commands"] == []
    for bucket in ("open", "closed"):
        assert f".yoi/tickets/{bucket}/{A}" in one["hint"]


def test_a_record_on_both_sides_is_left_to_a_person(workspace: Workspace) -> None:
    _moved(workspace)
    for bucket, note in (("open", "One."), ("closed", "Another.")):
        text = f"---\nkind: blocks\ntarget: {B}\nauthor: x\nat: {AT}\n---\n{note}\n"
        workspace.record_file(f"{bucket}/{A}", f"{ulid(77)}.md", text)

    (one,) = [one for one in _findings(workspace) if one["code"] == "shared_id"]
    assert one["commands"] == []


@pytest.mark.parametrize("name", ["it's $HOME", "-x", "new\nline"])
def test_folders_with_odd_names_are_named_safely(workspace: Workspace, name: str) -> None:
    workspace.ticket(name, "ready", "closed")
    _ready(workspace, B)
    workspace.record(f"open/{name}", "blocked_by", B, "why")
    texts = _texts(workspace)

    (one,) = [one for one in _findings(workspace) if one["code"] == "shared_id"]
    assert bool(one["commands"]) is name.isprintable()
    for line in one["commands"]:
        assert _shell(workspace, line) == 0
    assert _texts(workspace) == texts
    assert (workspace.tickets / "closed" / name / "artifacts").exists() is name.isprintable()


def test_a_ticket_within_another_is_moved_as_a_whole(workspace: Workspace) -> None:
    _nested(workspace)
    (one,) = [one for one in _findings(workspace) if A in one["tickets"]]
    (line,) = one["commands"]
    assert line in one["hint"]
    assert _shell(workspace, line) == 0

    assert {(one["holder"], one["kind"], one["target"]) for one in _records(workspace)} == {
        (B, "blocked_by", C),
        (B, "blocks", C),
    }


@pytest.mark.parametrize(
    ("build", "taken"),
    [
        (_nested_and_taken, B),
        (_taken, f"{A}/artifacts/relations/{ulid(1)}.md"),
    ],
)
def test_taken_name_is_left_to_a_comparison(
    workspace: Workspace, build: Callable[[Workspace], None], taken: str
) -> None:
    build(workspace)
    (one,) = [
        one for one in _findings(workspace) if one["code"] in ("odd_folder", "misplaced_record")
    ]
    assert one["commands"] == []
    assert f"diff -r -- {one['path']} .yoi/tickets/{taken}" in one["hint"]


def test_records_whose_item_is_gone_are_found_by_git(workspace: Workspace) -> None:
    subprocess.run(["git", "init", "--quiet", workspace.root], check=True)
    _no_item(workspace)
    git(workspace, "commit", "-qam", "gone")
    (one,) = [one for one in _findings(workspace) if one["code"] == "no_item"]

    (line,) = one["commands"]
    said = subprocess.check_output(["sh", "-c", line], cwd=workspace.root, text=True)
    assert said.split(maxsplit=1)[1] == "gone\n"


_SIGNS = st.text("ab -'\"`$\\!*;&|<>(){}[]#~=%\n\té\u200b", min_size=1, max_size=30)


@example(note="-")
@example(note="--note")
@example(note="$(touch gone)\n`touch gone`")
@settings(max_examples=4, deadline=None)
@given(note=_SIGNS.filter(str.strip))
def test_a_misspelled_target_is_recorded_again_word_for_word_or_not_at_all(note: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        _ready(workspace, A, B)
        path = workspace.record(B, "blocks", A.lower(), note)
        before = {path.name for path in workspace.root.iterdir()}
        (one,) = [one for one in _findings(workspace) if one["code"] == "dangling_target"]
        done = [_shell(workspace, line) for line in one["commands"]]

        (old,) = [one for one in _records(workspace) if one["id"] == path.stem]
        new = [one for one in _records(workspace) if one["id"] != path.stem]
        assert bool(old["retired_at"]) is (done == [0])
        assert [(one["kind"], one["holder"], one["target"], one["note"]) for one in new] == (
            [("blocks", B, A, old["note"])] if done == [0] else []
        )
        assert {path.name for path in workspace.root.iterdir()} == before


def test_a_target_that_packs_two_tickets_is_recorded_for_each(workspace: Workspace) -> None:
    _ready(workspace, A, B, C)
    path = workspace.record(C, "after", f"{A}, {B}")
    (one,) = [one for one in _findings(workspace) if one["code"] == "dangling_target"]
    assert one["tickets"] == sorted([A, B, C, f"{A}, {B}"])
    (line,) = one["commands"]
    assert _shell(workspace, line) == 0

    not_retired = [one for one in _records(workspace) if not one["retired_at"]]
    assert {(one["kind"], one["holder"], one["target"]) for one in not_retired} == {
        ("after", C, A),
        ("after", C, B),
    }
    assert path.stem not in {one["id"] for one in not_retired}


def test_record_that_cannot_be_added_again_is_not_retired(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    note = "password: hunter2hunter2"
    workspace.record(B, "blocks", A.lower(), note)
    (one,) = [one for one in _findings(workspace) if one["code"] == "dangling_target"]
    (line,) = one["commands"]

    assert _shell(workspace, line) != 0
    (record,) = _records(workspace)
    assert record["retired_at"] is None


def test_a_record_whose_id_two_tickets_hold_is_retired_by_its_path(workspace: Workspace) -> None:
    _ready(workspace, A, B, D)
    path = workspace.record(A, "blocked_by", B.lower())
    shutil.copytree(workspace.tickets / A / "artifacts", workspace.tickets / D / "artifacts")
    found = [one for one in _findings(workspace) if one["code"] == "dangling_target"]
    assert [_shell(workspace, line) for one in found for line in one["commands"]] == [0, 0]

    again = {one["holder"] for one in _records(workspace) if one["id"] != path.stem}
    assert again == {A, D}
    assert all(one["retired_at"] for one in _records(workspace) if one["id"] == path.stem)


def test_records_of_two_left_folders_are_moved_unless_names_clash(
    workspace: Workspace,
) -> None:
    _moved(workspace)
    workspace.record(A, "after", B)
    (one,) = [one for one in _findings(workspace) if one["code"] == "shared_id"]
    assert len(one["commands"]) == 1
    text = f"---\nkind: blocks\ntarget: {B}\nauthor: x\nat: {AT}\n---\n"
    for folder in (A, f"open/{A}"):
        workspace.record_file(folder, f"{ulid(77)}.md", f"{text}{folder}\n")

    (one,) = [one for one in _findings(workspace) if one["code"] == "shared_id"]
    assert one["commands"] == []


def test_copy_of_a_file_is_retired_and_not_the_original(workspace: Workspace) -> None:
    _ready(workspace, A, B)
    path = workspace.record(A, "blocked_by", B, "why")
    copy = path.with_name(f"{path.stem} copy.md")
    shutil.copy(path, copy)
    (line,) = [line for one in _findings(workspace) for line in one["commands"]]
    assert _shell(workspace, line) == 0

    assert {one["id"]: one["retired_at"] is not None for one in _records(workspace)} == {
        path.stem: False,
        copy.stem: True,
    }


@pytest.mark.parametrize(
    "build",
    [
        *(_ahead, _cycle, _mixed, _loop, _opposed, _opposed_dependency, _conflict),
        *(_expired_note, _misspelled, _repeated),
    ],
)
def test_templates_name_records_whose_ids_two_tickets_hold_by_their_paths(
    workspace: Workspace, build: Callable[[Workspace], None]
) -> None:
    build(workspace)
    _ready(workspace, D)
    for path in workspace.tickets.glob("*/artifacts/relations/*.md"):
        workspace.record_file(D, path.name, path.read_bytes())
    found = [line for one in _findings(workspace) for line in _TEMPLATE.findall(one["hint"])]
    replacing = [
        one["hint"].partition("--replaces ")[2]
        for one in _findings(workspace)
        if "--replaces " in one["hint"]
    ]
    assert found or replacing
    for line in [*found, *(f"relations retire {name} --reason WHY" for name in replacing)]:
        names = shlex.split(line)[2:-2]
        assert len(names) == len(set(names))
        assert workspace.run("retire", *names, "--reason", "over").code == 0, line
