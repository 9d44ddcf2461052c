"""``diff``: which states are compared, how the answer is written, what git is asked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from at_checkout import workspace_of
from git_repository import Repository, files_in
from workspace_builder import A, B, C, D, Ran, Workspace


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """On ``main`` B becomes ready, then done; on ``side``, from the first commit, A is closed."""
    made = Repository(tmp_path / "work", request.param)
    workspace = Workspace(made.root).pair("blocked_by", "why", states=("queued", "planning"))
    made.commit("first")
    made.git("checkout", "-q", "-b", "side")
    workspace.ticket(A, "closed")
    made.commit("on the side")
    made.git("checkout", "-q", "main")
    for state in ("ready", "done"):
        workspace.ticket(B, state)
        made.commit(state)
    return made


def diff(repository: Repository, *arguments: str) -> Ran:
    return workspace_of(repository.root).run("diff", *arguments)


def states(ran: Ran) -> list[tuple[Any, ...]]:
    assert ran.code == 0, ran
    changes = ran.json["tickets"]
    return [(change["ticket"], change["before"], change["after"]) for change in changes]


B_DONE = (B, "ready", "done")


@pytest.mark.parametrize(
    ("arguments", "expected", "names"),
    [
        ([], [(C, None, "ready")], ("HEAD", None)),
        (["HEAD~1"], [B_DONE, (C, None, "ready")], ("HEAD~1", None)),
        (["HEAD~1", ":"], [B_DONE, (D, None, "queued")], ("HEAD~1", ":")),
        ([":"], [(C, None, "ready")], (":", None)),
        (["HEAD~1", "HEAD"], [B_DONE], ("HEAD~1", "HEAD")),
        (["HEAD~1..HEAD"], [B_DONE], ("HEAD~1", "HEAD")),
        (["HEAD~1.."], [B_DONE], ("HEAD~1", "HEAD")),
        (["HEAD..HEAD~1"], [(B, "done", "ready")], ("HEAD", "HEAD~1")),
        (["side..main"], [(A, "closed", "queued"), (B, "planning", "done")], ("side", "main")),
        (
            ["main...side"],
            [(A, "queued", "closed")],
            ("the merge base of main and side", "side"),
        ),
        (["...side"], [(A, "queued", "closed")], ("the merge base of HEAD and side", "side")),
        (
            ["HEAD^{tree}", "HEAD~1^{tree}"],
            [(B, "done", "ready")],
            ("HEAD^{tree}", "HEAD~1^{tree}"),
        ),
    ],
)
def test_revisions_select_the_states(
    repository: Repository,
    arguments: list[str],
    expected: list[tuple[Any, ...]],
    names: tuple[str, str | None],
) -> None:
    if ":" in arguments:
        Workspace(repository.root).ticket(D, "queued")
        repository.git("add", "-f", ".")
    Workspace(repository.root).ticket(C, "ready")

    ran = diff(repository, "--json", *arguments)

    assert states(ran) == expected
    assert (ran.json["from"]["rev"], ran.json["to"]["rev"]) == names
    assert (ran.json["to"]["commit"] is None) == (names[1] in (None, ":") or "tree" in names[1])
    assert ran.json["document"] == "diff"


def test_relation_has_both_versions(repository: Repository) -> None:
    ran = diff(repository, "HEAD~1", "HEAD", "--json")

    ((change),) = ran.json["relations"]
    assert (change["change"], change["kind"], change["ticket"], change["target"]) == (
        *("ended", "blocked_by", A, B),
    )
    assert (change["before"]["status"], change["after"]["status"]) == ("active", "inactive")
    assert change["before"]["note"] == "why"
    assert change["before"]["records"] == change["after"]["records"]
    ((verdict),) = ran.json["verdicts"]
    assert (verdict["ticket"], verdict["before"], verdict["after"]) == (A, "hold", "clear")
    assert ran.json["different"] is True


def test_plain_lines_have_seven_fields(repository: Repository) -> None:
    ran = diff(repository, "HEAD~1", "HEAD", "--plain")

    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert [row[:6] for row in rows] == [
        ["state_changed", B, "", "", "ready", "done"],
        ["ended", A, "blocked_by", B, "active", "inactive"],
        ["verdict_changed", A, "", "", "hold", "clear"],
    ]
    assert {len(row) for row in rows} == {7}


@pytest.mark.parametrize("mode", ["--json", "--plain"])
def test_exit_code_says_whether_there_is_a_difference(repository: Repository, mode: str) -> None:
    assert diff(repository, mode, "--exit-code").code == 0
    assert diff(repository, mode, "HEAD~1", "HEAD").code == 0
    assert diff(repository, mode, "HEAD~1", "HEAD", "--exit-code").code == 5


def test_other_bytes_of_the_same_meaning_are_no_difference(repository: Repository) -> None:
    tickets = repository.root / ".yoi/tickets"
    (tickets / "closed").mkdir()
    (tickets / A).rename(tickets / "closed" / A)
    item = tickets / B / "item.md"
    item.write_bytes(item.read_bytes().replace(b"\n", b"\r\n"))

    ran = diff(repository, "--json", "--exit-code")

    assert (ran.code, ran.json["different"]) == (0, False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere"], 2),
        ([""], 2),
        (["--merge", ""], 2),
        (["HEAD", "nowhere"], 2),
        (["HEAD..nowhere"], 2),
        (["HEAD...nowhere"], 2),
        (["--", "-x...HEAD"], 2),
        (["HEAD~1..HEAD", "HEAD"], 2),
        (["HEAD:.yoi/tickets/" + A + "/item.md"], 2),
        (["other", "HEAD"], 1),  # it has no tickets
        (["HEAD...other"], 2),  # no common history
    ],
)
def test_what_cannot_be_compared_is_an_error(
    repository: Repository, arguments: list[str], code: int
) -> None:
    repository.git("checkout", "-q", "--orphan", "other")
    repository.git("rm", "-r", "-q", "--cached", ".")
    (repository.root / "other").write_text("x")
    repository.git("add", "other")
    repository.git("commit", "-q", "-m", "no workspace")
    repository.git("checkout", "-q", "-f", "main")

    ran = diff(repository, "--json", *arguments)

    assert (ran.code, ran.out) == (code, "")
    assert ran.errors[-1]["error"]["hint"]


def test_two_merge_bases_are_said(repository: Repository) -> None:
    git = repository.git
    ours, theirs = repository.id_of("main"), repository.id_of("side")
    git("merge", "-q", "--no-edit", theirs)
    git("checkout", "-q", "side")
    git("merge", "-q", "--no-edit", ours)

    ran = diff(repository, "main...side", "--json")

    assert ran.code == 0
    assert [line for line in ran.errors if "2 merge bases" in line["message"]]


def test_shallow_history_without_a_common_commit_is_said(
    repository: Repository, tmp_path: Path
) -> None:
    clone = Repository(tmp_path / "clone", repository.git("rev-parse", "--show-object-format"))
    url = repository.root.as_uri()
    for branch in ("main", "side"):
        clone.git("fetch", "-q", "--depth=1", url, f"{branch}:refs/remotes/{branch}")
    clone.git("checkout", "-q", "-b", "here", "refs/remotes/main")

    for line in (["main...side"], ["--merge", "side"]):
        ran = workspace_of(clone.root).run("diff", "--json", *line)
        assert ran.code == 2
        assert "shallow" in ran.errors[-1]["error"]["message"]
    assert workspace_of(clone.root).run("diff", "main", "side").code == 0


def test_no_repository_is_an_error(workspace: Workspace) -> None:
    workspace.pair()
    assert workspace.run("diff").code == 1


def processes(git_calls: Path) -> int:
    """How often git was started since the last call."""
    lines = git_calls.read_text().splitlines()
    git_calls.write_text("")
    return len(lines)


@pytest.mark.parametrize(
    "line",
    [
        "diff HEAD~2 :",
        "diff : side",
        "diff HEAD~2 side",
        "diff main...side",
        "diff HEAD~1",
        "diff --merge side",
        "diff",
    ],
)
def test_at_most_five_processes_of_git(repository: Repository, git_calls: Path, line: str) -> None:
    workspace = Workspace(repository.root)
    for branch, first in (("main", 0), ("side", 500)):  # nothing in common
        repository.git("checkout", "-q", branch)
        shutil.rmtree(workspace.tickets)
        for number in range(first, first + 12):
            workspace.ticket(f"00001KT1{number:05d}")
        repository.commit()
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "-s", "ours", "--no-edit", "side~1")
    (repository.root / "empty").touch()  # of a staged file like that, git is asked more
    repository.git("add", "empty")
    processes(git_calls)

    ran = workspace.run(*line.split(), "--json")

    assert ran.code == 0, ran
    assert processes(git_calls) <= 5
    assert workspace.run(*line.split(), "--json").out == ran.out
    # What is staged, and what a merge brings, is read each time.
    assert processes(git_calls) <= (4 if ":" in line else 3 if "--merge" in line else 1)


def test_nothing_is_written_into_the_repository(repository: Repository) -> None:
    before = files_in(repository.root / ".git")
    assert diff(repository, "HEAD~1", "side").code == 0
    assert files_in(repository.root / ".git") == before
