"""Tables, as a person sees them: real processes on a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.color import Color
from workspace_builder import A, B, C, Workspace

from yoi_relations.kinds import KINDS
from yoi_relations.render.glyphs import STATE_GLYPHS, UNKNOWN_GLYPH, VERDICT_GLYPHS
from yoi_relations.render.terminal.cells import FIXED

EXAMPLES = Path(__file__).parents[2] / "examples"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
JAPANESE = "読み仮名で目録を検索できるようにする、全角と半角をならべて"
INFO_GLYPH = "i"


def screen(root: Path, *arguments: str, width: int = 80, **environ: str) -> list[str]:
    """The lines that a command draws on a terminal of `width` columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    kept = {key: text for key, text in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    kept["RELATIONS_PAGER"] = ""
    with subprocess.Popen(
        [sys.executable, "-m", "yoi_relations", *arguments],
        cwd=root,
        env=kept | {"TERM": "xterm-256color", "COLUMNS": str(width)} | environ,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        data = b"".join(iter(lambda: taken(ours), b""))
        os.close(ours)
    assert process.returncode in (0, 4, 5, 9, 10, 11)
    return data.decode().replace("\r\n", "\n").splitlines()


def taken(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # what Linux says when the other side is closed
        return b""


def plain(lines: list[str]) -> list[str]:
    return [ANSI.sub("", line) for line in lines]


def words(lines: list[str]) -> str:
    """The text on the screen, with folded lines joined again."""
    return "".join("".join(plain(lines)).split())


@pytest.fixture
def drawn(workspace: Workspace) -> Workspace:
    """A workspace with every class, wide titles and long notes; one relation is not active."""
    workspace.ticket(A, "queued", title=JAPANESE)
    workspace.ticket(B, "inprogress", title="A plain title of some length that must be folded")
    workspace.ticket(C, "done", title="短い")
    workspace.record(A, "blocked_by", B, "長い説明" * 20)
    workspace.record(A, "after", C, "over")
    workspace.record(A, "conflicts_with", B, "both write " * 12)
    workspace.record(A, "waiting", None, "word" * 60)
    workspace.record(
        B, "accepted_plan", None, "計画\n\nsecond paragraph", branch="work/" + "b" * 90
    )
    workspace.record(A, "related", B)
    return workspace


@pytest.mark.parametrize("width", [80, 100, 160])
@pytest.mark.parametrize("arguments", [("show",), ("show", "--all"), ("show", A), ("status",)])
def test_no_line_is_wider_than_the_terminal(
    drawn: Workspace, arguments: tuple[str, ...], width: int
) -> None:
    lines = plain(screen(drawn.root, *arguments, width=width))
    assert [line for line in lines if cell_len(line.rstrip()) > width] == []
    if arguments in {("show",), ("show", "--all")}:
        assert max(cell_len(line) for line in lines) > width * 0.9  # the width is used


@pytest.mark.parametrize("width", [80, 160])
def test_examples_fit(tmp_path: Path, width: int) -> None:
    workspace = Workspace(tmp_path / "work")
    subprocess.run(["cp", "-r", f"{EXAMPLES}/.yoi", workspace.root], check=True)
    lines = plain(screen(workspace.root, "show", "--all", width=width))
    assert [line for line in lines if cell_len(line.rstrip()) > width] == []


@pytest.mark.parametrize("width", [30, 40, 60, 68, 80, 119, 120, 160])
@pytest.mark.parametrize("old", [False, True])
def test_no_drawn_id_is_broken(drawn: Workspace, width: int, *, old: bool) -> None:
    last = "20260102-030405-a-slug-of-the-old-layout" if old else "00001KT0000DD"
    drawn.ticket(last, "queued", bucket="open" if old else "", title="An older one")
    drawn.record(A, "blocked_by", last, "note " * 9)
    records = [one["id"] for each in drawn.show(A)["relations"] for one in each["records"]]
    short = [A[-5:], B[-5:], last if old else last[-5:]]
    for arguments, ids in (
        (("show",), short),
        (("show", "--all"), [*short, C[-5:]]),
        (("show", A), [A, B, last, *records]),
    ):
        lines = plain(screen(drawn.root, *arguments, width=width))
        for id_ in ids:
            assert any(id_ in line for line in lines), (id_, "\n".join(lines))
        wide = [line for line in lines if cell_len(line.rstrip()) > width]
        whole = (last, "artifacts/relations/")
        assert not [line for line in wide if not any(w in line for w in whole)], "\n".join(lines)


def test_narrow_terminal_loses_no_text_of_a_named_ticket(drawn: Workspace) -> None:
    drawn.record(A, "after", B, "語" * 300)
    for width in (30, 40, 80):
        text = words(screen(drawn.root, "show", A, "--all", width=width))
        for part in (JAPANESE, "queued", "inprogress", "Nottogetherwith", "2026-06-01", "tester"):
            assert part in text
        assert text.count("語") == 300
        assert "notactive:00001KT0000CCisdone" in text
        assert "word" * 60 in text
    assert "branch:work/" + "b" * 90 in words(screen(drawn.root, "show", B, width=40))


def test_relations_are_grouped_by_ticket(drawn: Workspace) -> None:
    for width in (60, 80, 120, 200):
        lines = plain(screen(drawn.root, "show", "--all", width=width))
        headings = [line for line in lines[1:] if line and not line.startswith(" ")]
        assert [line.split()[0] for line in headings] == ["◑", "▶"]
        assert headings[0].endswith(f"{A[-5:]} queued")
        assert headings[1].endswith(f"{B[-5:]} inprogress")
        rows = [line for line in lines if re.match(r"  \w", line)]
        assert [re.split(r"  +", row[2:])[0] for row in rows] == [
            "waits for",
            "after",
            "not together with",
            "waiting",
            "related to",
            "plan",
        ]
        # One column for what is beside the phrase, in all groups.
        assert {re.match(r"  \w+( \w+)*  +", row).end() for row in rows} == {21}  # type: ignore[union-attr]


@pytest.mark.parametrize("width", [40, 80, 90])
def test_note_has_two_lines_below_its_relation(drawn: Workspace, width: int) -> None:
    lines = plain(screen(drawn.root, "show", "--kind", "blocker", width=width))
    assert "waits for" in lines[-3]
    assert lines[-2].strip().startswith("長い説明")
    assert "…" not in lines[-2]
    assert lines[-1].endswith("…")
    assert cell_len(lines[-1]) > width - 3
    at = [re.match(" +", line).end() for line in lines[-2:]]  # type: ignore[union-attr]
    assert at == ([4, 4] if width == 40 else [13, 13])


@pytest.mark.parametrize("width", [120, 200])
def test_note_is_beside_its_relation_if_there_is_room(drawn: Workspace, width: int) -> None:
    lines = plain(screen(drawn.root, "show", width=width))
    rows = [line for line in lines if line.startswith("  ")]
    assert len(rows) == 5
    first, *_ = rows
    assert "長い説明" in first
    assert first.endswith("…")
    after = rows[1].index("both write")
    assert cell_len(first[: first.index("長い説明")]) == cell_len(rows[1][:after])


def test_only_the_last_part_of_a_work_tree_is_in_a_list(workspace: Workspace) -> None:
    workspace.ticket(A)
    plan = {"summary": "How", "branch": "b", "worktree": "/home/somebody/trees/one"}
    workspace.plan_lines(A, {"kind": "accepted_plan", "accepted_plan": plan})
    listed = words(screen(workspace.root, "show"))
    assert "worktree:one" in listed
    assert "somebody" not in listed
    assert "worktree:/home/somebody/trees/one" in words(screen(workspace.root, "show", A))


def test_named_ticket_has_a_section_for_each_meaning(workspace: Workspace) -> None:
    workspace.ticket(A, "queued")
    workspace.ticket(B, "queued")
    workspace.ticket(C, "done")
    for kind in sorted({kind.written for kind in KINDS.values() if not kind.is_note}):
        workspace.record(A, kind, B, f"note of {kind}")
        workspace.record(B, kind, A, f"note of the other {kind}")
    workspace.record(A, "waiting", None, "first waiting note")
    workspace.record(B, "waiting", A, "about the other one")
    workspace.record(A, "after", C)
    lines = plain(screen(workspace.root, "show", A, "--all"))
    assert lines[0] == f"◑ Title of {A} {A} queued"
    headings = [line for line in lines[2:] if line and not line.startswith(" ")]
    assert headings == [
        "Waits for",
        "Comes after",
        "Others wait for it",
        "Others come after it",
        "Not together with",
        "Waiting",
        "References",
        "No longer active",
    ]
    shown = workspace.run("show", A, "--all", "--json").json["relations"]
    for record in (record for relation in shown for record in relation["records"]):
        assert sum(line.endswith(f"record {record['id']}") for line in lines) == 1
        line = f":{record['line']}" if record["line"] else ""
        assert f"{record['path']}{line}" in "".join(lines)
    joined = "\n".join(lines)
    for words_before in (
        "superseded by",
        "supersedes",
        "has the duplicate",
        "named in the waiting",
    ):
        assert f"  {words_before}" in joined


def coloured(lines: list[str]) -> set[str]:
    """The characters that are drawn dim, or in a colour that the terminal did not choose."""
    found = set()
    for line in lines:
        colour = False
        for code, text in re.findall(r"(?:\x1b\[([0-9;]*)m)?([^\x1b]*)", line):
            numbers = [int(number or 0) for number in code.split(";")]
            if code and numbers != [1]:
                colour = numbers != [0]
            found |= set(text) if colour else set()
    return found - {" "}


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "--all"),
        ("show", A, "--all"),
        ("show", "--kind", "order"),
        ("check",),
        ("check", A, B),
        ("doctor", "--severity", "info"),
        ("status",),
        ("verify",),
        ("--help",),
        ("show", "--help"),
    ],
)
@pytest.mark.parametrize("term", ["xterm-256color", "xterm"])
def test_colour_is_only_on_glyphs(drawn: Workspace, arguments: tuple[str, ...], term: str) -> None:
    drawn.record_file(B, "note.md", "no record\n")
    drawn.relations_json(A, {"kind": "related", "target": "nowhere"})
    found = coloured(screen(drawn.root, *arguments, width=120, TERM=term))
    glyphs = {*STATE_GLYPHS.values(), *VERDICT_GLYPHS.values(), UNKNOWN_GLYPH, *INFO_GLYPH}
    assert found <= glyphs
    has_glyphs = arguments[0] in {"show", "check", "doctor"} and "--help" not in arguments
    assert bool(found) == (has_glyphs and term != "xterm" and arguments[1:] != ("--kind", "order"))


@pytest.mark.parametrize("name", FIXED)
def test_colours_differ_from_white_and_from_black(name: str) -> None:
    red, green, blue = (
        (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
        for part in (part / 255 for part in Color.parse(FIXED[name]).get_truecolor())
    )
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    assert min(1.05 / light, light / 0.05) > 3.5


def test_missing_target_and_unknown_state_are_shown(workspace: Workspace) -> None:
    workspace.ticket(A, "finished")
    workspace.record(A, "after", B)
    text = "\n".join(plain(screen(workspace.root, "show", width=160)))
    assert "state unknown" in text
    assert "does not exist" in text


def test_no_color_is_respected(drawn: Workspace) -> None:
    bare = screen(drawn.root, "show", NO_COLOR="1")
    assert coloured(bare) == set()
    assert plain(bare) == plain(screen(drawn.root, "show"))


def test_markup_and_escape_sequences_are_not_interpreted(workspace: Workspace) -> None:
    workspace.ticket(A, title='"[red]title[/red] \\e[31m \\e]0;owned\\a :smile:"')
    workspace.ticket(B)
    note = "[bold]note[/bold] [link=http://x]y[/link]\x1b[2J\x1b[31m\x9b31m \u202e :warning:"
    workspace.run("add", A, "related", B, "--note", "-", stdin=note.encode())
    workspace.run("add", A, "accepted-plan", "--branch", "[b]\\", "--note", "[/nothing]")
    lines = screen(workspace.root, "show", width=160)
    joined = words(lines)
    for part in ("[red]title[/red]", "[bold]note[/bold]", "[link=http://x]y[/link]", "[/nothing]"):
        assert part in joined
    assert "\\x1b[2J\\x1b[31m\\x9b31m" in joined
    assert ":smile:" in joined
    assert ":warning:" in joined
    assert "[b]\\" in joined
    text = "".join(plain(lines))
    assert [sign for sign in text if sign in "\x1b\x07\x9b\u202e"] == []


@pytest.mark.parametrize(
    ("arguments", "said", "unsaid"),
    [
        ((), ["5 active relations on 2 tickets", "--all adds 1"], ["--limit"]),
        (("--all",), ["6 relations"], ["--all", "--limit", "active"]),
        (("--limit", "2"), ["2 of 5", "--limit 0", "--all adds 1"], []),
        (("--limit", "2", "--all"), ["2 of 6", "--limit 0"], ["--all adds"]),
        (("--kind", "blocker"), ["1 active relation on 1 ticket"], ["relations", "--all"]),
    ],
)
def test_first_line_counts_shown_and_hidden_relations(
    drawn: Workspace, arguments: tuple[str, ...], said: list[str], unsaid: list[str]
) -> None:
    first = plain(screen(drawn.root, "show", *arguments, width=160))[0]
    assert [part for part in said if part not in first] == []
    assert [part for part in unsaid if part in first] == []


def test_terminal_gets_200_relations_by_default(workspace: Workspace) -> None:
    workspace.ticket(A)
    entries = [
        {"kind": "accepted_plan", "accepted_plan": {"summary": f"plan {n}"}} for n in range(201)
    ]
    workspace.plan_lines(A, *entries)
    for limit, said in (((), "200 of 201 relations"), (("--limit", "0"), "201 relations")):
        lines = plain(screen(workspace.root, "show", "--all", *limit, width=100))
        assert lines[0].startswith(said)


def test_empty_answer_says_why(workspace: Workspace) -> None:
    def said(*arguments: str) -> str:
        return "\n".join(plain(screen(workspace.root, "show", *arguments)))

    assert "no tickets" in said()
    workspace.ticket(A, "done")
    assert "nothing waits" in said()
    workspace.ticket(A, "queued")
    workspace.ticket(B, "planning")
    assert "2 open tickets" in said()
    assert "relations add TICKET" in said()
    assert "2 open tickets" in said("--kind", "blocker")
    assert f"relations add {A} blocked-by" in said(A)
    record = workspace.record(A, "after", B, "first").stem
    assert "1 active relation" in said("--kind", "blocker", "--state", "queued")
    assert "of this kind" in said(A, "--kind", "blocker")
    assert "--kind" in said(record, "--kind", "blocker")
    workspace.ticket(B, "done")
    assert "--all" in said()
    assert "1 inactive relation" in said()
    assert "1 open ticket" in said()
    assert "--all adds 1" in said(A)
    assert "--all adds 1" in said("--author", "tester")
    workspace.ticket(A, "done")
    assert "nothing waits" in said()
    assert "no longer wait" in said("--state", "done")
    assert "no longer wait" not in said("--state", "queued")


def test_status_starts_with_what_matters(drawn: Workspace) -> None:
    drawn.process("show")
    first = plain(screen(drawn.root, "status"))[0]
    assert first == "Current. 5 active relations on 2 open tickets. No problems."
    drawn.record_file(B, "note.md", "no record\n")
    first = plain(screen(drawn.root, "status", width=160))[0]
    assert "stale" in first
    assert "1 problem" in first
    assert "Not checked" in plain(screen(drawn.root, "status", "--trust", "index"))[0]


def test_errors_on_a_terminal_are_text(drawn: Workspace) -> None:
    ran = drawn.process("show", "nothing", TERM="xterm-256color")
    assert ran.code == 3
    assert "\x1b" not in ran.err
