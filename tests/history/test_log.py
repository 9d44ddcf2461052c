"""`log`: every event in the life of a record, and the commit that it is in."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from git_repository import Repository
from tour import on_terminal
from workspace_builder import A, B, C, D, Workspace, ulid

from history.committed_workspace import CommittedWorkspace, refused

FIRST, SECOND = ulid(1), ulid(2)


@pytest.fixture
def work(tmp_path: Path) -> CommittedWorkspace:
    """The tickets A, B and C, committed without a record."""
    made = CommittedWorkspace(tmp_path / "work")
    made.pair().ticket(C)
    made.commit()
    return made


def retire(work: Workspace, holder: str, record: str, number: int = 9) -> Path:
    text = f"---\nretires: {record}\nauthor: tester\nat: 2026-06-02T10:00:00Z\n---\nover\n"
    return work.record_file(holder, f"{ulid(number)}.md", text)


def state_and_remove_on_side(work: CommittedWorkspace) -> tuple[str, str]:
    """State a record, and remove it on the branch ``side``; the commits. HEAD is main then."""
    path = work.record(A, "blocked_by", B)
    stated = work.commit("first")
    work.repository.git("switch", "-q", "-c", "side")
    path.unlink()
    gone = work.commit("side")
    work.repository.git("switch", "-q", "main")
    return stated, gone


def test_each_event_of_a_record_names_its_commit(work: CommittedWorkspace) -> None:
    path = work.record(A, "blocked_by", B, "why")
    stated = work.commit()
    retirement = retire(work, A, FIRST)
    retired = work.commit()
    retirement.unlink()
    reinstated = work.commit()
    text = path.read_text()
    path.write_text(text.replace("why", "because"))
    changed = work.commit()
    path.unlink()
    gone = work.commit()
    path.write_text(text)
    returned = work.commit()

    expected = [
        ("returned", FIRST, returned),
        ("gone", FIRST, gone),
        ("changed", FIRST, changed),
        ("reinstated", FIRST, reinstated),
        ("retired", FIRST, retired),
        ("stated", FIRST, stated),
    ]
    for arguments in ((), (A,), (B,), (FIRST,), (FIRST[-6:],)):
        assert work.told(*arguments) == expected
    assert work.told(C) == []


def test_event_holds_record_relation_and_commit(work: CommittedWorkspace) -> None:
    work.record(A, "blocks", B, "why")
    commit = work.commit()
    retire(work, A, FIRST)
    work.commit()

    retired, stated = work.log()

    assert stated["commit"]["id"] == commit
    assert stated["commit"]["author"] == "tester"
    assert stated["how"] == "committed"
    assert [stated[key] for key in ("class", "kind", "ticket", "target")] == [
        *("dependency", "blocked_by", B, A)
    ]
    assert stated["record"] == {
        "id": FIRST,
        "format": "frontmatter",
        "kind": "blocks",
        "holder": A,
        "target": B,
        "note": "why",
        "note_truncated": False,
        "plan": None,
        "author": "tester",
        "at": "2026-06-01T10:00:00Z",
        "path": f".yoi/tickets/{A}/artifacts/relations/{FIRST}.md",
        "line": None,
    }
    assert stated["retirement"] is None
    assert retired["retirement"] == {
        "id": ulid(9),
        "author": "tester",
        "at": "2026-06-02T10:00:00Z",
        "reason": "over",
    }


def test_entries_and_lines_are_attributed_one_by_one(work: CommittedWorkspace) -> None:
    work.relations_json(A, {"kind": "depends_on", "target": B})
    first = work.commit()
    work.relations_json(A, {"kind": "related", "target": C}, {"kind": "depends_on", "target": B})
    second = work.commit()
    work.plan_lines(A, {"kind": "after", "related_ticket": B})
    third = work.commit()
    work.plan_lines(
        A,
        {"kind": "waiting_capacity_note", "note": "later"},
        {"kind": "after", "related_ticket": B},
    )
    fourth = work.commit()
    work.relations_json(A, {"kind": "related", "target": C})
    fifth = work.commit()

    events = work.log()

    assert [(e["what"], e["kind"], e["commit"]["id"], e["record"]["line"]) for e in events] == [
        ("gone", "blocked_by", fifth, 11),
        ("stated", "waiting", fourth, 1),
        ("stated", "after", third, 1),
        ("stated", "related", second, 4),
        ("stated", "blocked_by", first, 4),
    ]
    assert {id_: commit for id_, (commit, _) in work.provenance(A).items()} == {
        e["record"]["id"]: e["commit"]["id"] for e in events[1:4]
    }


def test_order_of_events_is_the_same_everywhere(work: CommittedWorkspace) -> None:
    """Python orders its sets otherwise in each process."""
    for notes in ("abcdefgh", "ijklmnop"):
        entries = ({"kind": "depends_on", "target": B, "note": note} for note in notes)
        work.relations_json(A, *entries)
        work.commit()
    work.relations_json(A)
    orders = set()
    for seed in range(4):
        shutil.rmtree(work.root / ".yoi/cache", ignore_errors=True)
        ran = work.process("log", "-n", "0", "--plain", PYTHONHASHSEED=str(seed))
        orders.add(ran.out)
    (order,) = orders
    assert len(order.splitlines()) == 32


def test_moves_are_not_events(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B)
    work.plan_lines(A, {"kind": "after", "related_ticket": C})
    stated = work.commit()
    before = work.told()
    for place in ("open", "closed", ""):
        (work.tickets / place).mkdir(exist_ok=True)
        (folder,) = work.tickets.glob(f"**/{A}")
        shutil.move(folder, work.tickets / place / A)
        work.commit()
    (work.root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "elsewhere"\n')
    shutil.move(work.tickets, work.root / "elsewhere")
    work.commit()

    assert work.told() == before
    assert {commit for _, _, commit in before} == {stated}


def test_copy_that_becomes_the_only_one_is_not_an_event(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B)
    work.commit()
    before = work.told()
    shutil.copytree(work.tickets / A, work.tickets / "open" / A)
    work.commit()
    shutil.rmtree(work.tickets / A)
    work.commit()

    assert work.told() == before


def test_merge_states_nothing_that_a_side_has_stated(work: CommittedWorkspace) -> None:
    git = work.repository.git
    git("branch", "side")
    git("branch", "third")
    work.record(A, "blocked_by", B)
    main = work.commit("main")
    git("switch", "-q", "side")
    work.record(A, "after", C)
    side = work.commit("side")
    git("switch", "-q", "third")
    work.record(B, "after", C)
    third = work.commit("third")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "octopus", "side", "third")

    assert {(id_, commit) for _, id_, commit in work.told()} == {
        (FIRST, main),
        (SECOND, side),
        (ulid(3), third),
    }
    assert [what for what, _, _ in work.told()] == ["stated"] * 3


def test_record_that_only_the_merge_states_is_attributed_to_it(work: CommittedWorkspace) -> None:
    git = work.repository.git
    git("switch", "-q", "-c", "side")
    work.commit("side")
    git("switch", "-q", "main")
    work.commit("main")
    git("merge", "-q", "--no-ff", "--no-commit", "side")
    work.record(A, "blocked_by", B)
    merge = work.commit("merge")

    assert work.told() == [("stated", FIRST, merge)]
    assert work.provenance(A) == {FIRST: (merge, "committed")}


def drop_by_merge(work: CommittedWorkspace) -> str:
    """Commit the files on a branch, and merge it into main without them; the id of the commit."""
    git = work.repository.git
    git("switch", "-q", "-c", "side")
    stated = work.commit("side")
    git("switch", "-q", "main")
    work.commit("main")
    git("merge", "-q", "-s", "ours", "-m", "merge", "side")
    return stated


def test_record_that_a_merge_drops_is_gone(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B)
    stated = drop_by_merge(work)

    assert work.told() == [("gone", FIRST, "merged"), ("stated", FIRST, stated)]


def test_record_that_a_merge_drops_can_return(work: CommittedWorkspace) -> None:
    """The lines of the commit that adds it again stay together."""
    path = work.record(B, "blocked_by", C)
    text = path.read_text()
    stated = drop_by_merge(work)
    assert work.told()[0] == ("gone", FIRST, "merged")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    work.record(A, "after", C)
    work.record(C, "after", D)
    returned = work.commit("again")

    expected = [
        ("stated", SECOND, returned),
        ("returned", FIRST, returned),
        ("stated", ulid(3), returned),
        ("gone", FIRST, "merged"),
        ("stated", FIRST, stated),
    ]
    assert work.told() == expected
    shutil.rmtree(work.root / ".yoi/cache")
    assert work.told() == expected
    assert work.provenance(B)[FIRST] == (stated, "committed")


def test_record_that_two_branches_state_is_not_gone_between(work: CommittedWorkspace) -> None:
    git = work.repository.git
    git("switch", "-q", "-c", "side")
    work.record(A, "blocked_by", B)
    side = work.commit("side")
    git("switch", "-q", "main")
    work.ticket(D)
    work.commit("main")
    git("cherry-pick", side)
    picked = work.repository.id_of("HEAD")
    git("merge", "-q", "--no-ff", "-m", "merge", "side")

    assert {*work.told()} == {("stated", FIRST, side), ("stated", FIRST, picked)}


def test_merge_of_a_list_is_told_line_by_line(work: CommittedWorkspace) -> None:
    """The merge differs from both parents, and neither states nor removes a line by itself."""
    git = work.repository.git
    one, two, three = ({"kind": "after", "related_ticket": id_} for id_ in (B, C, D))
    work.plan_lines(A, one)
    first = work.commit("first")
    git("switch", "-q", "-c", "side")
    work.plan_lines(A, two)
    side = work.commit("side")
    git("switch", "-q", "main")
    work.plan_lines(A, one, three)
    main = work.commit("main")
    with contextlib.suppress(AssertionError):  # it conflicts
        git("merge", "-q", "--no-ff", "side")
    work.plan_lines(A, two, three)
    work.commit("merge")

    told = [(e["what"], e["target"], e["commit"]["id"]) for e in work.log()]
    assert sorted(told) == sorted(
        [("stated", B, first), ("gone", B, side), ("stated", C, side), ("stated", D, main)]
    )


def test_removal_on_one_branch_and_statement_on_another_are_both_told(
    work: CommittedWorkspace,
) -> None:
    first, gone = state_and_remove_on_side(work)
    work.record(A, "after", C)
    second = work.commit("main")
    work.repository.git("merge", "-q", "--no-ff", "-m", "merge", "side")

    assert {*work.told()} == {
        ("stated", FIRST, first),
        ("gone", FIRST, gone),
        ("stated", SECOND, second),
    }


def test_record_kept_by_a_merge_against_a_removal_is_still_committed(
    work: CommittedWorkspace,
) -> None:
    first, gone = state_and_remove_on_side(work)
    work.commit("main")
    work.repository.git("merge", "-q", "-s", "ours", "-m", "merge", "side")

    assert work.told() == [
        ("returned", FIRST, "merged"),
        ("gone", FIRST, gone),
        ("stated", FIRST, first),
    ]
    assert work.provenance(A) == {FIRST: (first, "committed")}


def test_removal_after_two_sides_edited_a_record_names_its_commit(
    work: CommittedWorkspace,
) -> None:
    path = work.record(A, "blocked_by", B, "why")
    stated = work.commit()
    git = work.repository.git
    git("branch", "side")
    path.write_text(path.read_text().replace("why", "here"))
    here = work.commit()
    git("switch", "-q", "side")
    path.write_text(path.read_text().replace("why", "there"))
    there = work.commit()
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-X", "ours", "-m", "merge", "side")
    merged = work.told()
    path.unlink()
    gone = work.commit()

    sides = {("changed", FIRST, here), ("changed", FIRST, there)}
    assert {*merged} - {("changed", FIRST, "merged")} == {*sides, ("stated", FIRST, stated)}
    assert work.told()[0] == ("gone", FIRST, gone)
    assert {*work.told()[1:]} == {*sides, ("stated", FIRST, stated)}


def test_retirement_that_only_one_side_removed_is_kept_by_a_merge(
    work: CommittedWorkspace,
) -> None:
    work.record(A, "blocked_by", B, "why")
    work.commit()
    git = work.repository.git
    git("branch", "side")
    retirement = retire(work, A, FIRST)
    retired = work.commit()
    git("switch", "-q", "side")
    (work.root / "other").write_text("x")
    work.commit("other")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-commit", "side")
    retirement.unlink()
    work.commit("merge that drops it")

    assert work.told()[:2] == [
        ("reinstated", FIRST, "merged"),
        ("retired", FIRST, retired),
    ]


def test_retirement_that_went_with_its_record_is_not_an_event(work: CommittedWorkspace) -> None:
    path = work.record(A, "blocked_by", B, "why")
    text = path.read_text()
    stated = work.commit()
    retirement = retire(work, A, FIRST)
    retired = work.commit()
    path.unlink()
    gone = work.commit()
    retirement.unlink()
    work.commit()
    path.write_text(text)
    returned = work.commit()

    assert work.told() == [
        ("returned", FIRST, returned),
        ("gone", FIRST, gone),
        ("retired", FIRST, retired),
        ("stated", FIRST, stated),
    ]


def test_move_beside_a_removal_on_another_branch_is_not_an_event(
    work: CommittedWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = work.repository.git
    _, gone = state_and_remove_on_side(work)
    (work.tickets / "open").mkdir()
    shutil.move(work.tickets / A, work.tickets / "open" / A)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2099-01-01T00:00:00Z")  # after the other one
    work.commit("main")
    with contextlib.suppress(AssertionError):  # it may conflict
        git("merge", "-q", "--no-ff", "--no-commit", "side")
    git("checkout", "-q", "main", "--", ".")
    work.commit("merge")

    assert [(what, commit) for what, _, commit in work.told()][:2] == [
        ("returned", "merged"),
        ("gone", gone),
    ]
    assert len(work.told()) == 3


def test_amended_rebased_and_other_branches_have_their_own_commits(
    work: CommittedWorkspace,
) -> None:
    git = work.repository.git
    base = work.repository.id_of("HEAD")
    work.record(A, "blocked_by", B)
    first = work.commit("first")
    assert work.told() == [("stated", FIRST, first)]
    git("commit", "-q", "--amend", "-m", "amended")
    amended = work.repository.id_of("HEAD")
    assert amended != first
    assert work.told() == [("stated", FIRST, amended)]
    git("switch", "-q", "-c", "side", base)
    assert work.told() == []
    work.record(B, "after", C)
    side = work.commit("side")
    assert work.told() == [("stated", SECOND, side)]
    git("rebase", "-q", "main")
    rebased = work.repository.id_of("HEAD")
    assert work.told() == [("stated", SECOND, rebased), ("stated", FIRST, amended)]
    git("switch", "-q", "main")
    assert work.told() == [("stated", FIRST, amended)]


def test_stored_history_gives_the_answer_of_a_fresh_one(
    work: CommittedWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits of one second on two branches have no order in time."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-06-01T10:00:00Z")
    git = work.repository.git
    for name in ("one", "two", "three"):
        git("switch", "-q", "-c", name, "main")
        for _ in range(2):
            work.record(A, "blocked_by", B, name)
            work.commit(name)
            work.log()
        git("switch", "-q", "main")
        git("merge", "-q", "--no-ff", "-m", name, name)
        work.log()
    stored = work.log()
    shutil.rmtree(work.root / ".yoi/cache")
    assert work.log() == stored
    assert len(stored) == 6


def test_stored_history_is_read_in_place_of_git(
    work: CommittedWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.record(A, "blocked_by", B)
    work.commit()
    first = work.told()
    monkeypatch.setattr("yoi_relations.history.update.update_history", None)
    assert work.told() == first


def test_damaged_or_unwritable_history_is_read_again(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B)
    work.commit()
    first = work.told()
    (stored,) = (work.root / ".yoi/cache/relations").glob("history-*.sqlite3")
    for data in (b"", b"x" * 4096, stored.read_bytes()[:-1], stored.read_bytes()):
        stored.unlink()
        stored.write_bytes(data)
        assert work.told() == first
    stored.unlink()
    stored.mkdir()
    (stored / "file").touch()
    assert work.told() == first


def test_history_of_another_repository_is_not_used(
    work: CommittedWorkspace,
) -> None:
    work.record(A, "blocked_by", B)
    work.commit()
    work.told()
    shutil.rmtree(work.root / ".git")
    work.repository.git("init", "-q", "-b", "main")
    commit = work.commit("new")
    assert work.told() == [("stated", FIRST, commit)]


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_workspace_may_be_a_subfolder(tmp_path: Path, object_format: str) -> None:
    work = CommittedWorkspace(tmp_path / "top", "a/b", object_format)
    other = Workspace(tmp_path / "top")
    for each in (work, other):
        each.pair("blocked_by")
    commit = work.commit()
    assert work.told() == [("stated", FIRST, commit)]
    assert work.log()[0]["record"]["path"].startswith(f".yoi/tickets/{A}/")


def test_tickets_roots_of_earlier_configurations_count(tmp_path: Path) -> None:
    work = CommittedWorkspace(tmp_path / "work")
    configuration = work.root / ".yoi/ticket.config.toml"
    configuration.write_text('[backend]\nroot = "old/tickets"\n')
    work.tickets = work.root / "old/tickets"
    work.pair("blocked_by")
    stated = work.commit()
    configuration.unlink()
    shutil.rmtree(work.tickets)
    gone = work.commit()
    work.tickets = work.root / ".yoi/tickets"
    work.ticket(A)
    work.ticket(B)
    work.commit()

    expected = [("gone", FIRST, gone), ("stated", FIRST, stated)]
    assert work.told() == expected
    assert work.told(FIRST) == expected


def test_files_outside_of_tickets_roots_do_not_count(work: CommittedWorkspace) -> None:
    path = work.record(A, "blocked_by", B)
    copy = work.root / "examples" / A / "artifacts/relations" / path.name
    copy.parent.mkdir(parents=True)
    shutil.move(path, copy)
    work.commit()
    assert work.told() == []


def test_what_only_another_branch_has_is_refused(work: CommittedWorkspace) -> None:
    work.repository.git("switch", "-q", "-c", "side")
    work.ticket(D)
    work.record(D, "blocked_by", B)
    work.commit()
    assert len(work.told(D)) == len(work.told(FIRST)) == 1
    work.repository.git("switch", "-q", "main")
    for name in (D, FIRST):
        assert refused(work.run("log", "--json", name)) == (3, "not_found")
    assert work.told(B) == []


@pytest.mark.parametrize("line", [["\udcff"], ["nothing"], [ulid(5)], ["00001KTXXXXXX"], [f"{A}x"]])
def test_unknown_names_are_refused(work: CommittedWorkspace, line: list[str]) -> None:
    work.record(A, "blocked_by", B)
    work.commit()
    assert refused(work.run("log", "--json", *line)) == (3, "not_found")


def test_what_is_gone_is_found_by_its_id(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B)
    work.record(A, "after", B)
    stated = work.commit()
    shutil.rmtree(work.tickets / A)
    shutil.rmtree(work.tickets / B)
    gone = work.commit()

    assert work.told(FIRST) == [("gone", FIRST, gone), ("stated", FIRST, stated)]
    assert work.told(FIRST[-5:]) == work.told(FIRST)
    assert len(work.told(A)) == len(work.told(B)) == 4
    assert refused(work.run("log", "--json", FIRST[:6])) == (3, "ambiguous")


def test_kind_since_and_number_choose_events(
    work: CommittedWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.record(A, "blocked_by", B)
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
        old = work.commit()
    work.record(A, "after", C)
    new = work.commit()
    work.record(B, "related", C)

    assert work.told("--kind", "blocker") == [("stated", FIRST, old)]
    recent = [("stated", ulid(3), "untracked"), ("stated", SECOND, new)]
    assert work.told("--since", "2026-02-01") == recent
    assert work.told("--since", "2025-02-01") == [*recent, ("stated", FIRST, old)]
    ran = work.run("log", "--json", "-n", "1").json
    assert (ran["count"], ran["returned"], ran["truncated"]) == (3, 1, True)
    assert ran["events"][0]["how"] == "untracked"
    assert refused(work.run("log", "--json", "--since", "soon")) == (2, "usage")
    assert refused(work.run("log", "--json", "--kind", "nothing")) == (2, "usage")


def test_folder_without_repository_and_without_commit_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    work = Workspace(tmp_path / "work").pair("blocked_by")
    for command in ("log", "show --provenance"):
        assert refused(work.run(*command.split(), "--json")) == (1, "git_failed")
    Repository(work.root)
    for command in ("log", "show --provenance"):
        assert refused(work.run(*command.split(), "--json")) == (2, "revision")


def test_shallow_end_is_said(work: CommittedWorkspace, tmp_path: Path) -> None:
    work.record(A, "blocked_by", B)
    work.commit()
    work.record(A, "after", C)
    border = work.commit()
    work.record(B, "after", C)
    last = work.commit()
    clone = tmp_path / "clone"
    work.repository.git("clone", "-q", "--depth", "2", f"file://{work.root}", clone)
    shallow = CommittedWorkspace(clone)

    ran = shallow.run("log", "--json").json
    assert ran["history"]["ends_early"] is True
    found = {event["record"]["id"]: event for event in ran["events"]}
    assert {id_: (e["commit"]["id"], e["how"]) for id_, e in found.items()} == {
        FIRST: (border, "or_before"),
        SECOND: (border, "or_before"),
        ulid(3): (last, "committed"),
    }
    assert shallow.provenance(A)[FIRST] == (border, "or_before")
    shallow.repository.git("fetch", "-q", "--unshallow")
    assert shallow.told() == work.told()
    assert shallow.run("log", "--json").json["history"]["ends_early"] is False


def test_missing_files_of_a_partial_clone_are_said(
    work: CommittedWorkspace, tmp_path: Path
) -> None:
    path = work.record(A, "blocked_by", B)
    work.plan_lines(A, {"kind": "after", "related_ticket": B})
    stated = work.commit()
    path.unlink()
    work.plan_lines(A, {"kind": "after", "related_ticket": C})
    gone = work.commit()
    work.repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    work.repository.git("clone", "-q", "--filter=blob:none", f"file://{work.root}", clone)
    partial = CommittedWorkspace(clone)

    ran = partial.run("log", "--json").json
    assert ran["history"]["missing_files"] == 2
    told = partial.told(FIRST)
    assert told == [("gone", FIRST, gone), ("stated", FIRST, stated)]
    assert [event["kind"] for event in partial.log(FIRST)] == [None, None]
    assert [*partial.provenance(A).values()] == [(gone, "or_before")]
    assert not [*(clone / ".yoi/cache/relations").glob("history-*.sqlite3")]
    partial.repository.git("fetch", "-q", "--refetch", "--no-filter")
    assert partial.told() == work.told()


def test_list_that_is_missing_in_between_has_no_events(
    work: CommittedWorkspace, tmp_path: Path
) -> None:
    line = {"kind": "after", "related_ticket": B}
    work.plan_lines(A, line)
    stated = work.commit()
    work.plan_lines(A, {"kind": "after", "related_ticket": C})
    work.commit()
    work.plan_lines(A, line)
    work.commit()
    work.repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    work.repository.git("clone", "-q", "--filter=blob:none", f"file://{work.root}", clone)
    partial = CommittedWorkspace(clone)

    assert [(what, commit) for what, _, commit in partial.told()] == [("stated", stated)]
    assert partial.run("log", "--json").json["history"]["missing_files"] == 1


def test_replaced_commits_are_not_seen(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B)
    stated = work.commit()
    empty = work.repository.id_of("HEAD~1")
    work.repository.git("replace", stated, empty)
    assert work.told() == [("stated", FIRST, stated)]


def test_unusable_file_is_an_event_and_its_repair_too(work: CommittedWorkspace) -> None:
    path = work.plan_lines(A, {"kind": "after", "related_ticket": B})
    text = path.read_text()
    stated = work.commit()
    path.write_text("{broken\n")
    broken = work.commit()
    path.write_text(text)
    repaired = work.commit()

    assert [(what, commit) for what, _, commit in work.told()] == [
        ("returned", repaired),
        ("unusable", broken),
        ("stated", stated),
    ]


HOSTILE = b"evil\x1b[31m\x07 \xff\xe9 name"


def test_names_of_authors_and_messages_are_never_printed_raw(
    work: CommittedWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", os.fsdecode(HOSTILE))
    (work.root / ".yoi/tickets" / A / "artifacts/relations").mkdir(parents=True)
    work.record(A, "blocked_by", B, "note\x1b]0;x\x07")
    tree = work.repository.git
    tree("add", "-A")
    identity = b"author %s <x> 1 +0000\ncommitter %s <x> 1 +0000\n" % (HOSTILE, HOSTILE)
    commit = tree(
        *("hash-object", "-t", "commit", "-w", "--stdin"),
        stdin=b"tree %s\nparent %s\n%s\n\x01>%s message\x00\n"
        % (tree("write-tree").encode(), tree("rev-parse", "HEAD").encode(), identity, b"f" * 40),
    )
    tree("reset", "-q", "--soft", commit)

    event = work.log()[0]
    assert event["commit"]["id"] == commit
    assert event["commit"]["author"].startswith("evil\x1b")
    for options in (["log"], ["log", "--json"], ["show", A, "--provenance", "--json"]):
        ran = work.run(*options)
        assert ran.code == 0
        assert not {*ran.out} & {"\x1b", "\x07", "\x9b"}


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (b" z +0000", "1970-01-01T00:00:00Z"),
        (b"", "1970-01-01T00:00:00Z"),
        (b" 99999999999999999999 +0000", None),
    ],
)
def test_commit_may_have_no_usable_time(
    work: CommittedWorkspace, time: bytes, shown: str | None
) -> None:
    work.record(A, "blocked_by", B)
    git = work.repository.git
    git("add", "-A")
    tree, parent = git("write-tree").encode(), git("rev-parse", "HEAD").encode()
    person = b"a <b>" + time
    commit = git(
        *("hash-object", "-t", "commit", "-w", "--stdin", "--literally"),
        stdin=b"tree %s\nparent %s\nauthor %s\ncommitter %s\n\nm\n"
        % (tree, parent, person, person),
    )
    git("reset", "-q", "--soft", commit)
    later = work.commit("later")
    retire(work, A, FIRST)
    retired = work.commit()

    assert work.told() == [("retired", FIRST, retired), ("stated", FIRST, commit)]
    assert work.log()[-1]["commit"]["time"] == shown
    for line in (["log"], ["show", "--at", commit]):
        text, code = on_terminal([sys.executable, "-m", "yoi_relations", *line], work.root, 100)
        assert code == 0
        assert ("time not known" in text) == (shown is None)
    answer = work.show("--at", commit)
    assert answer["workspace"]["at"]["time"] == shown
    assert work.show("--at", later)["relations"] == answer["relations"]


@pytest.mark.parametrize("id_", [b"new\nline", b"\xff\xfe", b'q"uote', b"tab\t", "ümlaut".encode()])
def test_paths_may_hold_any_character(work: CommittedWorkspace, id_: bytes) -> None:
    folder = os.path.join(os.fsencode(work.tickets), id_)
    os.makedirs(os.path.join(folder, b"artifacts/relations"))
    item = work.tickets / A / "item.md"
    Path(os.fsdecode(os.path.join(folder, b"item.md"))).write_bytes(item.read_bytes())
    name = os.path.join(folder, b"artifacts/relations", f"{FIRST}.md".encode())
    work.record(A, "after", B).rename(os.fsdecode(name))
    commit = work.commit()
    assert work.told() == [("stated", FIRST, commit)]
    os.unlink(name)
    assert work.told()[0] == ("gone", FIRST, "modified")
    gone = work.commit()
    assert work.told()[0] == ("gone", FIRST, gone)


def test_signed_commits_run_no_program(work: CommittedWorkspace, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = tmp_path / "gpg"
    script.write_text(f"#!/bin/sh\necho x >>{mark}\necho '[GNUPG:] SIG_CREATED ' >&2\ncat\n")
    script.chmod(0o755)
    work.repository.git("config", "gpg.program", str(script))
    work.repository.git("config", "log.showSignature", "true")
    work.repository.git("config", "core.fsmonitor", str(script))
    work.record(A, "blocked_by", B)
    work.repository.git("-c", "core.fsmonitor=false", "add", "-A")
    work.repository.git("-c", "core.fsmonitor=false", "commit", "-q", "-S", "-m", "signed")
    assert "gpgsig" in work.repository.git("cat-file", "commit", "HEAD")
    mark.unlink()
    work.record(B, "after", C)
    before = work.repository.files_of_git()

    assert [what for what, _, _ in work.told()] == ["stated", "stated"]
    work.provenance(A)
    work.run("check", A, "--json")
    assert not mark.exists()
    assert work.repository.files_of_git() == before


def test_plain_lines_have_one_event_each(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B, "two\nlines")
    commit = work.commit()
    (line,) = work.run("log", "--plain").out.splitlines()
    fields = line.split("\t")
    assert len(fields) == 13
    assert fields[1:5] == [commit, "tester", "stated", "committed"]
    assert fields[5:10] == ["blocked_by", A, B, FIRST, "2026-06-01T10:00:00Z"]
    assert fields[12] == "two\\nlines"


def test_commits_that_no_longer_count_do_not_pile_up(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B)
    work.commit()
    for number in range(6):
        work.repository.git("commit", "-q", "--amend", "-m", f"amended {number}")
        commit = work.repository.id_of("HEAD")
        assert work.told() == [("stated", FIRST, commit)]
    (stored,) = (work.root / ".yoi/cache/relations").glob("history-*.sqlite3")
    with contextlib.closing(sqlite3.connect(stored)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM commits").fetchone()
    assert count <= 4


def test_terminal_shows_commits_with_their_events(work: CommittedWorkspace) -> None:
    work.record(A, "blocked_by", B, "a reason\nin two lines")
    commit = work.commit()
    work.record(A, "after", C)
    program = [sys.executable, "-m", "yoi_relations"]
    text, code = on_terminal([*program, "log"], work.root, 100)
    assert code == 0
    lines = [line.strip() for line in text.splitlines()]
    first, second = (
        next(i for i, one in enumerate(lines) if word in one) for word in ("untracked", commit[:12])
    )
    assert first < second
    assert lines[first + 1].endswith(f": Title of {A} 000AA  after  Title of {C} 000CC")
    assert lines[second + 1].endswith(f": Title of {A} 000AA  waits for  Title of {B} 000BB")
    assert lines[second + 2 : second + 4] == ["a reason", "in two lines"]
    text, code = on_terminal([*program, "show", A, "--provenance"], work.root, 80)
    assert code == 0
    assert commit[:12] in text
    assert "untracked" in text


def test_terminal_shows_the_whole_id_of_a_ticket_without_title(work: CommittedWorkspace) -> None:
    work.record(A, "related", D)
    work.commit()
    text, _ = on_terminal([sys.executable, "-m", "yoi_relations", "log"], work.root, 100)
    assert f"Title of {A} 000AA  related to  {D}\n" in text


def test_log_asks_few_processes(
    work: CommittedWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even the worst case: another root in the history, a rewritten tip, and changed files."""
    (work.root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "old"\n')
    work.commit()
    (work.root / ".yoi/workspace.toml").unlink()
    work.record(A, "blocked_by", B)
    work.commit()
    work.record(B, "after", C)
    real, script = shutil.which("git"), tmp_path / "bin/git"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\nexec {real} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")

    assert len(work.told()) == 2

    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) <= 5, calls


def test_document_names_tip_and_workspace(work: CommittedWorkspace) -> None:
    answer = json.loads(work.run("log", "--json").out)
    assert answer["document"] == "log"
    assert answer["history"] == {
        "tip": work.repository.id_of("HEAD"),
        "ends_early": False,
        "missing_files": 0,
    }
