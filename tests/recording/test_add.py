"""`add`: it writes one new file and changes nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from workspace_builder import A, B, C, Workspace

from yoi_relations.kinds import KINDS

ULID_NAME = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}\.md")
SENTENCES = {
    "blocked_by": f"{A} is blocked by {B}",
    "depends_on": f"{A} is blocked by {B}",
    "blocks": f"{B} is blocked by {A}",
    "after": f"{A} comes after {B}",
    "before": f"{B} comes after {A}",
    "conflicts_with": f"{A} conflicts with {B}",
    "do_not_parallelize": f"{A} must not run in parallel with {B}",
    "related": f"{A} is related to {B}",
    "supersedes": f"{A} supersedes {B}",
    "duplicate_of": f"{A} is a duplicate of {B}",
}


def new_files(workspace: Workspace, before: dict[str, bytes | None]) -> list[str]:
    """The paths of new files; every other file must be unchanged."""
    after = workspace.snapshot()
    assert {path: after.get(path, "gone") for path in before} == before
    return [path for path in after.keys() - before.keys() if after[path] is not None]


@pytest.mark.parametrize("kind", [one.name for one in KINDS.values() if not one.is_note])
@pytest.mark.parametrize("separator", ["-", "_"])
def test_add_prints_the_edge_as_it_will_be_read(pair: Workspace, kind: str, separator: str) -> None:
    before = pair.snapshot()
    ran = pair.run("add", A, kind.replace("_", separator), B, "--note", "because")
    assert (ran.code, ran.out.splitlines()[0]) == (0, SENTENCES[kind])
    (path,) = new_files(pair, before)
    assert path.startswith(f".yoi/tickets/{A}/artifacts/relations/")
    assert ULID_NAME.fullmatch(Path(path).name)
    assert path in ran.out
    (relation,) = pair.show()["relations"]
    assert f"{relation['ticket']} " == SENTENCES[kind][: len(A) + 1]
    assert (relation["note"], relation["author"]) == ("because", "tester")
    assert [record["kind"] for record in relation["records"]] == [kind]


def test_add_prints_the_smaller_id_of_a_symmetric_edge_first(pair: Workspace) -> None:
    assert pair.run("add", B, "conflicts-with", A).out.startswith(f"{A} conflicts with {B}\n")


@pytest.mark.parametrize("kind", ["waiting", "waiting-capacity-note"])
@pytest.mark.parametrize("target", [None, B])
def test_waiting_note_accepts_a_target(pair: Workspace, kind: str, target: str | None) -> None:
    arguments = [target] if target else []
    ran = pair.run("add", A, kind, *arguments, "--note", "for a decision", "--json")
    assert ran.code == 0
    assert ran.json["sentence"].startswith(f"{A} is waiting")
    (relation,) = pair.show()["relations"]
    assert (relation["kind"], relation["ticket"], relation["target"]) == ("waiting", A, target)


def test_plan_keeps_its_summary_and_fields(pair: Workspace) -> None:
    where = (
        "--branch",
        "work/queue",
        "--worktree",
        "trees/queue",
        "--role-plan",
        "a does\nb reads",
    )
    before = pair.snapshot()
    ran = pair.run("add", A, "accepted-plan", "--note", "first this\n\nthen that", *where)
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"{A} has an accepted plan")
    assert len(new_files(pair, before)) == 1
    assert pair.show()["relations"][0]["plan"] == {
        "summary": "first this\n\nthen that",
        "branch": "work/queue",
        "worktree": "trees/queue",
        "role_plan": "a does\nb reads",
    }


def test_written_relation_is_reported_among_many(pair: Workspace) -> None:
    pair.ticket(C)
    for holder, target in ((A, B), (B, C)):
        pair.record(holder, "related", target)
    added = pair.run("add", A, "related", C, "--json").json
    retired = pair.run("retire", added["record"]["id"], "--reason", "over", "--json").json
    for answer in (added, retired):
        assert answer["record"]["target"] == C
        assert C in answer["sentence"]


def test_json_answer_contains_the_record_and_its_path(pair: Workspace) -> None:
    ran = pair.run("--json", "add", A, "blocks", B, "--author", "ann")
    answer = ran.json
    record = answer["record"]
    assert (ran.code, answer["document"], answer["changed"]) == (0, "add", True)
    assert (record["kind"], record["holder"], record["target"]) == ("blocks", A, B)
    assert (record["author"], record["format"]) == ("ann", "frontmatter")
    assert (pair.root / record["path"]).name == f"{record['id']}.md"


@pytest.mark.parametrize(
    "note",
    [
        "one line",
        "more\nlines\n\n- a list\n  with: colons",
        "---\nkind: blocks\n---",
        "テスト — naïve “quotes” # not a comment",
        "tabs\tand \\ backslashes",
        "x" * (16 * 1024),
    ],
)
@pytest.mark.parametrize("from_stdin", [True, False])
def test_note_is_stored_unchanged(pair: Workspace, note: str, *, from_stdin: bool) -> None:
    given = "-" if from_stdin else note
    ran = pair.run("add", A, "related", B, "--note", given, stdin=f"{note}\n".encode())
    assert ran.code == 0, ran.err
    assert pair.show(A)["relations"][0]["note"] == note


@pytest.mark.parametrize("name", ["no", "1234", "0x10", "1e3", "~", "a: b", "# x", "'", "日本"])
def test_author_that_looks_like_yaml_is_stored_unchanged(pair: Workspace, name: str) -> None:
    assert pair.run("add", A, "related", B, "--author", name).code == 0
    assert pair.show()["relations"][0]["author"] == name


def test_add_accepts_slug_ending_and_path_of_a_ticket(workspace: Workspace) -> None:
    workspace.ticket(A, slug="the-queue")
    workspace.ticket("20260101-000000-old", bucket="open")
    before = workspace.snapshot()
    assert workspace.run("add", "-old", "blocked-by", "the-queue").code == 2  # looks like options
    assert workspace.run("add", "01-000000", "blocked-by", "the-queue").code == 3  # a mere part
    assert workspace.run("add", "000-old", "blocked-by", "the-queue").code == 3  # of a number
    assert workspace.snapshot() == before
    assert workspace.run("add", "000000-old", "blocked-by", "the-queue").code == 0
    (path,) = new_files(workspace, before)
    folder = ".yoi/tickets/open/20260101-000000-old"
    assert path.startswith(f"{folder}/artifacts/relations/")
    assert not workspace.run("add", f"{folder}/", "blocked-by", A, "--json").json["changed"]


@pytest.mark.parametrize(
    ("given", "variable", "git_user", "author"),
    [
        ("given", "variable", "git user", "given"),
        (None, "variable", "git user", "variable"),
        (None, None, "git user", "git user"),
        (None, None, None, "login"),
    ],
)
def test_author_comes_from_the_first_source_that_has_one(
    pair: Workspace, given: str | None, variable: str | None, git_user: str | None, author: str
) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=pair.root, check=True)
    if git_user:
        subprocess.run(["git", "config", "user.name", git_user], cwd=pair.root, check=True)
    option = ("--author", given) if given else ()
    ran = pair.run(
        *("add", A, "related", B, *option),
        YOI_RELATIONS_AUTHOR=variable or "",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        LOGNAME="login",
    )
    assert ran.code == 0
    assert pair.show()["relations"][0]["author"] == author


@pytest.mark.parametrize(
    "arguments",
    [
        (A, "blocked-by", B, "--note", "word for word"),
        (A, "blocked-by", B),
        (A, "waiting", "--note", "a note"),
        (A, "accepted-plan", "--note", "a plan", "--branch", "b"),
    ],
)
def test_repeated_add_is_reported_and_writes_nothing(
    pair: Workspace, arguments: tuple[str, ...]
) -> None:
    first = pair.run("add", *arguments)
    before = pair.snapshot()
    again = pair.run("add", *arguments, "--author", "somebody else")
    assert (again.code, pair.snapshot()) == (0, before)
    assert again.out.splitlines()[0] == first.out.splitlines()[0]
    assert "already recorded" in again.out
    assert pair.run("add", *arguments, "--json").json["changed"] is False


def test_record_of_another_format_is_not_repeated(pair: Workspace) -> None:
    pair.relations_json(A, {"kind": "depends_on", "target": B, "note": "word for word"})
    before = pair.snapshot()
    ran = pair.run("add", A, "depends-on", B, "--note", "word for word")
    assert (ran.code, pair.snapshot()) == (0, before)


@pytest.mark.parametrize(
    "arguments",
    [(A, "blocked-by", B, "--note", "another"), (A, "depends-on", B), (B, "blocks", A)],
)
def test_edge_in_other_words_becomes_a_second_record(
    pair: Workspace, arguments: tuple[str, ...]
) -> None:
    assert pair.run("add", A, "blocked-by", B).code == 0
    before = pair.snapshot()
    assert pair.run("add", *arguments).code == 0
    assert len(new_files(pair, before)) == 1
    (relation,) = pair.show()["relations"]
    assert len(relation["records"]) == 2


def test_retired_record_can_be_added_again(pair: Workspace) -> None:
    record = pair.run("add", A, "blocked-by", B, "--json").json["record"]
    assert pair.run("retire", record["id"], "--reason", "over").code == 0
    assert pair.run("add", A, "blocked-by", B, "--json").json["changed"] is True
    assert pair.show()["count"] == 1


def test_add_says_that_the_relation_is_inactive(workspace: Workspace) -> None:
    workspace.pair(states=("planning", "done"))
    assert f"not active: {B} is done" in workspace.run("add", A, "blocked-by", B).out


def test_eight_processes_add_the_same_edge(pair: Workspace) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(pair.process, "add", A, "blocked-by", B) for _ in range(8)]
    answers = [call.result() for call in calls]
    assert [ran.code for ran in answers] == [0] * 8, answers
    (relation,) = pair.show()["relations"]
    written = [ran.out for ran in answers if "\nrecorded in" in ran.out]
    assert 1 <= len(written) == len(relation["records"])


def test_add_leaves_other_files_unchanged(pair: Workspace) -> None:
    pair.ticket(C)
    pair.relations_json(A, {"kind": "blocks", "target": C})
    pair.plan_lines(A, {"kind": "after", "related_ticket": C})
    (pair.tickets / A / "thread.md").write_text("a thread\n")
    before = pair.snapshot()
    assert pair.run("add", A, "related", B).code == 0
    assert len(new_files(pair, before)) == 1
