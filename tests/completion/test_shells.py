"""Completion in real shells on a terminal: what a key press makes of a line, and what it must not.

Where zsh or fish is not installed, its tests are skipped; bash is wherever git is.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.completion.request import TIME_LIMIT

UNUSUAL = "a b;$(touch id)'\"`touch id`\\n:x"
"""An id that a shell would execute if it were not quoted."""
HOSTILE = (
    "$(touch title) `touch title` ; touch title | \\e]0;owned\\a \\u202e ' \\\" \\t \\n %F{red} a:b"
)
READY = "r3ady"
_SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source ./script; PS1=r3a'dy '"),
    "zsh": (
        ["zsh", "-f", "-i"],
        "autoload -Uz compinit; compinit -u -D; source ./script; bindkey -e; PROMPT=r3a'dy '",
    ),
    "fish": (
        ["fish", "--no-config", "-i"],
        "source ./script; function fish_prompt; echo r3a'dy '; end",
    ),
}


_ON_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def environ(root: Path) -> dict[str, str]:
    """The environment of a shell: the program on PATH, and no user settings."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(root.parent),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
        "HISTFILE": "",
        "COLUMNS": "120",
    }


class Terminal:
    """A shell in a workspace, on its own terminal."""

    def __init__(self, shell: str, workspace: Workspace) -> None:
        self.root = workspace.root
        command, setup = _SHELLS[shell]
        script = workspace.process("completion", shell).out
        (self.root / "script").write_text(script, "utf-8")
        self.seen = ""
        self.fd, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _ON_ITS_TERMINAL, *command],
            cwd=self.root,
            env=os.environ | environ(self.root),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.write(f"{setup}\r")
        self.wait_for(READY)

    def write(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def wait_for(self, text: str) -> str:
        """The output up to `text`."""
        start, end = len(self.seen), time.monotonic() + 20
        while text not in self.seen[start:]:
            if time.monotonic() > end:
                pytest.fail(f"no {text!r} in {self.seen[start:]!r}")
            self.read(0.2)
        return self.seen[start:]

    def read(self, seconds: float) -> None:
        if select.select([self.fd], [], [], seconds)[0]:
            self.seen += os.read(self.fd, 65536).decode("utf-8", "replace")

    def completed(self, line: str) -> str:
        """The words of `line` after a Tab key, as the shell would pass them to the program.

        If completion took so long that it was given up, the key is pressed again.
        """
        for _ in range(5):
            start = time.monotonic()
            found = self._pressed(line)
            if time.monotonic() - start < TIME_LIMIT:
                break
        return found

    def _pressed(self, line: str) -> str:
        out = self.root / "out"
        out.unlink(missing_ok=True)
        self.write(f"{line}\t\x01python3 show.py \x05\r")
        end = time.monotonic() + 20
        while not out.exists() or not out.read_text().endswith("\0"):
            if time.monotonic() > end:
                pytest.fail(f"nothing came of {line!r}: {self.seen!r}")
            self.read(0.1)
        return out.read_text()[:-1]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.fd)


@pytest.fixture
def unusual(workspace: Workspace) -> Workspace:
    """A workspace with titles and ids that a shell could misread."""
    workspace.ticket(A, title=f'"{HOSTILE}"')
    workspace.ticket(B, title="'Mail: with a colon'", slug="send-mail")
    workspace.ticket(C, title="Mail once more")
    workspace.ticket(UNUSUAL, title="of an unusual folder")
    workspace.record(A, "blocked_by", B, "why")
    workspace.process("rebuild")
    (workspace.root / "show.py").write_text(
        "import sys; open('out', 'w').write('|'.join(sys.argv[1:]) + '\\0')\n"
    )
    return workspace


@pytest.fixture(params=sorted(_SHELLS))
def terminal(request: pytest.FixtureRequest, unusual: Workspace) -> Iterator[Terminal]:
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    terminal = Terminal(shell, unusual)
    yield terminal
    terminal.close()


def test_words_are_completed(terminal: Terminal) -> None:
    for line, completed in {
        "relations reb": "relations|rebuild",
        "relations show --eve": "relations|show|--eve",
        "relations show 0AA": f"relations|show|{A}",
        "relations show 00001": "relations|show|00001KT0000",
        "relations check 0AA 0B": f"relations|check|0AA|{B}",
        "relations add 0AA blocks 0B": f"relations|add|0AA|blocks|{B}",
        "relations add 0AA blocked_": "relations|add|0AA|blocked-by",
        "relations show --kind cap": "relations|show|--kind|capacity",
        "relations show --kind=cap": "relations|show|--kind=capacity",
        "relations --trust=in": "relations|--trust=index",
        "relations show --state qu": "relations|show|--state|queued",
        "relations -C .yoi/tic": "relations|-C|.yoi/tickets",
        "relations retire 00BB": f"relations|retire|{ulid(1)}",
    }.items():
        assert terminal.completed(line).removesuffix("/") == completed


def test_unusual_id_is_quoted_and_nothing_runs(terminal: Terminal) -> None:
    assert terminal.completed("relations show a") == f"relations|show|{UNUSUAL}"
    assert {path.name for path in terminal.root.iterdir()} == {".yoi", "out", "script", "show.py"}


def test_list_shows_escaped_titles(terminal: Terminal) -> None:
    terminal.write("relations show 00001KT0000\t\t")

    listed = terminal.wait_for("Mail once more")

    assert "touch title" in listed
    assert "owned" in listed
    assert "\x1b]0;owned" not in terminal.seen
    terminal.write("\x15")
    assert terminal.completed("relations reb") == "relations|rebuild"
    assert {path.name for path in terminal.root.iterdir()} == {".yoi", "out", "script", "show.py"}
