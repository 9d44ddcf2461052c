"""What is not committed, and where the records of an answer come from."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from workspace_builder import A, B, C, D, ulid

from history.committed_workspace import CommittedWorkspace

FIRST, SECOND = ulid(1), ulid(2)


@pytest.fixture
def work(tmp_path: Path) -> CommittedWorkspace:
    """The tickets A and B; A is blocked by B, which is committed."""
    made = CommittedWorkspace(tmp_path / "work")
    made.pair("blocked_by", "why").ticket(C)
    made.commit()
    return made


@pytest.fixture
def committed(work: CommittedWorkspace) -> str:
    return work.repository.id_of("HEAD")


def test_record_is_untracked_then_staged_then_committed(
    work: CommittedWorkspace, committed: str
) -> None:
    work.record(A, "after", C)
    assert work.provenance(A) == {FIRST: (committed, "committed"), SECOND: (None, "untracked")}
    assert work.told() == [("stated", SECOND, "untracked"), ("stated", FIRST, committed)]
    work.repository.git("add", "-A")
    assert work.provenance(A)[SECOND] == (None, "staged")
    assert work.told()[0] == ("stated", SECOND, "staged")
    commit = work.commit()
    assert work.provenance(A)[SECOND] == (commit, "committed")


def test_entry_of_a_tracked_file_is_modified_then_staged(work: CommittedWorkspace) -> None:
    line = {"kind": "after", "related_ticket": B}
    work.plan_lines(A, line)
    first = work.commit()
    work.plan_lines(A, line, {"kind": "after", "related_ticket": C})
    (new,) = (
        {*work.provenance(A).values()}
        - {(first, "committed")}
        - {(work.repository.id_of("HEAD~1"), "committed")}
    )
    assert new == (None, "modified")
    work.repository.git("add", "-A")
    assert (None, "staged") in work.provenance(A).values()
    assert work.told()[0][2] == "staged"


def test_edited_record_keeps_its_commit(work: CommittedWorkspace, committed: str) -> None:
    path = work.tickets / A / f"artifacts/relations/{FIRST}.md"
    path.write_text(path.read_text().replace("why", "because"))
    assert work.provenance(A) == {FIRST: (committed, "modified")}
    assert work.told()[0] == ("changed", FIRST, "modified")
    work.repository.git("add", "-A")
    assert work.provenance(A) == {FIRST: (committed, "staged")}


def test_line_ends_are_not_a_change(work: CommittedWorkspace, committed: str) -> None:
    path = work.tickets / A / f"artifacts/relations/{FIRST}.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert work.provenance(A) == {FIRST: (committed, "committed")}
    assert work.told() == [("stated", FIRST, committed)]


@pytest.mark.parametrize("arguments", [["-a"], [".yoi/tickets"]], ids=["all", "path"])
@pytest.mark.parametrize("place", ["main", "linked"])
def test_hook_of_a_commit_compares_with_what_will_be_committed(
    work: CommittedWorkspace, committed: str, tmp_path: Path, arguments: list[str], place: str
) -> None:
    """Git stages what ``-a`` and paths name in an index of its own."""
    hook, answer = work.root / ".git/hooks/pre-commit", tmp_path / "answer"
    hook.parent.mkdir(exist_ok=True)
    command = f"'{sys.executable}' -m yoi_relations show {A} --json --provenance"
    hook.write_text(f"#!/bin/sh\n{command} >'{answer}'\n")
    hook.chmod(0o755)
    root = work.root
    if place == "linked":
        root = tmp_path / "linked"
        work.repository.git("worktree", "add", "-q", root)
    path = root / f".yoi/tickets/{A}/artifacts/relations/{FIRST}.md"
    path.write_text(path.read_text().replace("why", "because"))
    work.repository.git("-C", root, "commit", "-q", "-m", "x", *arguments)
    (relation,) = json.loads(answer.read_text())["relations"]
    (record,) = relation["records"]
    assert (record["commit"]["id"], record["how"]) == (committed, "staged")


@pytest.mark.parametrize("staged", [False, True])
def test_move_that_is_not_committed_is_not_an_event(
    work: CommittedWorkspace, committed: str, *, staged: bool
) -> None:
    (work.tickets / "open").mkdir()
    shutil.move(work.tickets / A, work.tickets / "open" / A)
    if staged:
        work.repository.git("add", "-A")
    assert work.told() == [("stated", FIRST, committed)]
    assert work.provenance(A) == {FIRST: (committed, "committed")}


def test_removal_is_modified_then_staged(work: CommittedWorkspace, committed: str) -> None:
    shutil.rmtree(work.tickets / A / "artifacts")
    assert work.told(FIRST) == [("gone", FIRST, "modified"), ("stated", FIRST, committed)]
    work.repository.git("add", "-A")
    assert work.told(FIRST)[0] == ("gone", FIRST, "staged")


def test_retirement_is_an_event_and_the_record_stays_committed(
    work: CommittedWorkspace, committed: str
) -> None:
    assert work.run("retire", FIRST, "--reason", "over").code == 0
    assert work.told() == [("retired", FIRST, "untracked"), ("stated", FIRST, committed)]
    assert work.provenance(A) == {FIRST: (committed, "committed")}


def test_record_that_was_gone_and_is_added_again_has_no_commit(
    work: CommittedWorkspace, committed: str
) -> None:
    path = work.tickets / A / f"artifacts/relations/{FIRST}.md"
    text = path.read_text()
    path.unlink()
    gone = work.commit()
    path.write_text(text)
    assert work.provenance(A) == {FIRST: (None, "untracked")}
    assert work.told() == [
        ("returned", FIRST, "untracked"),
        ("gone", FIRST, gone),
        ("stated", FIRST, committed),
    ]


def test_file_that_is_not_checked_out_is_not_gone(work: CommittedWorkspace, committed: str) -> None:
    path = work.tickets / A / f"artifacts/relations/{FIRST}.md"
    work.repository.git("update-index", "--skip-worktree", path)
    path.unlink()
    assert work.told(FIRST) == [("stated", FIRST, committed)]


def test_broken_file_is_unusable_and_not_gone(work: CommittedWorkspace, committed: str) -> None:
    path = work.tickets / A / f"artifacts/relations/{FIRST}.md"
    path.write_text("no frontmatter\n")
    assert work.told(FIRST) == [("unusable", FIRST, "modified"), ("stated", FIRST, committed)]


def test_tickets_root_may_be_a_link(work: CommittedWorkspace) -> None:
    shutil.move(work.tickets, work.root / "real")
    work.tickets.symlink_to("../real")
    committed = work.repository.id_of("HEAD")
    linked = work.commit()
    first = work.provenance(A)[FIRST]
    assert first[1] == "committed"
    assert first[0] in (committed, linked)
    assert reasons(work) == {f"{FIRST}.md": True}
    told = work.told()
    (work.tickets / A / f"artifacts/relations/{FIRST}.md").unlink()
    assert work.told() == [("gone", FIRST, "modified"), *told]


def test_files_below_an_earlier_tickets_root_are_not_gone(
    work: CommittedWorkspace, committed: str
) -> None:
    shutil.copytree(work.tickets, work.root / "other")
    shutil.rmtree(work.root / "other" / A / "artifacts")
    (work.root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "other"\n')
    work.commit()
    assert work.told(FIRST) == [("stated", FIRST, committed)]


def test_linked_work_tree_has_its_own_history(
    work: CommittedWorkspace, committed: str, tmp_path: Path
) -> None:
    work.record(A, "after", C)
    later = work.commit()
    work.repository.git("worktree", "add", "-q", "--detach", tmp_path / "linked", committed)
    linked = CommittedWorkspace(tmp_path / "linked")
    assert linked.told() == [("stated", FIRST, committed)]
    assert work.told()[0] == ("stated", SECOND, later)


def test_another_repository_in_the_environment_is_not_asked(
    work: CommittedWorkspace, committed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = CommittedWorkspace(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert work.told() == [("stated", FIRST, committed)]


def test_provenance_is_a_column_and_a_line(work: CommittedWorkspace, committed: str) -> None:
    plain = work.run("show", "--plain").out.splitlines()
    extended = work.run("show", "--plain", "--provenance").out.splitlines()
    assert extended == [f"{line}\t{committed}" for line in plain]
    work.record(B, "blocks", A)
    (line,) = work.run("show", "--plain", "--provenance").out.splitlines()
    assert line.split("\t")[-1] == f"{committed},untracked"


def test_provenance_is_left_out_unless_asked_for(work: CommittedWorkspace) -> None:
    (relation,) = work.show(A)["relations"]
    assert "commit" not in relation["records"][0]


def reasons(work: CommittedWorkspace) -> dict[str, bool | None]:
    """By path, whether the records of the reasons against A are committed."""
    ran = work.run("check", A, "--json")
    (check,) = ran.json["checks"]
    return {
        record["path"].rpartition("/")[2]: record.get("committed")
        for reason in check["reasons"]
        for record in reason["records"]
    }


def test_check_says_whether_its_records_are_committed(work: CommittedWorkspace) -> None:
    work.plan_lines(A, {"kind": "after", "related_ticket": C})
    digest = work.run("check", A, "--json").json["checks"][0]["digest"]
    assert reasons(work) == {f"{FIRST}.md": True, "orchestration-plan.jsonl": None}
    work.record(A, "blocked_by", C)
    assert reasons(work)[f"{SECOND}.md"] is False
    err = work.run("check", A, "--plain").err
    assert f"{SECOND}.md" in err
    assert f"{FIRST}.md" not in err
    with_both = work.run("check", A, "--json").json["checks"][0]["digest"]
    assert with_both != digest
    work.commit()
    assert reasons(work)[f"{SECOND}.md"] is True
    assert work.run("check", A, "--json").json["checks"][0]["digest"] == with_both


def test_check_of_a_revision_knows_that_its_records_are_committed(
    work: CommittedWorkspace, committed: str
) -> None:
    work.record(A, "blocked_by", C)
    for revision, known in ((committed, True), (f"{committed}^{{tree}}", None)):
        (check,) = work.run("check", A, "--json", "--at", revision).json["checks"]
        (record,) = check["reasons"][0]["records"]
        assert record.get("committed") is known


def test_check_does_not_take_a_ticket_for_a_record(work: CommittedWorkspace) -> None:
    item = work.tickets / D / "item.md"
    work.ticket(D)
    item.write_text(re.sub("^state: .*\n", "", item.read_text(), flags=re.MULTILINE))
    ran = work.run("check", D, "--json")
    (record,) = ran.json["checks"][0]["reasons"][0]["records"]
    assert (record["id"], record["path"], record["line"]) == (
        *(None, f".yoi/tickets/{D}/item.md", None),
    )
    assert "committed" not in record
    assert "item.md" not in work.run("check", D, "--plain").err


def test_check_of_all_work_trees_knows_the_records_of_this_one(
    work: CommittedWorkspace, tmp_path: Path
) -> None:
    work.repository.git("worktree", "add", "-q", "--detach", tmp_path / "linked")
    CommittedWorkspace(tmp_path / "linked").record(A, "conflicts_with", C)
    ran = work.run("check", A, "--json", "--worktrees")
    known = {
        record["path"]: record.get("committed")
        for reason in ran.json["checks"][0]["reasons"]
        for record in reason["records"]
    }
    assert known == {
        f".yoi/tickets/{A}/artifacts/relations/{FIRST}.md": True,
        f"{tmp_path}/linked/.yoi/tickets/{A}/artifacts/relations/{FIRST}.md": None,
    }


def test_check_without_git_does_not_know(
    work: CommittedWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert reasons(work) == {f"{FIRST}.md": None}
    monkeypatch.undo()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(work.root.parent))
    shutil.rmtree(work.root / ".git")
    monkeypatch.setattr("yoi_relations.git.ask.ask_git", None)
    assert reasons(work) == {f"{FIRST}.md": None}


@pytest.mark.parametrize("name", ['q"uote', "ümlaut", "new\nline", "back\\slash", "udcff-\udcff"])
def test_check_finds_records_with_any_name(work: CommittedWorkspace, name: str) -> None:
    path = work.record(A, "blocked_by", C)
    path.rename(path.with_name(f"{name}.md"))
    work.commit()
    assert set(reasons(work).values()) == {True}
