"""The fast path and the full command line give the same answers, byte for byte."""

from __future__ import annotations

import gc
import inspect
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace_builder import FAST_PATH, FULL_COMMAND_LINE, A, B, C, CommandLine, D, Ran, Workspace

from yoi_relations.cli import fast_path, typer_app
from yoi_relations.cli.commands import COMMANDS
from yoi_relations.command_table import COMMON, Command, Parameter, leaves

EXAMPLES = Path(__file__).parents[2] / "examples"
PLAIN_LINES = [
    ("show",),
    ("show", "--json"),
    ("--json", "show"),
    ("show", "--plain", "--all"),
    ("--plain", "--trust", "content", "show", "--trust=index"),
    ("show", "--limit", "0", "--all", "--json"),
    ("show", "--limit=1"),
    ("show", "--limit", "007", "--json"),
    ("show", "--limit", "1", "--limit", "2"),
    ("show", "--kind", "blocker", "--all", "--json"),
    ("show", "--kind=order", "--kind", "do-not-parallelize", "--json"),
    ("show", "--kind", "bloked-by"),
    ("show", "--kind", "bloked-by", "--json"),
    ("show", "--kind="),
    ("show", "--state", "queued", "--state=ready", "--json"),
    ("show", "EHKH", "--json"),
    ("show", "--all", "EHKH", "--plain"),
    ("show", "00001K"),
    ("show", "00001K", "--json"),
    ("show", "nothing-like-it", "--json"),
    ("show", "mail", "--json"),
    ("show", ".yoi/tickets/00001KQY8ZNZC/", "--json"),
    ("show", "x-08aaecc395e66e20"),
    ("show", "--since", "2026-06-10", "--author=librarian", "--all", "--plain"),
    ("show", "--since=7d"),
    ("show", "--since", "7 days", "--json"),
    ("show", ""),
    ("show", "--json", "--plain"),
    ("--plain", "show", "--json"),
    ("show", "-C", ".yoi"),
    ("-C", ".yoi", "show", "-C", "no/such/folder"),
    ("-C", "/", "status", "--json"),
    ("-C", "", "show"),
    ("check",),
    ("check", "--json"),
    ("check", "EHKH", "Y8ZNZC", "--plain"),
    ("check", "--state", "queued", "--state=ready", "--json"),
    ("check", "EHKH", "--state", "queued"),
    ("check", "EHKH", "--expect", "0123456789abcdef", "--json"),
    ("check", "--expect=0123456789abcdef"),
    ("check", "nothing-like-it", "--json"),
    ("tree",),
    ("tree", "--reverse", "--json"),
    ("--plain", "tree", "schema", "--depth=1", "--all"),
    ("tree", "--kind", "related"),
    ("doctor",),
    ("doctor", "--json"),
    ("--plain", "doctor", "--severity=info"),
    ("doctor", "--severity", "error", "--severity", "info", "--json"),
    ("prime",),
    ("prime", "--json"),
    ("status",),
    ("status", "--json"),
    ("--json", "status", "--json"),
    ("--trust=index", "status", "--plain"),
    ("status", "--trust", "content", "--json"),
    ("rebuild",),
    ("rebuild", "--json"),
    ("--plain", "rebuild"),
    ("rebuild", "-C", ".yoi"),
    ("-C", "/", "rebuild", "--json"),
    ("rebuild", "--json", "--plain"),
    ("--version",),
    ("show", "--", "EHKH"),
    ("show", "--limit", "1_0"),
    ("show", "--limit", "\N{ARABIC-INDIC DIGIT THREE}"),
    ("add", "EHKH", "related", "nothing-like-it", "--json"),
    ("retire", "--reason", "-", "nothing-like-it"),
    ("verify", "--plain"),
    ("watch", "--once", "--timeout", "0"),
    ("watch", "--timeout=0.1", "--json", "--trust", "index"),
    ("mcp", "--trust=index"),
    ("hooks", "list", "--json"),
    ("--plain", "hooks", "--trust", "content", "list", "-C", "."),
    ("hooks", "run", "-C", "nowhere"),
    ("completion", "zsh"),
    ("completion", "--json", "bash"),
    ("completion", "run", "--", "show", "--state", ""),
    ("completion", "run", "--line", "relations show 'EH"),
]
OTHER_LINES = [
    (),
    ("--help",),
    ("--version", "show"),
    ("--version", "--json"),
    ("--json",),
    ("show", "-h"),
    ("show", "--help"),
    ("show", "--version"),
    ("show", "--al"),
    ("show", "--colour"),
    ("show", "-j"),
    ("show", "-Cfolder"),
    ("show", "--json=yes"),
    ("--", "show"),
    ("hooks", "--", "list"),
    ("show", "-"),
    ("show", A, B),
    ("show", "--kind"),
    ("show", "--kind", "--json"),
    ("show", "--limit", "-1"),
    ("show", "--limit", "many"),
    ("show", "--limit", "1.5"),
    ("show", "--limit", "9" * 5000),
    ("show", "--limit", "x", "--limit", "1"),
    ("show", "--state", "finished"),
    ("show", "--state", "QUEUED"),
    ("show", "--trust", "luck"),
    ("doctor", "--severity", "fatal"),
    ("doctor", A),
    ("--all", "show"),
    ("tree", A, B),
    ("tree", "--depth", "-1"),
    ("status", A),
    ("status", "--all"),
    ("shew",),
    ("add",),
    ("add", A),
    ("add", A, "related", B, C),
    ("add", "--note"),
    ("retire",),
    ("retire", A),
    ("retire", "--reason", "why"),
    ("watch", "--timeout", "soon"),
    ("watch", "--timeout", "-1"),
    ("hooks",),
    ("hooks", "--help"),
    ("hooks", "add"),
    ("hooks", "list", A),
    ("completion", "tcsh"),
    ("mcp", "--allow-write=yes"),
    ("rebuild", A),
    ("rebuild", "--all"),
]


@pytest.fixture(scope="module")
def lendshelf(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample workspace, indexed."""
    root = tmp_path_factory.mktemp("both") / "work"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("cache"))
    workspace = Workspace(root)
    workspace.show()
    return workspace


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with more problems than an answer lists."""
    workspace = Workspace(tmp_path_factory.mktemp("both") / "work")
    workspace.ticket(A, "finished", title='"\\e[31mred"')
    workspace.ticket(B, "queued")
    workspace.ticket(C, "done", bucket="closed")
    workspace.record(A, "blocked_by", D, "tab\there, line\u2028end")
    workspace.record(B, "no_such_kind", A)
    workspace.record(D, "after", A)
    workspace.artifact(C, "relations.json", b"\xff")
    workspace.plan_lines(B, *({"kind": "before"} for _ in range(12)))
    workspace.run("status")
    workspace.run("show")
    return workspace


def compare(workspace: Workspace, arguments: tuple[str, ...]) -> None:
    """Run a plain command line both ways, and compare the answers."""
    fast = timeless(workspace.run(*arguments, command_lines=(FAST_PATH,)))
    assert fast == timeless(workspace.run(*arguments, command_lines=(FULL_COMMAND_LINE,)))


def timeless(ran: Ran) -> Ran:
    """An answer without times and without the number of the generation."""
    took = re.compile(
        r'(check took\s+|"check_seconds":|"generation":|files in |"built_at":")[0-9.eTZ:-]+'
    )
    return replace(ran, out=took.sub(r"\1some", ran.out))


@pytest.mark.parametrize("arguments", PLAIN_LINES, ids=" ".join)
def test_answers_are_the_same(lendshelf: Workspace, arguments: tuple[str, ...]) -> None:
    compare(lendshelf, arguments)


@pytest.mark.parametrize("arguments", PLAIN_LINES, ids=" ".join)
def test_answers_about_problems_are_the_same(
    troubled: Workspace, arguments: tuple[str, ...]
) -> None:
    compare(troubled, arguments)


@pytest.mark.parametrize("command_line", [FAST_PATH, FULL_COMMAND_LINE], ids=["fast", "full"])
def test_both_build_a_missing_index(workspace: Workspace, command_line: CommandLine) -> None:
    workspace.ticket(A)
    ran = workspace.run("show", "--json", command_lines=(command_line,))

    assert (ran.code, ran.json["count"]) == (0, 0)
    assert [error["message"].partition(": ")[0] for error in ran.errors] == ["index"]


@pytest.mark.parametrize("arguments", OTHER_LINES, ids=lambda words: " ".join(words)[:40])
def test_other_command_line_is_left_to_the_full_command_line(
    lendshelf: Workspace, arguments: tuple[str, ...]
) -> None:
    assert FAST_PATH(list(arguments)) is None
    assert "Traceback" not in lendshelf.run(*arguments).err


_WORDS = st.sampled_from(
    ["", "EHKH", "00001K", "-", "--", "blocker", "queued", "3", "-1", "\udcff"]
)


TEXTS = {
    "directory": [".", ".yoi", "/", "nowhere"],
    "kinds": ["blocker", "order", "blocks", "do-not-parallelize", "parent"],
    "limit": ["0", "1", "20", "1_0", "many"],
    "depth": ["0", "1", "20", "-1"],
    "timeout": ["0", "0.25", "1e3", "nan", "-1", "soon"],
    "expect": ["5d1bfa85d6efa87d"],
    "since": ["2026-06-01", "2026-06-09T10:03:41+02:00", "9w", "soon"],
    "author": ["orchestrator", "maintainer", "nobody"],
}
"""Valid and invalid values of parameters."""


def given_option(option: Parameter) -> st.SearchStrategy[list[str]]:
    """An option, in most cases with a valid value."""
    if not option.takes_value:
        return st.just([option.flag])
    texts = list(option.choices) if option.choices else TEXTS.get(option.name, ["text"])
    text = st.sampled_from(texts)
    value = st.one_of(text, text, text, _WORDS)
    two_words = value.map(lambda text: [option.flag, text])
    return st.one_of(two_words, value.map(lambda text: [f"{option.flag}={text}"]))


@st.composite
def lines(draw: st.DrawFn, commands: dict[str, Command]) -> tuple[str, ...]:
    """Command lines from the table, with options in any order, before and after the name."""
    path, command = draw(st.sampled_from([*commands.items()]))
    common = st.one_of([given_option(option) for option in COMMON])
    after = st.one_of([given_option(option) for option in command.options])
    word = _WORDS.map(lambda word: [word])
    parts = [
        part for name in path.split() for part in (*draw(st.lists(common, max_size=1)), [name])
    ]
    rest = [draw(word) for one in command.arguments if one.required or draw(st.booleans())]
    rest += [draw(given_option(one)) for one in command.options if one.required]
    rest += draw(st.lists(st.one_of(after, word) if command.arguments else after, max_size=4))
    return tuple(word for part in (*parts, *draw(st.permutations(rest))) for word in part)


@given(arguments=lines(leaves()))
@settings(max_examples=400, deadline=None)
def test_both_parse_the_same(arguments: tuple[str, ...]) -> None:
    request = fast_path.parse(list(arguments))
    if request is not None:
        assert repr(request) == repr(typer_app.parse(list(arguments)))


READING = {
    path: leaves()[path]
    for path in ("show", "check", "tree", "doctor", "rebuild", "status", "prime")
}


@given(arguments=lines(READING))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_generated_lines_are_answered_the_same(
    lendshelf: Workspace, arguments: tuple[str, ...]
) -> None:
    if fast_path.parse(list(arguments)) is not None:
        compare(lendshelf, arguments)


@pytest.mark.parametrize(("path", "command"), leaves().items(), ids=leaves())
def test_every_command_has_a_fast_path(path: str, command: Command) -> None:
    needed = [one for one in command.parameters if one.required]
    words = [word for one in needed for word in (one.flag, "word") if word]

    request = fast_path.parse([*path.split(), *words])

    assert request is not None
    assert request.command == path


def test_parameters_of_functions_are_those_of_the_table() -> None:
    taken = {path: set(inspect.signature(do).parameters) for path, do in COMMANDS.items()}
    for path, command in leaves().items():
        names = {one.name for one in command.parameters}
        assert {one.removeprefix("_") for one in taken[path]} == {"call", *names}
    assert [*taken] == [*leaves()]


def test_watch_collects_garbage(lendshelf: Workspace) -> None:
    gc.disable()
    try:
        assert lendshelf.run("watch", "--timeout", "0", command_lines=(FAST_PATH,)).code == 124
        assert gc.isenabled()
    finally:
        gc.enable()
