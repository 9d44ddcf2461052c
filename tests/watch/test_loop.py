"""`relations watch` in its own process, with real files, events and git."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from watch_process import TIMEOUT, Start, without_verdicts
from workspace_builder import A, B, C, Workspace

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import store
from yoi_relations.index.watcher_lock import is_watcher_running


def git(workspace: Workspace, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=tester", "-c", "user.email=tester@example.org", *arguments],
        cwd=workspace.root,
        check=True,
        capture_output=True,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )


def test_each_change_is_a_tab_separated_line(edge: Workspace, start: Start) -> None:
    watcher = start(edge).ready()

    edge.ticket(B, "ready")
    watcher.out.until(lambda lines: len(lines) == 2)
    path = edge.record(B, "related", A, "tab\tand more")
    lines = watcher.out.until(lambda lines: len(lines) == 3)

    item = f".yoi/tickets/{B}/item.md"
    assert [line.rstrip("\n").split("\t") for line in lines] == [
        ["state_changed", B, item, "", f"{B} was planning, is ready"],
        ["verdict_changed", B, item, "", f"{B} was caution, is clear"],
        ["added", B, str(path.relative_to(edge.root)), "", f"{A} is related to {B}"],
    ]


def test_json_has_one_object_per_change_with_chained_digests(edge: Workspace, start: Start) -> None:
    watcher = start(edge, "--json").ready()

    edge.ticket(A, "ready")
    (first,) = watcher.changes(1)  # on hold before and after
    edge.plan_lines(A, {"kind": "after", "related_ticket": B})
    _, second = watcher.changes(2)

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
    assert second["digest_after"] == edge.show()["freshness"]["digest"]


def test_checkout_takes_few_scans_and_reports_every_change(edge: Workspace, start: Start) -> None:
    tickets = [f"00001KT{number:06d}" for number in range(300)]
    for state in ("planning", "done"):
        for ticket in tickets:
            edge.ticket(ticket, state)
        if state == "planning":
            git(edge, "init", "--quiet", "--initial-branch=main")
        else:
            git(edge, "switch", "--quiet", "--create=other")
        git(edge, "add", ".")
        git(edge, "commit", "--quiet", "--message=all")
    wanted = dict.fromkeys(tickets, "planning")
    watcher = start(edge, "--json").ready()

    git(edge, "checkout", "--quiet", "main")
    changes = watcher.changes_until(
        # A scan may come after git has removed a file and before it writes it again.
        lambda changes: (
            {change["ticket"]: change["after"] for change in without_verdicts(changes)} == wanted
        )
    )

    assert len({change["digest_after"] for change in changes}) <= 30


def test_new_ticket_is_reported_with_all_its_records(edge: Workspace, start: Start) -> None:
    watcher = start(edge, "--json").ready()

    edge.ticket(C, "ready")
    for note in "abc":
        edge.record(C, "waiting", note=note)
    changes = watcher.changes_until(lambda changes: len(without_verdicts(changes)) == 4)

    changes = without_verdicts(changes)
    assert sorted(change["change"] for change in changes) == [
        "added",
        "added",
        "added",
        "ticket_added",
    ]
    assert {change["ticket"] for change in changes} == {C}


def test_deleted_and_recreated_root_is_watched_again(edge: Workspace, start: Start) -> None:
    watcher = start(edge).ready()
    aside = edge.root / "aside"
    shutil.copytree(edge.tickets, aside)

    shutil.rmtree(edge.tickets)
    watcher.err.until(lambda lines: "there is no such folder; waiting" in lines[-1])
    shutil.copytree(aside, edge.tickets)
    edge.ticket(A, "done")
    watcher.out.until(lambda lines: bool(lines) and lines[-1].startswith("state_changed"))
    edge.ticket(A, "closed")
    watcher.out.until(lambda lines: lines[-1].endswith("was done, is closed\n"))

    watcher.stop()
    expected_notice = [line for line in watcher.err.rest() if "no such folder" in line]
    assert len(expected_notice) == 1
    assert "Traceback" not in "".join(watcher.err.lines)


def test_replaced_root_is_watched(edge: Workspace, start: Start) -> None:
    watcher = start(edge).ready()
    other = edge.root / ".yoi" / "other"
    shutil.copytree(edge.tickets, other)

    edge.tickets.rename(edge.root / ".yoi" / "gone")
    other.rename(edge.tickets)
    watcher.err.until(lambda lines: "is another folder now" in lines[-1])
    edge.ticket(A, "done")
    watcher.out.until(lambda lines: bool(lines) and lines[-1].startswith("state_changed"))


def test_second_watcher_ends_and_a_killed_one_releases_the_lock(
    edge: Workspace, start: Start
) -> None:
    workspace = find_workspace(str(edge.root))
    assert not is_watcher_running(workspace)
    first = start(edge).ready()
    assert is_watcher_running(workspace)

    second = start(edge)
    assert second.ends() == 0
    assert second.err.rest() == [
        "another watcher is running on this work tree already; nothing to do\n"
    ]
    edge.ticket(A, "done")
    first.out.until(lambda lines: len(lines) == 1)

    first.stop()
    assert not is_watcher_running(workspace)
    third = start(edge, "--timeout", "0")
    assert (third.ends(), third.err.rest()) == (124, [])


def test_once_ends_with_the_first_change_while_another_watcher_runs(
    edge: Workspace, start: Start
) -> None:
    watcher = start(edge).ready()
    os.unlink(store.index_path(find_workspace(str(edge.root))))
    once = start(edge, "--once", "--plain", "--timeout", str(TIMEOUT)).ready()

    edge.ticket(A, "done")

    assert once.ends() == 0
    assert [line.split("\t")[0] for line in once.out.rest()] == [
        *("state_changed", "verdict_changed"),
    ]
    watcher.out.until(lambda lines: len(lines) == 2)
    assert is_watcher_running(find_workspace(str(edge.root)))


@pytest.mark.parametrize("options", [(), ("--once",)])
def test_timeout_ends_with_its_own_exit_status(
    edge: Workspace, start: Start, options: tuple[str, ...]
) -> None:
    watcher = start(edge, "--timeout", "0.2", *options)

    assert watcher.ends() == 124
    assert watcher.out.rest() == []


def test_timeout_that_is_nan_is_a_usage_error(edge: Workspace) -> None:
    """It would never expire, and the watcher would never sleep."""
    ran = edge.run("watch", "--timeout", "nan")

    assert (ran.code, ran.out) == (2, "")
    assert "--timeout" in ran.err


@pytest.mark.parametrize(
    ("sign", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)]
)
def test_signal_ends_the_watcher_silently(
    edge: Workspace, start: Start, sign: signal.Signals, status: int
) -> None:
    watcher = start(edge).ready()

    watcher.process.send_signal(sign)

    assert watcher.ends() == status
    assert len(watcher.err.rest()) == 1  # the notice that `ready` waited for
    assert not is_watcher_running(find_workspace(str(edge.root)))


def test_closed_output_ends_the_watcher_silently(edge: Workspace, start: Start) -> None:
    watcher = start(edge).ready()

    watcher.stdout.close()

    assert watcher.ends() == 0
    assert len(watcher.err.rest()) == 1


def test_names_that_are_not_utf_8_are_reported(edge: Workspace, start: Start) -> None:
    watcher = start(edge, "--json").ready()

    odd = os.fsencode(edge.tickets) + b"/odd-\xff"
    os.mkdir(odd)
    Path(os.fsdecode(odd + b"/item.md")).write_text("---\ntitle: Odd\nstate: ready\n---\n")
    watcher.out.until(lambda lines: any("ticket_added" in line for line in lines))
    edge.ticket(A, "done")
    watcher.out.until(lambda lines: any("state_changed" in line for line in lines))

    (added,) = (change for change in watcher.changes(0) if change["change"] == "ticket_added")
    assert added["ticket"] == "odd-\\xff"
    edge.ticket(A, "closed")
    watcher.out.until(lambda lines: "is closed" in lines[-1])


def test_polling_is_announced_and_reports_changes(edge: Workspace, start: Start) -> None:
    watcher = start(edge, WATCHFILES_FORCE_POLLING="1", WATCHFILES_POLL_DELAY_MS="50").ready()

    edge.ticket(C)  # polling misses a second change of a file within a second
    watcher.out.until(lambda lines: len(lines) == 1)

    assert watcher.err.lines[0] == "the files are polled; events of the file system are not used\n"
