"""What `add` and `retire` refuse: the message, the exit code, and unchanged files."""

from __future__ import annotations

import pytest
from workspace_builder import A, B, C, Workspace

LONG_LINE = "x" * 1025
LONG_NOTE = "x" * (16 * 1024 + 1)
PLAN = ("accepted-plan", "--note", "a plan")
RECORD = "01KT0000000000000000000001"


def assert_refused(
    workspace: Workspace, arguments: tuple[str, ...], code: int, *parts: str, stdin: bytes = b""
) -> None:
    """The command is refused with and without --json, and changes nothing."""
    before = workspace.snapshot()
    ran = workspace.run(*arguments, stdin=stdin)
    assert (ran.code, ran.out) == (code, ""), ran
    assert ran.err.splitlines()[-2 if "\nhint: " in ran.err else -1].startswith("error: ")
    assert [part for part in parts if part not in ran.err] == []
    ran = workspace.run("--json", *arguments, stdin=stdin)
    assert (ran.code, ran.out) == (code, "")
    error = ran.errors[-1]["error"]
    assert error.keys() == {"code", "message", "hint"}
    text = f"{error['message']} {error['hint']}"
    assert [part for part in parts if part not in text] == []
    assert workspace.snapshot() == before


@pytest.mark.parametrize(
    ("arguments", "code", "parts"),
    [
        ((A, "blokced-by", B), 2, ["blokced-by", "blocked-by"]),
        ((A, "parent", B), 2, ["parent"]),
        (("blocks", A, B), 2, [f"'{A}'", "add TICKET blocks TARGET"]),
        ((A, B, "Blocked-By"), 2, [f"'{B}'"]),
        ((A, "blocker", B), 2, ["blocker"]),  # a class is not a kind
        ((A, "blocked-by", "ZZZZ"), 3, ["ZZZZ"]),
        (("ZZZZ", "blocked-by", B), 3, ["ZZZZ"]),
        ((A, "blocked-by", "00001KT"), 3, [A, B, f"Title of {A}"]),
        ((A, "blocked-by", A), 2, ["own ticket"]),
        ((A, "related", "AA"), 2, ["own ticket"]),
        ((A, "waiting", "AA", "--note", "x"), 2, ["own ticket"]),
        ((A, "blocked-by"), 2, ["target"]),
        ((A, "waiting"), 2, ["note"]),
        ((A, "waiting", B), 2, ["note"]),
        ((A, "waiting", "--note", " \n "), 2, ["note"]),
        ((A, "accepted-plan"), 2, ["--note"]),
        ((A, "accepted-plan", B, "--note", "x"), 2, ["target"]),
        ((A, "related", B, "--branch", "x"), 2, ["accepted-plan"]),
        ((A, "related", B, "--worktree", "x"), 2, ["accepted-plan"]),
        ((A, "waiting", "--note", "x", "--role-plan", "x"), 2, ["accepted-plan"]),
        ((A, "related", B, "--note", LONG_NOTE), 2, ["note", "16384"]),
        ((A, "related", B, "--note", "十" * 5462), 2, ["note", "16384"]),
        ((A, "related", B, "--note", ""), 2, ["note"]),
        ((A, "related", B, "--note", "a\0b"), 2, ["NUL"]),
        ((A, "related", B, "--note", "a\udcffb"), 2, []),
        ((A, "related", B, "--author", LONG_LINE), 2, ["author", "1024"]),
        ((A, "related", B, "--author", "two\nlines"), 2, ["author"]),
        ((A, "related", B, "--author", " "), 2, ["author"]),
        ((A, *PLAN, "--branch", LONG_LINE), 2, ["branch", "1024"]),
        ((A, *PLAN, "--branch", "two\nlines"), 2, ["branch"]),
        ((A, *PLAN, "--role-plan", LONG_NOTE), 2, ["role_plan", "16384"]),
        ((A, *PLAN, "--worktree", "/srv/trees/a"), 2, ["/srv/trees/a", "relative"]),
        ((A, *PLAN, "--worktree", "~/trees/a"), 2, ["~/trees/a", "relative"]),
        ((A, "accepted-plan", "--note", LONG_NOTE), 2, ["16384"]),
        ((A,), 2, []),
        ((), 2, []),
        ((A, "related", B, "--colour", "red"), 2, ["--colour"]),
    ],
)
def test_add_refuses_invalid_arguments(
    edge: Workspace, arguments: tuple[str, ...], code: int, parts: list[str]
) -> None:
    assert_refused(edge, ("add", *arguments), code, *parts)


@pytest.mark.parametrize(
    ("stdin", "part"),
    [
        (b"", "note"),
        (b" \n", "note"),
        (b"\xff\xfe", "UTF-8"),
        (LONG_NOTE.encode(), "16384"),
        (b"x" * 200_000, "16384"),
        (b"a\0b", "NUL"),
        (b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", "conflict"),
    ],
)
def test_add_refuses_an_invalid_note_on_stdin(edge: Workspace, stdin: bytes, part: str) -> None:
    assert_refused(edge, ("add", A, "related", B, "--note", "-"), 2, part, stdin=stdin)


def test_missing_target_is_refused_even_if_a_record_names_it(edge: Workspace) -> None:
    edge.record(A, "related", C)
    assert_refused(edge, ("add", A, "blocked-by", C), 3, C)


def test_folder_without_item_is_not_a_ticket(edge: Workspace) -> None:
    edge.record(C, "related", A)
    assert_refused(edge, ("add", A, "blocked-by", C), 3, C, "item.md")
    assert_refused(edge, ("add", C, "blocked-by", A), 3, C, "item.md")


def test_id_of_two_folders_is_ambiguous(edge: Workspace) -> None:
    edge.ticket(B, bucket="open")
    assert_refused(edge, ("add", A, "blocked-by", B), 3, B)
    assert_refused(edge, ("add", B, "blocked-by", A), 3, B)


@pytest.mark.parametrize(
    ("record", "reason", "code", "parts"),
    [
        ("01ZZZZZZZZZZZZZZZZZZZZZZZZ", "over", 3, ["01ZZZZZZZZZZZZZZZZZZZZZZZZ"]),
        ("x-0123456789abcdef", "over", 3, ["x-0123456789abcdef"]),
        ("001", "over", 3, ["001"]),  # too short
        ("", "over", 3, []),
        (f".yoi/tickets/{A}/item.md:1", "over", 3, ["item.md:1"]),
        (RECORD, "", 2, ["--reason"]),
        (RECORD, " ", 2, ["--reason"]),
        (RECORD, LONG_NOTE, 2, ["reason", "16384"]),
        (RECORD, "a\0b", 2, []),
    ],
)
def test_retire_refuses_invalid_arguments(
    edge: Workspace, record: str, reason: str, code: int, parts: list[str]
) -> None:
    assert_refused(edge, ("retire", record, "--reason", reason), code, *parts)


def test_retire_needs_a_reason(edge: Workspace) -> None:
    assert_refused(edge, ("retire", RECORD), 2, "--reason")


@pytest.mark.parametrize("name", ["artifacts", "artifacts/relations"])
def test_failed_folder_creation_leaves_no_file(edge: Workspace, name: str) -> None:
    (edge.tickets / B / name).parent.mkdir(exist_ok=True)
    (edge.tickets / B / name).write_text("a file in the way\n")
    assert_refused(edge, ("add", B, "related", A), 1, f"{B}/artifacts")


def test_add_does_not_write_through_a_link(edge: Workspace) -> None:
    outside = edge.root / "outside"
    outside.mkdir()
    (edge.tickets / B / "artifacts").symlink_to(outside)
    assert_refused(edge, ("add", B, "related", A), 1, f"{B}/artifacts")
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("option", ["--branch", "--worktree"])
@pytest.mark.parametrize(
    "value",
    [
        "-x",
        "--upload-pack=x",
        " -x",
        "..",
        "../out",
        "a/../../out",
        "a/..",
        "..\\out",
        "a/ ../b",
        "-",
    ],
)
def test_branch_or_worktree_that_is_an_option_or_leads_out_is_refused(
    workspace: Workspace, option: str, value: str
) -> None:
    workspace.ticket(A)
    before = workspace.snapshot()
    ran = workspace.run("add", A, "accepted-plan", "--note", "so", f"{option}={value}", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.errors[-1]["error"]["code"] == "usage"
    assert workspace.snapshot() == before


@pytest.mark.parametrize("value", ["a-b", "a..b", "work/...", "..a/b", "a/b..", ".hidden"])
def test_similar_branch_and_worktree_are_recorded(workspace: Workspace, value: str) -> None:
    workspace.ticket(A)
    named = ("--branch", value, "--worktree", value)
    assert workspace.run("add", A, "accepted-plan", "--note", "so", *named).code == 0
    (relation,) = workspace.show(A)["relations"]
    assert [relation["plan"]["branch"], relation["plan"]["worktree"]] == [value, value]
