"""`relations watch` in processes of its own: real files, real events, real git."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from building import A, B, C, Workspace
from watching import PATIENCE, Start

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import store
from yoi_relations.surfaces.watch_lock import alive


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    workspace.ticket(A)
    workspace.ticket(B)
    workspace.record(A, "blocked_by", B)
    return workspace


def git(workspace: Workspace, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=tester", "-c", "user.email=tester@example.org", *arguments],
        cwd=workspace.root,
        check=True,
        capture_output=True,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )


def test_each_change_is_a_line_of_fields(filled: Workspace, start: Start) -> None:
    watcher = start(filled).ready()

    filled.ticket(B, "done")
    watcher.out.until(lambda lines: len(lines) == 1)
    path = filled.record(B, "related", A, "tab\tand more")
    lines = watcher.out.until(lambda lines: len(lines) == 2)

    assert [line.rstrip("\n").split("\t") for line in lines] == [
        ["state_changed", B, f".yoi/tickets/{B}/item.md", "", f"{B} was planning, is done"],
        ["added", B, str(path.relative_to(filled.root)), "", f"{A} is related to {B}"],
    ]


def test_json_is_an_object_a_change_and_the_digests_make_a_chain(
    filled: Workspace, start: Start
) -> None:
    watcher = start(filled, "--json").ready()

    filled.ticket(A, "ready")
    (first,) = watcher.told(1)
    filled.plan_lines(A, {"kind": "after", "related_ticket": B})
    _, second = watcher.told(2)

    assert set(first) == {
        *("schema_version", "document", "at", "change", "ticket", "record", "path", "line"),
        *("sentence", "before", "after", "digest_before", "digest_after"),
    }
    assert (first["change"], first["before"], first["after"]) == (
        "state_changed",
        "planning",
        "ready",
    )
    assert (second["change"], second["ticket"], second["line"]) == ("added", A, 1)
    assert first["digest_after"] == second["digest_before"]
    assert second["digest_after"] == filled.show()["freshness"]["digest"]


def test_a_checkout_is_few_looks_and_every_change(filled: Workspace, start: Start) -> None:
    tickets = [f"00001KT{number:06d}" for number in range(300)]
    for state in ("planning", "done"):
        for ticket in tickets:
            filled.ticket(ticket, state)
        if state == "planning":
            git(filled, "init", "--quiet", "--initial-branch=main")
        else:
            git(filled, "switch", "--quiet", "--create=other")
        git(filled, "add", ".")
        git(filled, "commit", "--quiet", "--message=all")
    watcher = start(filled, "--json").ready()

    git(filled, "checkout", "--quiet", "main")
    told = watcher.told(300)

    assert {one["ticket"] for one in told} == set(tickets)
    assert {(one["change"], one["after"]) for one in told} == {("state_changed", "planning")}
    assert len({one["digest_after"] for one in told}) <= 10


def test_a_new_ticket_with_nested_records_is_seen_whole(filled: Workspace, start: Start) -> None:
    watcher = start(filled, "--json").ready()

    filled.ticket(C, "ready")
    for note in "abc":
        filled.record(C, "waiting", note=note)
    told = watcher.told(4)

    assert sorted(one["change"] for one in told) == ["added", "added", "added", "ticket_added"]
    assert {one["ticket"] for one in told} == {C}


def test_a_root_that_is_deleted_and_made_again_is_watched_again(
    filled: Workspace, start: Start
) -> None:
    watcher = start(filled).ready()
    aside = filled.root / "aside"
    shutil.copytree(filled.tickets, aside)

    shutil.rmtree(filled.tickets)
    watcher.err.until(lambda lines: "there is no such folder; waiting" in lines[-1])
    shutil.copytree(aside, filled.tickets)
    filled.ticket(A, "done")
    watcher.out.until(lambda lines: bool(lines) and lines[-1].startswith("state_changed"))
    filled.ticket(A, "closed")
    watcher.out.until(lambda lines: lines[-1].endswith("was done, is closed\n"))

    watcher.stop()
    said = [line for line in watcher.err.rest() if "no such folder" in line]
    assert len(said) == 1
    assert "Traceback" not in "".join(watcher.err.lines)


def test_another_root_in_its_place_is_watched(filled: Workspace, start: Start) -> None:
    watcher = start(filled).ready()
    other = filled.root / ".yoi" / "other"
    shutil.copytree(filled.tickets, other)

    filled.tickets.rename(filled.root / ".yoi" / "gone")
    other.rename(filled.tickets)
    watcher.err.until(lambda lines: "is another folder now" in lines[-1])
    filled.ticket(A, "done")
    watcher.out.until(lambda lines: bool(lines) and lines[-1].startswith("state_changed"))


def test_a_second_watcher_refuses_kindly_and_one_killed_leaves_nothing(
    filled: Workspace, start: Start
) -> None:
    place = find_workspace(str(filled.root))
    assert not alive(place)
    first = start(filled).ready()
    assert alive(place)

    second = start(filled)
    assert second.ends() == 0
    assert second.err.rest() == [
        "another watcher is running on this work tree already; nothing to do\n"
    ]
    filled.ticket(A, "done")
    first.out.until(lambda lines: len(lines) == 1)

    first.stop()
    assert not alive(place)
    third = start(filled, "--timeout", "0")
    assert (third.ends(), third.err.rest()) == (124, [])


def test_once_ends_with_the_first_change_beside_another_watcher(
    filled: Workspace, start: Start
) -> None:
    watcher = start(filled).ready()
    os.unlink(store.index_path(find_workspace(str(filled.root))))
    once = start(filled, "--once", "--plain", "--timeout", str(PATIENCE)).ready()

    filled.ticket(A, "done")

    assert once.ends() == 0
    assert [line.split("\t")[0] for line in once.out.rest()] == ["state_changed"]
    watcher.out.until(lambda lines: len(lines) == 1)
    assert alive(find_workspace(str(filled.root)))


@pytest.mark.parametrize("options", [(), ("--once",)])
def test_a_timeout_that_runs_out_has_a_status_of_its_own(
    filled: Workspace, start: Start, options: tuple[str, ...]
) -> None:
    watcher = start(filled, "--timeout", "0.2", *options)

    assert watcher.ends() == 124
    assert watcher.out.rest() == []


def test_a_timeout_that_is_no_number_is_refused(filled: Workspace) -> None:
    """It would never run out, and leave no time to wait in."""
    ran = filled.run("watch", "--timeout", "nan")

    assert (ran.code, ran.out) == (2, "")
    assert "--timeout must be a number" in ran.err


@pytest.mark.parametrize(
    ("sign", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)]
)
def test_a_signal_ends_it_without_a_word(
    filled: Workspace, start: Start, sign: signal.Signals, status: int
) -> None:
    watcher = start(filled).ready()

    watcher.process.send_signal(sign)

    assert watcher.ends() == status
    assert len(watcher.err.rest()) == 1  # the notice that made it ready
    assert not alive(find_workspace(str(filled.root)))


def test_a_reader_that_goes_ends_it_without_a_word(filled: Workspace, start: Start) -> None:
    watcher = start(filled).ready()

    watcher.stdout.close()

    assert watcher.ends() == 0
    assert len(watcher.err.rest()) == 1


def test_names_that_are_no_utf_8_are_lived_with(filled: Workspace, start: Start) -> None:
    watcher = start(filled, "--json").ready()

    odd = os.fsencode(filled.tickets) + b"/odd-\xff"
    os.mkdir(odd)
    Path(os.fsdecode(odd + b"/item.md")).write_text("---\ntitle: Odd\nstate: ready\n---\n")
    watcher.out.until(lambda lines: any("ticket_added" in line for line in lines))
    filled.ticket(A, "done")
    watcher.out.until(lambda lines: any("state_changed" in line for line in lines))

    (added,) = (one for one in watcher.told(0) if one["change"] == "ticket_added")
    assert added["ticket"] == "odd-\\xff"
    filled.ticket(A, "closed")
    watcher.out.until(lambda lines: "is closed" in lines[-1])


def test_polling_is_said_and_works(filled: Workspace, start: Start) -> None:
    watcher = start(filled, WATCHFILES_FORCE_POLLING="1", WATCHFILES_POLL_DELAY_MS="50").ready()

    filled.ticket(C)  # polling misses a second change of a file within a second
    watcher.out.until(lambda lines: len(lines) == 1)

    assert watcher.err.lines[0] == "the files are polled; events of the file system are not used\n"
