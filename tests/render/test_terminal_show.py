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
from workspace_builder import A, B, C, Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
JAPANESE = "読み仮名で目録を検索できるようにする、全角と半角をならべて"
STATES = ("planning", "ready", "queued", "inprogress", "done", "closed")


def screen(root: Path, *arguments: str, width: int = 80, **environ: str) -> list[str]:
    """The lines that a command draws on a terminal of `width` columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    kept = {key: text for key, text in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
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
    assert process.returncode in (0, 4)
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
    if arguments[0] == "show":
        assert max(cell_len(line) for line in lines) > width * 0.9  # the width is used


@pytest.mark.parametrize("width", [80, 160])
def test_examples_fit(tmp_path: Path, width: int) -> None:
    workspace = Workspace(tmp_path / "work")
    subprocess.run(["cp", "-r", f"{EXAMPLES}/.yoi", workspace.root], check=True)
    lines = plain(screen(workspace.root, "show", "--all", width=width))
    assert [line for line in lines if cell_len(line.rstrip()) > width] == []


@pytest.mark.parametrize("width", [30, 40, 60, 68, 69, 74, 75, 80, 100, 120, 160])
@pytest.mark.parametrize("old", [False, True])
def test_no_drawn_id_is_broken(drawn: Workspace, width: int, *, old: bool) -> None:
    last = "20260102-030405-a-slug-of-the-old-layout" if old else "00001KT0000DD"
    drawn.ticket(last, "queued", bucket="open" if old else "", title="An older one")
    drawn.record(A, "blocked_by", last, "note " * 9)
    records = [one["id"] for each in drawn.show(A)["relations"] for one in each["records"]]
    for arguments, ids in (
        (("show",), [A, B, last]),
        (("show", "--all"), [A, B, C, last]),
        (("show", A), [A, B, last, *records]),
    ):
        lines = plain(screen(drawn.root, *arguments, width=width))
        for id_ in ids:
            assert any(id_ in line for line in lines), (id_, "\n".join(lines))
        wide = [line for line in lines if cell_len(line.rstrip()) > width]
        assert not [line for line in wide if not line.startswith(last)], "\n".join(lines)


def test_narrow_terminal_loses_no_text(drawn: Workspace) -> None:
    drawn.record(A, "after", B, "語" * 300)
    said = (JAPANESE, "queued", "inprogress", "conflictswith", "work/" + "b" * 90, "tester")
    for arguments, signs in (((), 240), ((A,), 300)):
        lines = plain(screen(drawn.root, "show", *arguments, width=40))
        assert not any("Relation" in line for line in lines)
        text = words(lines)
        assert [part for part in said if part not in text] == [said[4]] * len(arguments)
        assert text.count("語") == signs
    over = screen(drawn.root, "show", "--all", "--kind", "order", width=40)
    assert any(re.search(r"\x1b\[2mcomes after", line) for line in over), over


def columns(lines: list[str]) -> dict[str, str]:
    """The text of each column of a table, without white space."""
    heading = next(line for line in lines if "Ticket" in line and "Note" in line)
    names = heading.split()
    starts = [heading.index(name) for name in names]
    texts = dict.fromkeys(names, "")
    for line in lines[lines.index(heading) + 2 : -1]:
        at = 0
        for sign in line:
            column = max((n for n, start in enumerate(starts) if start <= at), default=0)
            edge = starts[column + 1] if column + 1 < len(starts) else cell_len(line)
            assert at + cell_len(sign) <= edge, f"{sign} stands across an edge in {line!r}"
            texts[names[column]] += sign.strip()
            at += cell_len(sign)
    return texts


@pytest.mark.parametrize("width", [80, 100, 160])
def test_wide_text_is_folded_in_its_column(drawn: Workspace, width: int) -> None:
    texts = columns(plain(screen(drawn.root, "show", "--kind", "blocker", width=width)))
    assert texts["Ticket"] == f"{A}queued{JAPANESE}"
    assert texts["Target"] == f"{B}inprogressAplaintitleofsomelengththatmustbefolded"
    assert texts["Note"].startswith("長い説明" * 20)
    assert "blockedby" in texts.values()


def test_named_ticket_shows_whole_notes(drawn: Workspace) -> None:
    drawn.record(A, "after", B, "語" * 1000)
    asked = ("show", A, "--kind", "order")
    assert columns(plain(screen(drawn.root, *asked)))["Note"].count("語") == 1000
    listed = columns(plain(screen(drawn.root, "show", "--kind", "order")))["Note"]
    assert 0 < listed.count("語") < 1000
    assert "…" in listed


def test_both_titles_and_states_are_shown(drawn: Workspace) -> None:
    text = "\n".join(plain(screen(drawn.root, "show", "--kind", "blocker", width=160)))
    for part in ("queued", "inprogress", "読み仮名", "A plain title", "tester", "2026-06-01"):
        assert part in text


@pytest.mark.parametrize("state", STATES)
def test_states_are_coloured(workspace: Workspace, state: str) -> None:
    workspace.pair("related", states=(state, "planning"))
    text = "\n".join(screen(workspace.root, "show"))
    assert re.search(rf"\x1b\[[0-9;]*3[0-9][0-9;]*m{state}", text), text


def test_missing_target_and_unknown_state_are_shown(workspace: Workspace) -> None:
    workspace.ticket(A, "finished")
    workspace.record(A, "after", B)
    text = "\n".join(plain(screen(workspace.root, "show", width=160)))
    assert "state unknown" in text
    assert "does not exist" in text


def test_no_color_is_respected(drawn: Workspace) -> None:
    coloured = screen(drawn.root, "show")
    bare = screen(drawn.root, "show", NO_COLOR="1")
    codes = set(re.findall(r"\x1b\[([0-9;]*)m", "".join(bare)))
    numbers = {int(number) for code in codes for number in code.split(";") if number}
    assert not [number for number in numbers if 30 <= number <= 49 or 90 <= number <= 107]
    assert plain(bare) == plain(coloured)
    assert any(re.search(r"\x1b\[[0-9;]*3[0-7]m", line) for line in coloured)


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
        ((), ["5 active relations", "--all adds 1"], ["--limit"]),
        (("--all",), ["6 relations"], ["--all", "--limit", "active"]),
        (("--limit", "2"), ["2 of 5", "--limit 0", "--all adds 1"], []),
        (("--limit", "2", "--all"), ["2 of 6", "--limit 0"], ["--all adds"]),
        (("--kind", "order"), ["0 active relations", "--all adds 1"], []),
        (("--kind", "blocker"), ["1 active relation"], ["relations", "--all"]),
        ((B,), ["4 active relations"], ["--all"]),
    ],
)
def test_last_line_counts_shown_and_hidden_relations(
    drawn: Workspace, arguments: tuple[str, ...], said: list[str], unsaid: list[str]
) -> None:
    last = plain(screen(drawn.root, "show", *arguments, width=160))[-1]
    assert [part for part in said if part not in last] == []
    assert [part for part in unsaid if part in last] == []


def test_terminal_gets_200_relations_by_default(workspace: Workspace) -> None:
    workspace.ticket(A)
    entries = [
        {"kind": "accepted_plan", "accepted_plan": {"summary": f"plan {n}"}} for n in range(201)
    ]
    workspace.plan_lines(A, *entries)
    for limit, said in (((), "200 of 201 relations"), (("--limit", "0"), "201 relations")):
        lines = plain(screen(workspace.root, "show", "--all", *limit, width=100))
        assert lines[-1].startswith(said)


def test_empty_workspace_is_reported(workspace: Workspace) -> None:
    assert plain(screen(workspace.root, "show"))[-1].startswith("0 active relations")


def test_errors_on_a_terminal_are_text(drawn: Workspace) -> None:
    ran = drawn.process("show", "nothing", TERM="xterm-256color")
    assert ran.code == 3
    assert "\x1b" not in ran.err
