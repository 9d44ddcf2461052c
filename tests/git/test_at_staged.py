"""``--at :`` answers from the staging area."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from at_checkout import answers, workspace_of
from git_repository import Repository
from workspace_builder import A, B, C, Workspace

CACHE = ".yoi/cache/relations"


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """In the commit, the staging area and the work tree, B has three states."""
    made = Repository(tmp_path / "work", request.param)
    workspace = Workspace(made.root).pair("blocked_by", "first")
    made.commit()
    workspace.ticket(B, "done")
    workspace.ticket(C, "ready")
    workspace.record(C, "after", A)
    (workspace.tickets / "link").symlink_to(A)
    (made.root / "items/other/item.md").parent.mkdir(parents=True)
    (made.root / "items/other/item.md").write_text("no ticket")
    made.git("add", ".")
    workspace.ticket(B, "queued")
    shutil.rmtree(workspace.tickets / C)
    return made


def test_answers_are_those_of_the_staged_files(repository: Repository, tmp_path: Path) -> None:
    before = repository.files_of_git()
    staged = answers(repository.root, "--at", ":")
    assert repository.files_of_git() == before
    repository.git("checkout-index", "-a", f"--prefix={tmp_path}/out/")
    assert staged == answers(tmp_path / "out")
    assert staged != answers(repository.root, "--at", "HEAD")
    assert staged != answers(repository.root)


def test_staged_configuration_counts(repository: Repository) -> None:
    repository.git("checkout", "-q", ".")
    repository.git("mv", ".yoi/tickets", "tickets")
    config = b'[ticket.backend]\nroot = "tickets"\n'
    id_ = repository.git("hash-object", "-w", "--stdin", stdin=config)
    repository.git("update-index", "--add", "--cacheinfo", f"100644,{id_},.yoi/workspace.toml")
    ran = workspace_of(repository.root).run("check", C, "--json", "--at", ":")
    assert ran.json["workspace"]["tickets_root"] == "tickets"
    assert [check["state"] for check in ran.json["checks"]] == ["ready"]


def test_revision_in_the_answer_has_no_commit(repository: Repository) -> None:
    ran = workspace_of(repository.root).run("show", "--json", "--at", ":")
    assert ran.json["workspace"]["at"] == {"rev": ":", "commit": None, "time": None}
    assert not list((repository.root / CACHE).glob("index-*"))


def test_file_that_is_not_merged_is_an_error(repository: Repository) -> None:
    id_ = repository.git("hash-object", "-w", "--stdin", stdin=b"x")
    lines = "".join(f"100644 {id_} {stage}\t.yoi/tickets/{A}/item.md\n" for stage in (1, 2, 3))
    repository.git("update-index", "--index-info", stdin=lines.encode())
    ran = workspace_of(repository.root).run("show", "--json", "--at", ":")
    assert (ran.code, ran.out) == (1, "")
    assert ran.errors[-1]["error"]["message"].startswith(f".yoi/tickets/{A}/item.md: ")


def test_empty_staging_area_is_an_error(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    Workspace(repository.root).pair()
    ran = workspace_of(repository.root).run("show", "--json", "--at", ":")
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "workspace")


def test_base_may_be_staged(repository: Repository) -> None:
    Workspace(repository.root).ticket(B, "done")
    (repository.root / ".yoi/tickets/link").unlink()
    assert codes(repository) == ["state"]
    repository.git("reset", "-q")
    assert codes(repository) == ["blocked_in_base", "state"]


def codes(repository: Repository) -> list[str]:
    ran = workspace_of(repository.root).run("check", A, "--json", "--base", ":")
    return [reason["code"] for reason in ran.json["checks"][0]["reasons"]]
