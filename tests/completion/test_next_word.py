"""What a half-written command line is completed to, and that nothing else comes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from git_repository import Repository
from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.command_table import PROGRAM, Command
from yoi_relations.kinds import ALIASES, KINDS, RelationClass
from yoi_relations.states import State

SHELLS = ("bash", "zsh", "fish")


@pytest.fixture
def trio(workspace: Workspace) -> Workspace:
    workspace.ticket(A, "queued", title="Keep the lights on")
    workspace.ticket(B, title="Send mail", slug="post-office")
    workspace.ticket(C, title="Send parcels")
    workspace.record(A, "blocked_by", B, "why")
    workspace.record(A, "waiting", note="for spring")
    retired = {"retired_at": "2026-06-02T10:00:00Z", "retired_by": "x", "retired_reason": "y"}
    workspace.record(A, "after", C, **retired)
    return workspace


def offered(workspace: Workspace, *words: str) -> dict[str, str]:
    """The candidates for the last of `words`, with their help."""
    ran = workspace.run("completion", "run", "--", *words)
    assert (ran.code, ran.err) == (0, "")
    return dict(line.split("\t") for line in ran.out.splitlines())


TICKETS = {
    A: "Keep the lights on (queued)",
    B: "Send mail (planning)",
    C: "Send parcels (planning)",
}


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("tree",),
        ("check",),
        ("check", "x"),
        ("add",),
        ("add", "x", "blocks"),
        ("show", "--"),
    ],
)
def test_tickets_come_with_title_and_state(trio: Workspace, words: tuple[str, ...]) -> None:
    assert offered(trio, *words, "") == TICKETS
    assert offered(trio, *words, "00001kt0000b") == {B: TICKETS[B]}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("00CC", {C}),
        ("send", {B, C}),
        ("PARCELS", {C}),
        ("post-o", {B}),
        ("z", set()),
    ],
)
def test_ticket_is_found_by_any_part(trio: Workspace, typed: str, found: set[str]) -> None:
    assert set(offered(trio, "show", typed)) == found


@pytest.mark.parametrize(
    "words", [("show", "x"), ("status",), ("add", "x", "related", "y"), ("no",)]
)
def test_complete_line_gets_no_offer(trio: Workspace, words: tuple[str, ...]) -> None:
    assert offered(trio, *words, "") == {}


def test_kinds_and_states_are_offered(trio: Workspace) -> None:
    kinds = {name.replace("_", "-") for name in KINDS}
    assert set(offered(trio, "add", "x", "")) == kinds
    assert set(offered(trio, "show", "--kind", "")) == kinds | {*RelationClass, *ALIASES}
    assert set(offered(trio, "tree", "--kind", "")) == {
        *("blocked-by", "blocks", "depends-on", "before", "after"),
        *("dependency", "ordering", "blocker", "blockers", "order"),
    }
    assert set(offered(trio, "add", "x", "blocked_")) == {"blocked-by"}
    assert set(offered(trio, "show", "--kind=ord")) == {"--kind=order", "--kind=ordering"}
    assert set(offered(trio, "check", "--state", "")) == set(State)
    assert set(offered(trio, "show", "--all", "--trust", "c")) == {"content"}
    assert set(offered(trio, "--trust=")) == {"--trust=stat", "--trust=content", "--trust=index"}


def test_records_that_are_not_retired_come_with_their_sentence(trio: Workspace) -> None:
    blocked, waiting = f"{A} is blocked by {B}", f"{A} is waiting"
    assert offered(trio, "retire", "") == {ulid(1): blocked, ulid(2): waiting}
    assert set(offered(trio, "retire", "00BB")) == {ulid(1)}
    assert set(offered(trio, "retire", ulid(1), "")) == {ulid(1), ulid(2)}
    assert set(offered(trio, "add", A, "waiting", "--replaces", "")) == {ulid(1), ulid(2)}
    assert offered(trio, "retire", "--reason", "") == {}


def test_branches_and_tags_are_offered_for_revisions(trio: Workspace) -> None:
    assert offered(trio, "show", "--at", "") == {}
    repository = Repository(trio.root)
    repository.commit()
    for name in ("new/枝", "main2"):
        repository.git("branch", name)
    repository.git("tag", "v1")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.git("update-ref", "refs/stash", "HEAD")
    (trio.root / os.fsdecode(b".git/refs/heads/\xff")).write_text(repository.id_of("HEAD"))
    branches = {"main": "branch", "new/枝": "branch", "main2": "branch"}
    every = branches | {"origin/main": "branch of a remote", "v1": "tag"}

    for words in (
        *(("show", "--at"), ("tree", "--at"), ("check", "--base"), ("doctor", "--at")),
        *(("graph", "--at"), ("diff",), ("diff", "v1"), ("diff", "--merge")),
    ):
        assert offered(trio, *words, "") == every, words
    assert set(offered(trio, "diff", "ma")) == {"main", "main2"}
    assert set(offered(trio, "check", "--at=v")) == {"--at=v1"}
    assert offered(trio, "diff", "v1", "main", "") == {}


@pytest.mark.parametrize("command", PROGRAM.commands, ids=lambda one: one.name)
def test_every_command_and_its_options_are_offered(trio: Workspace, command: Command) -> None:
    name, flags = command.name, {one.flag for one in command.options}

    assert set(offered(trio, name[:4])) >= {name}
    assert offered(trio, "index") == offered(trio, name, "--index") == {}
    assert set(offered(trio, name, "-")) == flags | {"--help"}


def test_group_offers_its_visible_commands(trio: Workspace) -> None:
    assert set(offered(trio, "hooks", "")) == {"install", "uninstall", "list"}
    assert set(offered(trio, "completion", "")) == set(SHELLS)


def test_directory_option_selects_the_workspace(trio: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other")
    other.ticket(C, title="Elsewhere")
    folder = str(other.root)
    for words in (("-C", folder, "show"), ("show", "-C", folder), ("show", "--all", "-C", folder)):
        assert set(offered(trio, *words, "")) == {C}
    elsewhere = trio.run("completion", "run", "--", "-C", "~/other", "show", "", HOME=str(tmp_path))
    assert elsewhere.out.startswith(C)


def test_offers_come_from_the_published_index(trio: Workspace) -> None:
    assert len(offered(trio, "show", "")) == 3
    trio.ticket("00001KT0000EE")
    assert len(offered(trio, "show", "")) == 3
    trio.show()
    assert len(offered(trio, "show", "")) == 4


def test_no_offer_prints_nothing(trio: Workspace, tmp_path: Path) -> None:
    assert offered(trio, "-C", str(tmp_path), "show", "") == {}
    assert offered(trio, "-C", "no/such/folder", "retire", "") == {}
    (trio.root / ".yoi" / "workspace.toml").write_text("[nonsense")
    assert offered(trio, "show", "") == {}
    assert offered(trio, "show", "--kind", "cap") != {}


def test_tickets_are_offered_without_write_permission(trio: Workspace) -> None:
    (trio.root / ".yoi" / "cache").write_text("a file where the folder would be\n")
    assert offered(trio, "show", "") == TICKETS


def test_hostile_titles_are_escaped_and_hostile_ids_left_out(trio: Workspace) -> None:
    trio.ticket("-rf")
    trio.ticket("new\nline\t\x1b[2J")
    trio.ticket(C, title='"a\\tb\\nc\\e[31m \\u202e $(touch x) `touch x`"')
    shown = offered(trio, "show", "")
    assert shown == TICKETS | {
        C: "a\\tb\\nc\\x1b[31m \\u202e $(touch x) `touch x` (planning)",
    }
    trio.ticket(B, title="long " * 100)
    trio.show()
    assert len(offered(trio, "show", "")[B]) == 100


def test_time_limit_ends_completion(workspace: Workspace) -> None:
    for number in range(800):
        workspace.ticket(f"ticket-{number:04}", title="x" * 100)
    workspace.process("rebuild")
    command = [sys.executable, "-m", "yoi_relations", "completion", "run", "--", "show", ""]
    # The answer is more than a pipe holds, and nobody reads it: it cannot be given.
    with subprocess.Popen(
        command, cwd=workspace.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.wait(30) == 0
        assert process.stderr
        assert process.stderr.read() == b""


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_are_printed_and_parse(tmp_path: Path, shell: str) -> None:
    command = [sys.executable, "-m", "yoi_relations", "completion", shell]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n"], input=ran.stdout, check=True, text=True)


def replies(workspace: Workspace, line: str, word: str, kind: int = 9) -> list[str]:
    """COMPREPLY after the bash function; `word` is the last word as bash splits it."""
    code = (
        "source <(relations completion bash); "
        'COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=$3; _relations relations "$2"; '
        "printf '%s\\0' \"${COMPREPLY[@]}\""
    )
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "60"}
    ran = subprocess.run(
        ["bash", "-c", code, "bash", line, word, str(kind)],
        cwd=workspace.root,
        env=os.environ | environ,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ran.stderr == ""
    return ran.stdout.split("\0")[:-1]


def test_completion_of_typer_is_disabled(trio: Workspace) -> None:
    """Otherwise any command could print a script for the shell to run."""
    ran = trio.process("add", "--help", _RELATIONS_COMPLETE="bash_source")
    assert (ran.code, ran.err) == (0, "")
    assert "Record a relation" in ran.out


def test_bash_shows_titles_only_in_lists(trio: Workspace) -> None:
    listed = [f"{id_}  {title}" for id_, title in TICKETS.items()]
    for kind, found in ((9, [*TICKETS]), (37, [*TICKETS]), (63, listed), (33, listed)):
        assert replies(trio, "relations show 0000", "0000", kind) == found
    assert replies(trio, "relations show 00BB", "00BB", 63) == [B]


def test_bash_keeps_a_shared_part_as_typed(trio: Workspace) -> None:
    assert replies(trio, "relations show send", "send") == [B, C, " "]


def test_bash_replaces_text_after_its_word_breaks(trio: Workspace) -> None:
    assert replies(trio, "relations show --kind=cap", "cap") == ["capacity"]
    assert replies(trio, "relations show --kind=", "")[0] == "blocked-by"


def test_bash_offers_no_special_id_after_a_quote(trio: Workspace) -> None:
    trio.ticket("a b;$(touch x)")
    assert replies(trio, "relations show a", "a") == ["a\\ b\\;\\$\\(touch\\ x\\)"]
    for quote in "'\"":
        assert replies(trio, f"relations show {quote}a b", "a b") == [""]
        assert replies(trio, f"relations show {quote}00BB", "00BB") == [B]
    assert not (trio.root / "x").exists()
