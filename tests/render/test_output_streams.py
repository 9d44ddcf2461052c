"""Unusual streams, working directories and arguments give no traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest
from workspace_builder import A, B, Ran, Workspace


def shell(workspace: Workspace, line: str, **environ: str) -> Ran:
    """Run a shell line in which `relations` is this program."""
    program = f'relations() {{ "{sys.executable}" -m yoi_relations "$@"; }}; {line}'
    ran = subprocess.run(
        ["bash", "-c", program],
        cwd=workspace.root,
        env={"PATH": "/usr/bin:/bin", "YOI_RELATIONS_AUTHOR": "tester"} | environ,
        capture_output=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("relations show >/dev/full", 1, "standard output: "),
        ("relations show nothing-like-it 2>/dev/full", 3, ""),
        ("mkdir gone; cd gone; rmdir ../gone; relations show", 1, "error: "),
        (f"relations add {A} waiting --note - <&-", 2, "standard input"),
        (f"relations retire a:{'1' * 5000} --reason x", 3, "a:1"),
        (f"relations add {A} related {B} --branch ''", 2, "accepted-plan"),
        ("relations show >&-", 0, ""),
    ],
)
def test_unusable_stream_gives_no_traceback(
    edge: Workspace, line: str, code: int, said: str
) -> None:
    ran = shell(edge, line)

    assert (ran.code, said in ran.err, "Traceback" in ran.err) == (code, True, False), ran


HELP = ["--help", "show --help", "add --help", "hooks --help", "hooks list --help", ""]


@pytest.mark.parametrize("asked", ["--version", *HELP])
def test_unwritable_help_is_one_error(edge: Workspace, asked: str) -> None:
    ran = shell(edge, f"relations {asked} >/dev/full")

    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith("error: standard output: ")
    assert os.strerror(errno.ENOSPC) in ran.err


@pytest.mark.parametrize("asked", ["--version", *HELP])
def test_help_ends_quietly_at_a_closed_pipe(edge: Workspace, asked: str) -> None:
    ran = shell(edge, f"relations {asked} | true; exit ${{PIPESTATUS[0]}}")

    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "GITHUB_ACTIONS"])
@pytest.mark.parametrize("line", ["relations --help", "relations show --help", "relations show"])
def test_pipe_gets_no_escape_sequences(edge: Workspace, line: str, variable: str) -> None:
    assert "\x1b" not in shell(edge, line, **{variable: "1"}).out


@pytest.mark.parametrize("sign", ["\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\u2066"])
def test_json_escapes_control_characters(workspace: Workspace, sign: str) -> None:
    workspace.pair()
    workspace.record(A, "blocked_by", B, f"限 a{sign}b")

    out = workspace.run("show", "--json").out

    assert sign not in out
    assert f"限 a\\u{ord(sign):04x}b" in out
