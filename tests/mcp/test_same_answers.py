"""The MCP server and the command line with --json give the same answers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from git_repository import Repository
from mcp_client import ADDED, ADDED_TO_CHECK, Roots, SdkClient, connected
from workspace_builder import A, B, C, D, Workspace

from yoi_relations.call import Origin
from yoi_relations.command_table import PROGRAM
from yoi_relations.mcp.tools import ADD, CHECK, DIFF, LIMIT, RETIRE, SHOW, tools, writes
from yoi_relations.render.diff import LISTS

COMMANDS = {name: name.removeprefix("relations_") for name in tools(allow_write=True)}
FLAGS = {"kinds": "--kind", "states": "--state"}
ELSEWHERE = "acme/loans:00001KTNVGT8G"
ERROR_CODES = {"workspace": 1, "usage": 2, "revision": 2, "not_found": 3, "ambiguous": 3}
POSITIONAL = {"ticket", "tickets", "kind", "target", "record", "earlier", "later"}
"""Arguments without a flag on the command line."""


@dataclass
class Answer:
    """An exit code, and either a document or an error."""

    code: int
    document: Any = None
    error: Any = None


Ask = Callable[..., Answer]


class Server:
    """One server for all tests; the root of its client is the workspace of the current test."""

    def __init__(self, client: SdkClient, roots: Roots) -> None:
        self.client = client
        self._roots = roots

    def over(self, workspace: Workspace) -> Ask:
        self._roots.paths = [workspace.root]

        def ask(tool: str, **arguments: Any) -> Answer:
            result = self.client.start_call(tool, **arguments).result()
            if result.is_error:
                error = self.client.error(tool, **arguments)
                return Answer(ERROR_CODES[error["code"]], None, error)
            found = dict(result.structured_content)
            code = found["exit_code"]
            for name in ADDED if tool == SHOW.name else ADDED_TO_CHECK:
                found.pop(name, None)
            return Answer(code, found)

        return ask


def command_line(workspace: Workspace) -> Ask:
    def ask(tool: str, **arguments: Any) -> Answer:
        if tool == SHOW.name:
            arguments = {"limit": LIMIT} | arguments
        words: list[str] = []
        names: dict[str, str] = {}
        for name, value in arguments.items():
            flag = [] if name in POSITIONAL else [FLAGS.get(name, f"--{name.replace('_', '-')}")]
            names |= dict.fromkeys(flag, name)
            if name in {"all", "worktrees"}:
                words += flag if value else []
                continue
            for item in value if isinstance(value, list) else [value]:
                words += [*flag, str(item)]
        ran = workspace.run(COMMANDS[tool], *words, "--json")
        if ran.out:
            return Answer(ran.code, ran.json)
        error = ran.errors[-1]["error"]
        start, colon, rest = error["message"].partition(": ")
        # An error about a value begins with the option here, and with the argument in MCP.
        return Answer(ran.code, None, error | {"message": names.get(start, start) + colon + rest})

    return ask


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    elsewhere: Path = tmp_path_factory.mktemp("elsewhere")
    roots = Roots()
    with connected(elsewhere, "--allow-write", roots=roots) as client:
        yield Server(client, roots)


@pytest.fixture(params=["command line", "mcp"])
def ask(request: pytest.FixtureRequest, workspace: Workspace, server: Server) -> Ask:
    return server.over(workspace) if request.param == "mcp" else command_line(workspace)


@pytest.fixture
def furnished(workspace: Workspace) -> Workspace:
    for id_, state in ((A, "queued"), (B, "ready"), (C, "inprogress"), (D, "closed")):
        workspace.ticket(id_, state)
    workspace.record(A, "blocked_by", B, "First B.\n\nThen this. ≠ \u2028")
    workspace.record(A, "after", D, "D was first")
    workspace.record(B, "conflicts_with", C, "x" * 5000)
    workspace.record(B, "waiting", note="for a decision")
    workspace.plan_lines(C, {"kind": "blocks", "related_ticket": A})
    workspace.relations_json(D, {"kind": "related", "target": A})
    workspace.record(D, "related", ELSEWHERE)
    return workspace


QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    (SHOW.name, {}),
    (SHOW.name, {"all": True}),
    (SHOW.name, {"ticket": "BB"}),
    (SHOW.name, {"ticket": A, "all": True, "limit": 2}),
    (SHOW.name, {"kinds": ["blocks", "CONFLICT"], "states": ["queued", "ready"]}),
    (SHOW.name, {"limit": 1}),
    (SHOW.name, {"limit": 0}),
    (SHOW.name, {"limit": 2**70, "all": True}),
    (SHOW.name, {"ticket": ".yoi/tickets/00001KT0000BB/"}),
    (SHOW.name, {"since": "2026-06-01", "author": "tester"}),
    (SHOW.name, {"ticket": ELSEWHERE, "all": True}),
    (SHOW.name, {"since": "yesterday"}),
    (SHOW.name, {"kinds": ["blocked"]}),
    (CHECK.name, {}),
    (CHECK.name, {"tickets": [B, "CC", B]}),
    (CHECK.name, {"states": ["queued", "inprogress"]}),
    (CHECK.name, {"tickets": [A], "expect": "0123456789abcdef"}),
    (CHECK.name, {"tickets": [A], "states": ["queued"]}),
    (CHECK.name, {"tickets": ["nobody"]}),
    (ADD.name, {"ticket": A, "kind": "parent-of", "target": B}),
    (ADD.name, {"ticket": A, "kind": "blocks", "target": "acme/loans:12"}),
    (ADD.name, {"ticket": A, "kind": "blocks"}),
    (ADD.name, {"ticket": A, "kind": "blocks", "target": A}),
    (ADD.name, {"ticket": A, "kind": "accepted_plan", "note": "p", "worktree": "/home/x"}),
    (RETIRE.name, {"record": "01ZZZZ", "reason": "none is called that"}),
]


@pytest.fixture
def versioned(furnished: Workspace) -> Workspace:
    """Commits, a branch that would make a cycle, and a work tree that disagrees."""
    repository = Repository(furnished.root)
    repository.commit()
    repository.git("checkout", "-q", "-b", "side")
    furnished.record(B, "after", A)
    repository.commit()
    repository.git("checkout", "-q", "main")
    furnished.record(A, "after", B)
    repository.commit()
    other = furnished.root.with_name("other")
    repository.git("worktree", "add", "-q", "--detach", other)
    Workspace(other).ticket(C, "done")
    furnished.ticket(D, "queued")
    return furnished


AT_REVISIONS: list[tuple[str, dict[str, Any]]] = [
    (SHOW.name, {"at": "HEAD~1", "all": True}),
    (SHOW.name, {"at": "side", "ticket": B}),
    (SHOW.name, {"at": ":", "limit": 1}),
    (SHOW.name, {"at": "nothing"}),
    (SHOW.name, {"at": "HEAD:.yoi"}),
    (SHOW.name, {"worktrees": True, "all": True, "limit": 0}),
    (SHOW.name, {"worktrees": True, "ticket": B}),
    (SHOW.name, {"worktrees": False, "ticket": B}),
    (CHECK.name, {"at": "HEAD~1", "tickets": [A]}),
    (CHECK.name, {"at": "side"}),
    (CHECK.name, {"worktrees": True, "tickets": [B, C]}),
    (CHECK.name, {"worktrees": True, "states": ["queued"]}),
    (CHECK.name, {"worktrees": True, "tickets": [B], "expect": "0123456789abcdef"}),
    (CHECK.name, {"worktrees": True, "tickets": ["nobody"]}),
    (DIFF.name, {}),
    (DIFF.name, {"earlier": "HEAD~1"}),
    (DIFF.name, {"earlier": "HEAD~1", "later": "side"}),
    (DIFF.name, {"earlier": "main...side"}),
    (DIFF.name, {"earlier": "main..side", "later": "main"}),
    (DIFF.name, {"merge": "side"}),
    (DIFF.name, {"merge": "nothing"}),
]


@pytest.mark.parametrize(("tool", "arguments"), AT_REVISIONS, ids=str)
def test_answers_about_git_equal_those_of_the_command_line(
    versioned: Workspace, server: Server, tool: str, arguments: dict[str, Any]
) -> None:
    answer = server.over(versioned)(tool, **arguments)

    assert answer == command_line(versioned)(tool, **arguments)
    if tool == DIFF.name and arguments == {"merge": "side"}:
        assert answer.code == 5


def test_arguments_about_git_exclude_each_other(versioned: Workspace, server: Server) -> None:
    for tool, arguments in (
        (SHOW.name, {"at": "HEAD", "worktrees": True}),
        (CHECK.name, {"at": "HEAD", "worktrees": True}),
        (DIFF.name, {"merge": "side", "later": "HEAD"}),
    ):
        assert server.over(versioned)(tool, **arguments).error["code"] == "usage"


@pytest.mark.parametrize("worktrees", [False, True])
def test_paths_are_relative_to_the_workspace(versioned: Workspace, *, worktrees: bool) -> None:
    with connected(versioned.root / ".yoi" / "tickets") as client:
        path = f".yoi/tickets/{B}/item.md"
        assert client.ask(SHOW.name, ticket=path, worktrees=worktrees)["count"]
        error = client.error(SHOW.name, ticket=f"{B}/item.md", worktrees=worktrees)
        assert error["code"] == "not_found"


def test_differences_are_limited(versioned: Workspace, server: Server) -> None:
    ask = server.client.ask
    server.over(versioned)
    whole = ask(DIFF.name, earlier="HEAD~1", limit=0)
    part = ask(DIFF.name, earlier="HEAD~1", limit=1)

    assert (whole["count"], whole["truncated"], whole["hint"]) == (whole["returned"], False, None)
    assert whole["count"] == sum(len(whole[name]) for name in LISTS)
    assert (part["count"], part["truncated"]) == (whole["count"], True)
    assert [len(part[name]) for name in LISTS] == [min(len(whole[name]), 1) for name in LISTS]
    assert part["returned"] == sum(len(part[name]) for name in LISTS) < part["count"]
    assert f"{part['returned']} of {part['count']}" in part["hint"]


def test_revision_may_have_the_workspace_that_the_disk_lacks(
    versioned: Workspace,
) -> None:
    shutil.rmtree(versioned.root / ".yoi")

    with connected(versioned.root) as client:
        assert client.ask(SHOW.name, at="HEAD")["workspace"]["at"]["rev"] == "HEAD"
        assert client.error(SHOW.name)["code"] == "workspace"


def test_part_of_a_name_is_not_enough_for_a_tool(furnished: Workspace, server: Server) -> None:
    for tool, arguments in (
        (SHOW.name, {"ticket": "T0000"}),
        (CHECK.name, {"tickets": [A, "T0000"]}),
        (ADD.name, {"ticket": "T0000", "kind": "related", "target": A}),
        (ADD.name, {"ticket": A, "kind": "related", "target": "T0000"}),
    ):
        answer = server.over(furnished)(tool, **arguments)
        assert (answer.code, answer.error["code"]) == (3, "not_found")
        for part in (A, B, C, D, f"Title of {B}", "queued", "closed"):
            assert part in answer.error["hint"]


def test_record_is_found_by_id_and_by_path(furnished: Workspace, ask: Ask) -> None:
    assert furnished
    (relation,) = ask(SHOW.name, kinds=["conflict"]).document["relations"]
    (record,) = relation["records"]
    assert relation["note_truncated"]

    for name in (record["id"], record["path"], f"{record['path']}:1"):
        (relation,) = ask(SHOW.name, ticket=name).document["relations"]
        assert (relation["records"][0]["id"], relation["end"]) == (record["id"], None)
        assert (relation["note"], relation["note_truncated"]) == ("x" * 5000, False)


@pytest.mark.parametrize("spoiled", [False, True], ids=["whole", "spoiled"])
@pytest.mark.parametrize(("tool", "arguments"), QUESTIONS, ids=str)
def test_answers_equal_those_of_the_command_line(
    furnished: Workspace, server: Server, tool: str, arguments: dict[str, Any], *, spoiled: bool
) -> None:
    if spoiled:
        furnished.artifact(A, "orchestration-plan.jsonl", "<<<<<<< ours\n")

    assert server.over(furnished)(tool, **arguments) == command_line(furnished)(tool, **arguments)


def test_relations_are_listed_for_both_ends(furnished: Workspace, ask: Ask) -> None:
    assert furnished
    ends = {
        (relation["ticket"], relation["target"], relation["end"])
        for relation in ask(SHOW.name, ticket=B).document["relations"]
    }

    assert ends == {(A, B, "target"), (B, C, "ticket"), (B, None, "ticket")}


def test_relevant_problem_sets_the_exit_code(furnished: Workspace, ask: Ask) -> None:
    furnished.artifact(A, "orchestration-plan.jsonl", "no JSON\n")

    answer = ask(SHOW.name)

    assert answer.code == 4
    assert answer.document["problems_total"] == 1
    assert ask(CHECK.name, tickets=[A]).code == 11


def test_digest_is_valid_until_something_changes(furnished: Workspace, ask: Ask) -> None:
    answer = ask(CHECK.name, tickets=[A])
    (before,) = answer.document["checks"]
    assert (before["verdict"], answer.code) == ("hold", 10)
    assert ask(CHECK.name, tickets=[A], expect=before["digest"]).code == 10

    furnished.ticket(B, "done")

    again = ask(CHECK.name, tickets=[A], expect=before["digest"])
    assert again.code == 12
    assert again.document["checks"][0]["digest"] != before["digest"]


def test_record_is_added_once_and_retired_once(furnished: Workspace, ask: Ask) -> None:
    draft = {"ticket": "CC", "kind": "after", "target": "BB", "note": "B is smaller"}
    before = furnished.snapshot()

    added = ask(ADD.name, **draft, author="planner")
    assert added.code == 0
    assert added.document["changed"]
    assert added.document["sentence"] == f"{C} comes after {B}"
    record = added.document["record"]
    assert (record["author"], record["note"]) == ("planner", "B is smaller")
    assert set(furnished.snapshot()) - set(before) == {
        record["path"],
        record["path"].rpartition("/")[0],
    }
    assert not ask(ADD.name, **draft).document["changed"]

    retired = ask(RETIRE.name, record=record["id"], reason="B was dropped")
    assert retired.document["changed"]
    assert retired.document["record"]["retired_by"] == "tester"
    assert not ask(RETIRE.name, record=record["path"], reason="once more").document["changed"]


def test_plan_has_all_its_fields(furnished: Workspace, ask: Ask) -> None:
    assert furnished
    plan = {"branch": "b", "worktree": ".worktree/b", "role_plan": "Coder codes."}

    answer = ask(ADD.name, ticket=B, kind="accepted-plan", note="Step by step.", **plan)

    assert answer.document["plan"] == {"summary": "Step by step."} | plan


NOT_OFFERED = {"base", "provenance", "exit_code"}
"""Parameters that no tool has; the exit code and `different` are in every answer of `diff`."""


def test_tools_have_the_parameters_of_the_commands() -> None:
    renamed = {"everything": "all", "records": "record"}
    for name, tool in tools(allow_write=True).items():
        command = PROGRAM.command_named(COMMANDS[name])
        assert command
        # Which database is asked is decided when the server starts.
        own = (one.name for one in command.parameters if one.name not in Origin._fields)
        known = {renamed.get(name, name) for name in own} - NOT_OFFERED
        added = set() if writes(tool) else {"limit"}
        assert set(tool.input_schema["properties"]) == known | added
