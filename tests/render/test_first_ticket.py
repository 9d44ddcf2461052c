"""A workspace without tickets shows a shell command that creates one, and it works."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace_builder import Ran, Workspace

INTRODUCED = "to create a first ticket, run: "
NOTHING = ["nothing", ".yoi", ".yoi/tickets", "elsewhere"]
"""What exists already; the last is a configuration that names a tickets root."""


def prepare(workspace: Workspace, there_is: str) -> Workspace:
    """Delete what a new workspace has, except for `there_is`."""
    if there_is == ".yoi/tickets":
        return workspace
    workspace.tickets.rmdir()
    if there_is == "nothing":
        (workspace.root / ".yoi").rmdir()
    if there_is == "elsewhere":
        config = workspace.root / ".yoi" / "workspace.toml"
        config.write_text('[ticket.backend]\nroot = "-our tickets"\n')
    return workspace


def shown(ran: Ran, *, as_json: bool) -> str:
    """The command to run: the rest of its line, also in JSON."""
    lines = ran.err.splitlines()
    if as_json:
        lines = [one.get("message") or one["error"]["hint"] for one in ran.errors]
    (line,) = (line for line in lines if INTRODUCED in line)
    assert line.isprintable()
    return line.partition(INTRODUCED)[2]


def paste(workspace: Workspace, command: str) -> None:
    subprocess.run(["sh"], input=f"{command}\n", cwd=workspace.root, text=True, check=True)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("command", ["show", "check", "status"])
@pytest.mark.parametrize("there_is", NOTHING)
def test_shown_commands_create_a_ticket(
    workspace: Workspace, there_is: str, command: str, *, as_json: bool
) -> None:
    prepare(workspace, there_is)
    before = workspace.snapshot()
    options = ["--json"] if as_json else []

    ran = workspace.run(command, *options)

    assert ran.code == (0 if there_is == ".yoi/tickets" else 1)
    assert workspace.snapshot() == before, "no command creates tickets"
    paste(workspace, shown(ran, as_json=as_json))
    checked = workspace.run("check", "--json")
    assert checked.code == 0
    assert INTRODUCED not in checked.err
    (one,) = checked.json["checks"]
    assert (one["verdict"], one["state"]) == ("clear", "queued")


def test_unknown_ticket_shows_how_to_create_one(workspace: Workspace) -> None:
    ran = workspace.run("check", "SA2K0", "--json")

    assert (ran.code, ran.out) == (3, "")
    assert shown(ran, as_json=True)
    assert [one["error"]["code"] for one in ran.errors if "error" in one] == ["not_found"]


@pytest.mark.parametrize("command", ["show", "check", "status"])
def test_no_example_is_shown_with_tickets(workspace: Workspace, command: str) -> None:
    workspace.record_file("00001KT0000AA", "01KT0000000000000000000001.md", "spoiled")

    assert INTRODUCED not in workspace.run(command).err


@settings(deadline=None, max_examples=25)
@given(
    st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=20).filter(
        lambda name: name not in {".", ".."}
    ),
    st.sampled_from(NOTHING),
)
def test_any_folder_name_is_quoted(name: str, there_is: str) -> None:
    place = Path(tempfile.mkdtemp())
    workspace = Workspace(place / name)
    prepare(workspace, there_is)
    elsewhere = Workspace(place / "elsewhere.")

    ran = elsewhere.run("check", "-C", str(workspace.root))

    assert (INTRODUCED in ran.err) == name.isprintable()
    if name.isprintable():
        paste(elsewhere, shown(ran, as_json=False))
        (one,) = workspace.run("check", "--json").json["checks"]
        assert one["verdict"] == "clear"
    shutil.rmtree(place)
