"""Long answers in a pager: real pagers on a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace

ROWS = 12
STARTED: list[Session] = []
"""The sessions of the running test."""


class Session:
    """A command on a terminal, of which it is the leader, as in a shell without jobs."""

    def __init__(self, root: Path, *arguments: str, **environ: str) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, 80, 0, 0))
        unset = {"RELATIONS_PAGER", "PAGER", "LESS", "COLUMNS", "LINES", "NO_COLOR"}
        kept = {key: text for key, text in os.environ.items() if key not in unset}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *arguments],
            cwd=root,
            env=kept | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | environ,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        self.data = b""
        STARTED.append(self)

    def read_until(self, wanted: bytes, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while wanted not in self.data:
            assert time.monotonic() < end, (wanted, self.data)
            self._read(0.2)

    def _read(self, seconds: float) -> bool:
        if not select.select([self.leader], [], [], seconds)[0]:
            return True
        try:
            part = os.read(self.leader, 65536)
        except OSError:  # what Linux says when the other side is closed
            return False
        self.data += part
        return bool(part)

    def press(self, keys: bytes) -> None:
        os.write(self.leader, keys)

    def press_until_end(self, keys: bytes) -> None:
        """Press keys again and again: less discards what is typed while it handles a signal."""
        end = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < end:
            self.press(keys)
            self._read(0.2)

    def kill(self) -> None:
        """Leave no process and no descriptor."""
        self.process.kill()
        self.process.wait()
        os.close(self.leader)

    def end(self, seconds: float = 20) -> tuple[str, int]:
        """The output, and the exit status."""
        end = time.monotonic() + seconds
        while self._read(0.2) or self.process.poll() is None:
            assert time.monotonic() < end, self.data
            if self.process.poll() is not None and not select.select([self.leader], [], [], 0)[0]:
                break
        code = self.process.wait(5)
        return self.data.decode().replace("\r\n", "\n"), code


START = """\
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from yoi_relations.__main__ import main
main()
"""
"""The program, with the terminal as the one that controls it."""


@pytest.fixture(autouse=True)
def sessions_end() -> Iterator[None]:
    """No session outlives its test, whatever fails."""
    yield
    while STARTED:
        STARTED.pop().kill()


@pytest.fixture
def long(workspace: Workspace) -> Workspace:
    """A workspace whose answers are longer than the terminal; the verdict on A is hold."""
    workspace.pair("blocked_by", "why", states=("queued", "inprogress"))
    for number in range(20):
        workspace.record(A, "waiting", None, f"note {number} 語")
        workspace.ticket(f"00001KT0001{number:02}", "queued")
    workspace.process("show")
    return workspace


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    """A pager that says what it was given."""
    script = tmp_path / "a pager"
    script.write_text('#!/bin/sh\necho "paged: LESS=$LESS"\nexec cat\n')
    script.chmod(0o755)
    return script


def test_less_shows_a_long_answer_and_the_exit_status_stays(long: Workspace) -> None:
    session = Session(long.root, "check", LESSCHARSET="utf-8")
    session.read_until(b"hold")
    session.read_until(b":")
    assert session.process.poll() is None
    session.press(b"q")
    out, code = session.end()
    assert code == 10
    assert "\x1b[38;5;" in out
    assert "ESC" not in out


def test_interrupt_in_less_is_for_less(long: Workspace) -> None:
    session = Session(long.root, "show")
    session.read_until(b":")
    session.press(b"\x03")
    with pytest.raises(subprocess.TimeoutExpired):
        session.process.wait(0.5)
    session.press_until_end(b"q")
    out, code = session.end()
    assert code == 0
    assert "Traceback" not in out


def test_interrupt_that_ends_the_pager_leaves_cleanly(long: Workspace, pager: Path) -> None:
    pager.write_text("#!/bin/sh\necho paged\nexec sleep 60\n")
    session = Session(long.root, "check", PAGER=f"'{pager}'")
    session.read_until(b"paged")
    session.press(b"\x03")
    out, code = session.end()
    assert code == 10
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("environ", "paged"),
    [
        ({"PAGER": "{pager}"}, True),
        ({"RELATIONS_PAGER": "{pager}", "PAGER": "false"}, True),
        ({"RELATIONS_PAGER": "", "PAGER": "{pager}"}, False),
        ({"RELATIONS_PAGER": "cat", "PAGER": "{pager}"}, False),
        ({"PAGER": ""}, False),
        ({"PAGER": "cat"}, False),
        ({"PAGER": "no-such-pager"}, False),
        ({"RELATIONS_PAGER": "/", "PAGER": "{pager}"}, False),
        ({"PATH": "/nowhere"}, False),
    ],
)
@pytest.mark.parametrize("command", [("show",), ("check",), ("show", A)])
def test_pager_is_the_one_of_the_environment(
    long: Workspace, pager: Path, environ: dict[str, str], command: tuple[str, ...], *, paged: bool
) -> None:
    values = {key: text.format(pager=f"'{pager}'") for key, text in environ.items()}
    out, code = Session(long.root, *command, **values).end()
    assert code == (10 if command == ("check",) else 0)
    assert out.count("paged: LESS=FRX") == paged
    direct, _ = Session(long.root, *command, "--no-pager", PAGER=f"'{pager}'").end()
    assert out.endswith(direct)
    assert "paged" not in direct


def test_less_of_the_environment_stays(long: Workspace, pager: Path) -> None:
    out, _ = Session(long.root, "show", PAGER=f"'{pager}'", LESS="-S").end()
    assert "paged: LESS=-S" in out


def test_pager_that_ends_early_is_no_error(long: Workspace) -> None:
    for number in range(100):
        long.record(A, "waiting", None, f"note {number} " + "word " * 2000)
    out, code = Session(long.root, "show", A, PAGER="head -n 1").end()
    assert code == 0
    assert "◑" in out
    assert len(out.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("show", "--kind", "blocker"),
        ("check", A, "--json"),
        ("show", "--plain"),
        ("status",),
        ("doctor",),
    ],
)
def test_other_answers_start_no_pager(
    long: Workspace, pager: Path, command: tuple[str, ...]
) -> None:
    out, _ = Session(long.root, *command, PAGER=f"'{pager}'").end()
    assert out
    assert "paged" not in out


def test_long_diagnosis_is_paged(long: Workspace, pager: Path) -> None:
    for number in range(9):
        long.record_file(B, f"note{number}.md", "no record\n")
    out, code = Session(long.root, "doctor", PAGER=f"'{pager}'").end()
    assert code == 5
    assert "paged" in out
