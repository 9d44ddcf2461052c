"""`add`: one sentence in, one new file, and nothing else touched; or a refusal and no change."""

from __future__ import annotations

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from workspace_builder import A, B, C, Workspace

ULID_NAME = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}\.md")
SENTENCES = {
    "blocked-by": f"{A} is blocked by {B}",
    "depends-on": f"{A} is blocked by {B}",
    "blocks": f"{B} is blocked by {A}",
    "after": f"{A} comes after {B}",
    "before": f"{B} comes after {A}",
    "conflicts-with": f"{A} conflicts with {B}",
    "do-not-parallelize": f"{A} must not run in parallel with {B}",
    "related": f"{A} is related to {B}",
    "supersedes": f"{A} supersedes {B}",
    "duplicate-of": f"{A} is a duplicate of {B}",
}


def new_files(workspace: Workspace, before: dict[str, bytes | None]) -> list[str]:
    """The files that were added; everything else must be as it was."""
    after = workspace.snapshot()
    assert {path: after.get(path, "gone") for path in before} == before
    return [path for path in after.keys() - before.keys() if after[path] is not None]


@pytest.mark.parametrize("kind", SENTENCES)
@pytest.mark.parametrize("sign", ["-", "_"])
def test_an_edge_is_echoed_as_it_will_be_read(pair: Workspace, kind: str, sign: str) -> None:
    before = pair.snapshot()
    ran = pair.run("add", A, kind.replace("-", sign), B, "--note", "because")
    assert (ran.code, ran.out.splitlines()[0]) == (0, SENTENCES[kind])
    (path,) = new_files(pair, before)
    assert path.startswith(f".yoi/tickets/{A}/artifacts/relations/")
    assert ULID_NAME.fullmatch(Path(path).name)
    assert path in ran.out
    (relation,) = pair.show()["relations"]
    assert f"{relation['ticket']} " == SENTENCES[kind][: len(A) + 1]
    assert (relation["note"], relation["author"]) == ("because", "tester")
    assert [one["kind"] for one in relation["records"]] == [kind.replace("-", "_")]


def test_ends_that_are_alike_are_echoed_with_the_smaller_id_first(pair: Workspace) -> None:
    assert pair.run("add", B, "conflicts-with", A).out.startswith(f"{A} conflicts with {B}\n")


@pytest.mark.parametrize("kind", ["waiting", "waiting-capacity-note"])
@pytest.mark.parametrize("target", [None, B])
def test_a_waiting_note_may_name_a_target(pair: Workspace, kind: str, target: str | None) -> None:
    arguments = [target] if target else []
    ran = pair.run("add", A, kind, *arguments, "--note", "for a decision", "--json")
    assert ran.code == 0
    assert ran.json["sentence"].startswith(f"{A} is waiting")
    (relation,) = pair.show()["relations"]
    assert (relation["kind"], relation["ticket"], relation["target"]) == ("waiting", A, target)


def test_a_plan_has_a_summary_and_its_fields(pair: Workspace) -> None:
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
    for one in (added, retired):
        assert one["record"]["target"] == C
        assert C in one["sentence"]


def test_the_json_answer_holds_the_record_with_its_path(pair: Workspace) -> None:
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
def test_a_note_is_kept_word_for_word(pair: Workspace, note: str, *, from_stdin: bool) -> None:
    given = "-" if from_stdin else note
    ran = pair.run("add", A, "related", B, "--note", given, stdin=f"{note}\n".encode())
    assert ran.code == 0, ran.err
    assert pair.show(A)["relations"][0]["note"] == note


@pytest.mark.parametrize("name", ["no", "1234", "0x10", "1e3", "~", "a: b", "# x", "'", "日本"])
def test_odd_names_are_read_back_as_given(pair: Workspace, name: str) -> None:
    assert pair.run("add", A, "related", B, "--author", name).code == 0
    assert pair.show()["relations"][0]["author"] == name


def test_tickets_may_be_called_by_slug_ending_and_path(workspace: Workspace) -> None:
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
def test_the_author_is_the_nearest_name(
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
def test_a_repetition_says_so_and_writes_nothing(
    pair: Workspace, arguments: tuple[str, ...]
) -> None:
    first = pair.run("add", *arguments)
    before = pair.snapshot()
    again = pair.run("add", *arguments, "--author", "somebody else")
    assert (again.code, pair.snapshot()) == (0, before)
    assert again.out.splitlines()[0] == first.out.splitlines()[0]
    assert "already recorded" in again.out
    assert pair.run("add", *arguments, "--json").json["changed"] is False


def test_record_in_a_list_is_not_repeated(pair: Workspace) -> None:
    pair.relations_json(A, {"kind": "depends_on", "target": B, "note": "word for word"})
    before = pair.snapshot()
    ran = pair.run("add", A, "depends-on", B, "--note", "word for word")
    assert (ran.code, pair.snapshot()) == (0, before)


@pytest.mark.parametrize(
    "arguments",
    [(A, "blocked-by", B, "--note", "another"), (A, "depends-on", B), (B, "blocks", A)],
)
def test_other_words_for_an_edge_are_a_new_record_of_it(
    pair: Workspace, arguments: tuple[str, ...]
) -> None:
    assert pair.run("add", A, "blocked-by", B).code == 0
    before = pair.snapshot()
    assert pair.run("add", *arguments).code == 0
    assert len(new_files(pair, before)) == 1
    (relation,) = pair.show()["relations"]
    assert len(relation["records"]) == 2


def test_retired_record_may_be_added_again(pair: Workspace) -> None:
    record = pair.run("add", A, "blocked-by", B, "--json").json["record"]
    assert pair.run("retire", record["id"], "--reason", "over").code == 0
    assert pair.run("add", A, "blocked-by", B, "--json").json["changed"] is True
    assert pair.show()["count"] == 1


def test_an_added_relation_that_does_not_count_says_so(workspace: Workspace) -> None:
    workspace.pair(states=("planning", "done"))
    assert f"not active: {B} is done" in workspace.run("add", A, "blocked-by", B).out


def test_eight_processes_that_add_the_same_edge_all_succeed(pair: Workspace) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(pair.process, "add", A, "blocked-by", B) for _ in range(8)]
    answers = [call.result() for call in calls]
    assert [ran.code for ran in answers] == [0] * 8, answers
    (relation,) = pair.show()["relations"]
    written = [ran.out for ran in answers if "\nrecorded in" in ran.out]
    assert 1 <= len(written) == len(relation["records"])


def test_the_older_formats_and_a_third_ticket_stay_as_they_are(pair: Workspace) -> None:
    pair.ticket(C)
    pair.relations_json(A, {"kind": "blocks", "target": C})
    pair.plan_lines(A, {"kind": "after", "related_ticket": C})
    (pair.tickets / A / "thread.md").write_text("a thread\n")
    before = pair.snapshot()
    assert pair.run("add", A, "related", B).code == 0
    assert len(new_files(pair, before)) == 1
