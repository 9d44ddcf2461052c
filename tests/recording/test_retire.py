"""`retire`: the record stays unchanged in each of the three formats."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from workspace_builder import AT, A, B, C, Workspace, ulid

COMMON = {"ticket_id": A, "author": "x", "at": AT}
ENTRY = COMMON | {"kind": "depends_on", "target": B, "note": "十"}
LINE = COMMON | {"id": "orch-plan-1", "kind": "waiting_capacity_note", "note": "busy"}
PLAN: dict[str, Any] = COMMON | {"id": "orch-plan-1", "kind": "accepted_plan"}
PLAN["accepted_plan"] = {"summary": "so", "branch": None}


def content_id(entry: Any) -> str:
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"x-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def retire(workspace: Workspace, name: str, reason: str = "it is over") -> str:
    ran = workspace.run("retire", name, "--reason", reason)
    assert ran.code == 0, ran
    return ran.out


FIELDS = f"kind: blocked_by\ntarget: {B}\nauthor: x\nat: {AT}\n"
FILES = {
    "plain": f"---\n{FIELDS}---\nA note.\n",
    "windows line ends": f"---\n{FIELDS}---\nA note.\n".replace("\n", "\r\n"),
    "byte order mark": f"\ufeff---\n{FIELDS}---\n",
    "comments and blanks": f"---\n# why\n\n{FIELDS}# at noon\n\n---\n\n\n",
    "no last newline": f"---\n{FIELDS}---",
    "another fence in the note": f"---\n{FIELDS}---\n---\nkind: no\n---\n \t\n",
    "an unknown key": f"---\nurgency: [1, {{a: b}}]\n{FIELDS}---\n",
    "braces at the end": f"---\n{FIELDS}urgency: {{a: b}}\n---\n",
}


def new_file(before: dict[str, bytes | None], after: dict[str, bytes | None]) -> tuple[str, str]:
    """The path and the text of the one new file; every other file must be unchanged."""
    assert {key: after[key] for key in before} == before
    ((path, data),) = ((key, after[key]) for key in after.keys() - before.keys() if after[key])
    return path, (data or b"").decode()


@pytest.mark.parametrize("form", FILES)
def test_retire_writes_a_new_file_and_leaves_the_record_unchanged(
    pair: Workspace, form: str
) -> None:
    path = pair.record_file(A, f"{ulid(7)}.md", FILES[form].encode())
    before = pair.snapshot()
    assert "retired" in retire(pair, ulid(7))
    name, text = new_file(before, pair.snapshot())
    assert (pair.root / name).parent == path.parent
    assert text.startswith(f"---\nretires: {ulid(7)}\nauthor: tester\nat: ")
    assert text.endswith("Z\n---\nit is over\n")
    (record,) = pair.show("--all")["relations"][0]["records"]
    assert (record["retired_by"], record["retired_reason"]) == ("tester", "it is over")
    assert pair.show()["count"] == 0


@pytest.mark.parametrize(
    "reason",
    [
        "a: b",
        "# no",
        "'",
        "no",
        "{",
        "それは終わった 🎉",
        "[x](y) *z*",
        "---",
        "two\n\nlines",
        "a\u2028b",
    ],
)
def test_reason_is_stored_unchanged(pair: Workspace, reason: str) -> None:
    pair.record(A, "after", B)
    retire(pair, ulid(1), reason)
    (record,) = pair.show("--all")["relations"][0]["records"]
    assert record["retired_reason"] == reason


def write_list(workspace: Workspace, entry: dict[str, Any]) -> None:
    if entry is ENTRY:
        workspace.relations_json(A, entry)
    else:
        workspace.plan_lines(A, entry)


@pytest.mark.parametrize("entry", [ENTRY, LINE, PLAN])
def test_entry_of_a_list_is_retired_by_a_file_with_its_content_id(
    pair: Workspace, entry: dict[str, Any]
) -> None:
    write_list(pair, entry)
    before = pair.snapshot()
    retire(pair, content_id(entry))
    path, text = new_file(before, pair.snapshot())
    assert path.startswith(f".yoi/tickets/{A}/artifacts/relations/")
    assert text.startswith(f"---\nretires: {content_id(entry)}\nauthor: tester\n")
    (relation,) = pair.show("--all")["relations"]  # the new file states nothing itself
    (record,) = relation["records"]
    assert (record["id"], record["retired_by"]) == (content_id(entry), "tester")
    assert not relation["active"]


def test_json_answer_contains_the_record_once_and_its_outcome(pair: Workspace) -> None:
    path = pair.record(A, "after", B, "A note that is said once.")
    ran = pair.run("retire", ulid(1), "--reason", "over", "--json")
    answer, record = ran.json, ran.json["record"]
    assert (ran.code, answer["document"], answer["changed"]) == (0, "retire", True)
    assert (answer["active"], answer["inactive_reason"]) == (False, "retired")
    assert answer["sentence"] != f"{A} comes after {B}"
    assert record["path"] == str(path.relative_to(pair.root))
    assert record["retired_at"]
    assert (pair.root / answer["retirement"]["path"]).is_file()
    assert ran.out.count("said once") == 1
    assert (answer["still_stated_by"], answer["counts_again"], answer["also"]) == ([], [], [])


def test_retire_accepts_several_records(pair: Workspace) -> None:
    for kind in ("after", "conflicts_with", "related"):
        pair.record(A, kind, B)
    names = [ulid(3), ulid(1), ulid(3)]
    ran = pair.run("retire", *names, "--reason", "over", "--author", "me", "--json")
    answers = [ran.json, *ran.json["also"]]
    assert [one["record"]["id"] for one in answers] == [ulid(3), ulid(1)]
    assert {one["record"]["retired_by"] for one in answers} == {"me"}
    assert [one["kind"] for one in pair.show()["relations"]] == ["conflicts_with"]


def test_unknown_name_prevents_every_retirement(pair: Workspace) -> None:
    pair.record(A, "after", B)
    before = pair.snapshot()
    assert pair.run("retire", ulid(1), ulid(2), "--reason", "over").code == 3
    assert pair.snapshot() == before


@pytest.mark.parametrize("by", ["id", "path"])
def test_retirement_cannot_be_retired(pair: Workspace, by: str) -> None:
    pair.record(A, "after", B)
    ran = pair.run("retire", ulid(1), "--reason", "over", "--json")
    before = pair.snapshot()
    ran = pair.run("retire", ran.json["retirement"][by], "--reason", "no, it holds")
    assert (ran.code, pair.snapshot()) == (2, before)
    assert ulid(1) in ran.err


def test_retire_lists_what_is_active_again(pair: Workspace) -> None:
    for number, kind in enumerate(("waiting", "accepted_plan", "waiting", "accepted_plan")):
        pair.record(A, kind, None, f"note {number}", at=f"2026-06-0{number + 1}T10:00:00Z")
    active = {one["records"][0]["id"] for one in pair.show()["relations"]}
    assert active == {ulid(4)}
    again = pair.run("retire", ulid(4), "--reason", "over", "--json").json["counts_again"]
    assert {one["record"]["id"] for one in again} == {ulid(2), ulid(3)}
    again = pair.run("retire", ulid(2), "--reason", "over", "--json").json["counts_again"]
    assert {one["record"]["id"] for one in again} == {ulid(1)}


def test_second_retirement_changes_nothing(pair: Workspace) -> None:
    pair.record(A, "after", B)
    pair.plan_lines(A, LINE)
    for name in (ulid(1), content_id(LINE)):
        retire(pair, name)
        before = pair.snapshot()
        assert "already retired" in retire(pair, name, "once more")
        assert pair.snapshot() == before


def test_retirement_in_another_ticket_has_no_effect(pair: Workspace) -> None:
    pair.relations_json(A, ENTRY)
    text = f"---\nretires: {content_id(ENTRY)}\nauthor: x\nat: {AT}\n---\ny\n"
    pair.record_file(B, f"{ulid(9)}.md", text)
    assert pair.show()["count"] == 1


def test_retire_names_other_records_of_the_relation(pair: Workspace) -> None:
    pair.record(A, "blocked_by", B, "one")
    pair.relations_json(B, {"kind": "blocks", "target": A})
    pair.plan_lines(A, {"kind": "blocked_by", "related_ticket": B})
    retire(pair, f".yoi/tickets/{A}/artifacts/orchestration-plan.jsonl:1")
    out = retire(pair, ulid(1))
    assert f".yoi/tickets/{B}/artifacts/relations.json:4" in out
    assert "orchestration-plan" not in out
    assert pair.show()["count"] == 1
    out = retire(pair, f".yoi/tickets/{B}/artifacts/relations.json:4")
    assert "relations.json" not in out
    assert pair.show()["count"] == 0


@pytest.mark.parametrize(
    "name",
    [
        ulid(3),
        ulid(3)[-5:],
        ulid(3)[:25] + "3",
        f".yoi/tickets/{A}/artifacts/relations/{ulid(3)}.md:1",
        f".yoi/tickets/{A}/artifacts/relations/{ulid(3)}.md",
    ],
)
def test_retire_accepts_id_and_path_of_a_file(pair: Workspace, name: str) -> None:
    for number in range(4):
        pair.record(A, "after", B, f"note {number}")
    retire(pair, name)
    (relation,) = pair.show("--all")["relations"]
    assert [bool(one["retired_at"]) for one in relation["records"]] == [False, False, True, False]


@pytest.mark.parametrize("length", [4, 8, 16])
@pytest.mark.parametrize("with_x", [True, False])
def test_retire_accepts_a_shortened_content_id(
    pair: Workspace, length: int, *, with_x: bool
) -> None:
    pair.plan_lines(A, LINE, PLAN)
    short = content_id(LINE)[2 : 2 + length]
    retire(pair, f"x-{short}" if with_x else short)
    notes = {one["kind"]: one["active"] for one in pair.show("--all")["relations"]}
    assert notes == {"waiting": False, "accepted_plan": True}


def test_retire_accepts_path_and_line(pair: Workspace) -> None:
    pair.plan_lines(A, *({**LINE, "note": f"note {n}"} for n in (1, 2, 3)))
    retire(pair, f".yoi/tickets/{A}/artifacts/orchestration-plan.jsonl:2")
    rows = [row["records"][0] for row in pair.show("--all")["relations"]]
    assert [row["line"] for row in rows if row["retired_at"]] == [2]


def test_retire_accepts_a_path_relative_to_the_working_directory(pair: Workspace) -> None:
    path = pair.record(A, "after", B)
    assert pair.run("-C", str(pair.tickets), "retire", f"{path}:1", "--reason", "x").code == 0
    assert pair.show()["count"] == 0


@pytest.mark.parametrize("place", [".yoi/tickets", "{root}/.yoi/tickets", "real", "{root}/real"])
def test_retire_accepts_paths_through_a_linked_tickets_root(pair: Workspace, place: str) -> None:
    below = pair.record(A, "after", B).relative_to(pair.tickets)
    pair.tickets.rename(pair.root / "real")
    pair.tickets.symlink_to("../real")
    retire(pair, f"{place.format(root=pair.root)}/{below}")
    assert pair.show()["count"] == 0


def test_ambiguous_name_lists_the_places(pair: Workspace) -> None:
    pair.record(A, "after", B)
    pair.record_file(
        B, f"{ulid(1)}.md", f"---\nkind: after\ntarget: {A}\nauthor: x\nat: {AT}\n---\n"
    )
    pair.record(A, "related", B)
    before = pair.snapshot()
    for name, holders in ((ulid(1), (A, B)), (ulid(1)[:8], (A, B))):
        ran = pair.run("retire", name, "--reason", "over")
        assert (ran.code, ran.out) == (3, "")
        assert all(f".yoi/tickets/{holder}/artifacts" in ran.err for holder in holders)
    assert pair.snapshot() == before


def test_identical_entries_are_retired_together(pair: Workspace) -> None:
    pair.plan_lines(A, LINE, LINE)
    retire(pair, content_id(LINE))
    rows = pair.show("--all")["relations"]
    assert [bool(row["records"][0]["retired_at"]) for row in rows] == [True, True]


def test_retire_names_all_records_with_the_same_id(workspace: Workspace) -> None:
    for bucket in ("open", "closed"):
        workspace.ticket(A, "ready", bucket)
    workspace.ticket(B)
    for bucket, kind in (("open", "after"), ("closed", "conflicts_with")):
        text = f"---\nkind: {kind}\ntarget: {B}\nauthor: x\nat: {AT}\n---\n"
        workspace.record_file(f"{bucket}/{A}", f"{ulid(1)}.md", text)
    before = workspace.snapshot()
    ran = workspace.run("retire", ulid(1), "--reason", "over", "--json")
    new_file(before, workspace.snapshot())
    (also,) = ran.json["also_retired"]
    places = {ran.json["record"]["path"], also["record"]["path"]}
    folders = (f".yoi/tickets/{bucket}/{A}" for bucket in ("open", "closed"))
    assert places == {f"{folder}/artifacts/relations/{ulid(1)}.md" for folder in folders}
    assert also["sentence"] != ran.json["sentence"].removeprefix("retired: ")
    again = workspace.run("retire", ulid(1), "--reason", "over", "--json")
    assert again.json["also_retired"] == []


def test_retire_names_the_lines_with_the_same_id(pair: Workspace) -> None:
    pair.plan_lines(A, LINE, LINE, {**LINE, "note": "another"})
    path = f".yoi/tickets/{A}/artifacts/orchestration-plan.jsonl"
    out = retire(pair, f"{path}:1")
    assert f"{path}:2\n" in out
    assert f"{path}:3" not in out


def test_retire_accepts_the_names_that_it_prints(pair: Workspace) -> None:
    pair.ticket(C)
    pair.record(A, "blocked_by", B, "one")
    text = f"---\nkind: blocked_by\ntarget: {B}\nauthor: x\nat: {AT}\n---\n"
    for holder in (A, C):
        pair.record_file(holder, f"{ulid(7)}.md", text)
    pair.plan_lines(A, *[{"kind": "blocked_by", "related_ticket": B}] * 2)
    still = [line for line in retire(pair, ulid(1)).splitlines() if line.startswith("still")]
    names = [line.split()[3] for line in still]
    assert len(names) == 2
    for name in names:
        retire(pair, name)
    assert [row["ticket"] for row in pair.show()["relations"]] == [C]
