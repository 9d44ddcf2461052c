"""Every ticket and verdict is shown on any terminal."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from workspace_builder import AT, FAST_PATH, FULL_COMMAND_LINE, A, B, C, D, Workspace, git

from yoi_relations.kinds import KINDS
from yoi_relations.render.glyphs import short_ids
from yoi_relations.render.output import MIN_TABLE_WIDTH
from yoi_relations.states import State

OLD = "20260102-030405-a-slug-of-the-old-layout"
TEXTS = st.sampled_from(
    [
        "plain words of some length, more than one line of them",
        "読み仮名で目録を検索できるようにする、全角と半角をならべて",
        "الحالة: جاهز للعمل",
        "👩‍👩‍👧‍👦 emoji e\u0301 \u200b",
        "[bold]markup[/bold] \x1b[31m",
        "x" * 300,
        "a" + "\u0301" * 40,
    ]
)
ENCODINGS = ("utf-8", "ascii", "latin-1", "shift_jis", "cp1252")
TERMS = ("xterm-256color", "dumb", "unknown", "", "vt52", "no-such-terminal")


class Terminal(io.TextIOWrapper):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def drawn(workspace: Workspace, *arguments: str, encoding: str = "utf-8", **environ: str) -> str:
    """The output of a command on a terminal, without colours."""
    data = io.BytesIO()
    out = Terminal(data, encoding=encoding, errors="strict")
    kept = {key: text for key, text in os.environ.items() if key not in {"NO_COLOR", "COLUMNS"}}
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()) as stderr,
        contextlib.chdir(workspace.root),
        mock.patch.dict(os.environ, kept | environ, clear=True),
    ):
        code = FAST_PATH(list(arguments))
        code = FULL_COMMAND_LINE(list(arguments)) if code is None else code
        out.flush()
    assert code in {0, 4, 5, 9, 10, 11}, stderr.getvalue()
    return re.sub(r"\x1b\[[0-9;]*m", "", data.getvalue().decode(encoding))


def built(root: Path, states: list[State], text: str) -> Workspace:
    """A workspace with every kind in every format that has it, between tickets in these states."""
    workspace = Workspace(root)
    ids = (A, B, C, D)
    for id_, state in zip(ids, states, strict=True):
        title = "".join(f"\\U{ord(sign):08x}" for sign in text[:60])
        workspace.ticket(id_, state, title=f'"{title}"')
    workspace.ticket(OLD, states[0], bucket="open")
    note = text.replace("\x1b", "")
    for number, kind in enumerate(sorted({kind.written for kind in KINDS.values()})):
        holder, target = ids[number % 4], ids[(number + 1) % 4]
        if kind in {"waiting", "accepted_plan"}:
            workspace.record(holder, kind, None, note)
        else:
            workspace.record(holder, kind, target, note)
    workspace.record(A, "blocked_by", OLD, note)
    workspace.record(OLD, "blocked_by", "nowhere", note)
    workspace.plan_lines(B, {"kind": "waiting_capacity_note", "note": note, "at": AT})
    return workspace


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    width=st.integers(1, 300),
    encoding=st.sampled_from(ENCODINGS),
    term=st.sampled_from(TERMS),
    states=st.lists(st.sampled_from(sorted(State)), min_size=4, max_size=4),
    text=TEXTS,
)
def test_tables_show_every_ticket_and_verdict(
    width: int, encoding: str, term: str, states: list[State], text: str
) -> None:
    with TemporaryDirectory() as folder:
        workspace = built(Path(folder) / "work", states, text)
        git(workspace, "init", "--quiet")
        checks = {
            one["ticket"]: one["verdict"]
            for one in workspace.run("check", A, B, OLD, "--json").json["checks"]
        }
        listed = {
            one["ticket"]
            for one in workspace.run("check", "--json").json["checks"]
            if [why["code"] for why in one["reasons"] if why["verdict"] != "clear"] != ["state"]
        }
        rows = workspace.run("show", "--limit", "0", "--json").json["relations"]
        shown = {one["ticket"] for one in rows} | {one["target"] for one in rows if one["target"]}
        findings = workspace.run("doctor", "--severity", "info", "--json").json["findings"]
        wanted = {
            ("show", "--limit", "0"): set(short_ids(shown).values()),
            ("show", A, "--all"): {A, B},
            ("check",): set(short_ids(listed).values()),
            ("check", A, B, OLD): {A, B, OLD, *checks.values()},
            ("tree", "--all"): {OLD, "nowhere", *(id_[-5:] for id_ in (A, B, C, D)), *states},
            ("doctor", "--severity", "info"): {one["path"] for one in findings},
            ("status",): {".yoi/tickets", "5", "dependency"},
            ("verify",): {"the index matches"} if width >= MIN_TABLE_WIDTH else set(),
            ("hooks", "list"): {"post-checkout", "post-merge", "post-rewrite"},
        }
        for arguments, names in wanted.items():
            if width < MIN_TABLE_WIDTH and arguments in {("show", "--limit", "0"), ("check",)}:
                continue
            environ = {"COLUMNS": str(width), "TERM": term}
            out = drawn(workspace, *arguments, encoding=encoding, **environ)
            joined = "".join(out.split())
            missing = [name for name in names if "".join(name.split()) not in joined]
            assert not missing, (arguments, missing, out)
            if arguments[0] in {"show", "check"} and width >= MIN_TABLE_WIDTH:
                lines = [line.rstrip() for line in out.splitlines()]
                wide = [line for line in lines if cell_len(line) > width]
                # Ids and paths are never broken; nothing else is wider than the terminal.
                whole = (OLD, "nowhere", ".yoi/", *(A, B, C, D), "digest ")
                assert not [line for line in wide if not any(w in line for w in whole)], out


@pytest.mark.parametrize("columns", ["0", "00", "", "-1", "x", "²", "1e3", "9" * 30])
def test_invalid_width_is_ignored(workspace: Workspace, columns: str) -> None:
    workspace.pair("blocked_by", "why", states=("queued", "planning"))
    for arguments in (("show",), ("check",), ("check", A), ("doctor",), ("status",)):
        drawn_so = drawn(workspace, *arguments, COLUMNS=columns)
        if columns != "9" * 30:
            assert drawn_so.count("\t") == 0
            usual = drawn(workspace, *arguments, COLUMNS="80")
            took = re.compile(r"check took.*")
            assert took.sub("", drawn_so) == took.sub("", usual)
        assert "A" in drawn_so or arguments[0] in {"doctor", "status"}
    assert drawn(workspace, "--help", COLUMNS="0").strip()


@pytest.mark.parametrize("columns", [1, 10, MIN_TABLE_WIDTH - 1])
def test_answer_below_twenty_columns_is_lines(workspace: Workspace, columns: int) -> None:
    workspace.pair("blocked_by", "why", states=("queued", "planning"))
    for arguments in (("show",), ("check",), ("doctor",), ("hooks", "list")):
        if arguments[0] == "hooks":
            git(workspace, "init", "--quiet")
        assert (
            drawn(workspace, *arguments, COLUMNS=str(columns))
            == workspace.run(*arguments, "--plain").out
        )
