"""A git process: its input and output, its limits, and its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from yoi_relations.errors import GitError, GitTimeoutError
from yoi_relations.git import process as git_process
from yoi_relations.git.process import GitProcess, run_git

LARGE = b"".join(b"%d\n" % number for number in range(200_000))


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The script that is found as git."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    script = folder / "git"
    script.touch(0o755)
    return script


def run(silence: float = 60.0, stdin: bytes = b"") -> git_process.Finished:
    return run_git(("word",), dict(os.environ), silence, stdin)


def test_large_input_and_output_pass_through(scripted: Path) -> None:
    scripted.write_text("#!/bin/sh\ncat\n")
    assert run(stdin=LARGE) == (0, LARGE, b"")


def test_errors_are_kept_up_to_a_limit_and_never_block(scripted: Path) -> None:
    scripted.write_text("#!/bin/sh\ncat >&2\necho end\nexit 3\n")
    ran = run(stdin=LARGE)
    assert (ran.returncode, ran.stdout) == (3, b"end\n")
    assert LARGE.startswith(ran.stderr)
    assert len(ran.stderr) == 1 << 16


def test_output_beyond_the_limit_is_an_error(
    scripted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_process, "OUTPUT_LIMIT", 1 << 20)
    scripted.write_text("#!/bin/sh\nexec cat /dev/zero\n")
    with pytest.raises(GitError):
        run()


def test_silent_git_is_killed_with_its_children(scripted: Path, tmp_path: Path) -> None:
    scripted.write_text(f"#!/bin/sh\necho 1\nsleep 300 &\necho $! >{tmp_path}/child\nwait\n")
    start = time.monotonic()
    with pytest.raises(GitTimeoutError):
        run(silence=0.2)
    assert time.monotonic() - start < 60
    child = (tmp_path / "child").read_text().strip()
    deadline = time.monotonic() + 10
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(child)


def is_running(process: str) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_git_that_is_left_early_is_killed_and_no_descriptor_stays(scripted: Path) -> None:
    scripted.write_text("#!/bin/sh\necho $$\nexec sleep 300\n")
    before = set(os.listdir("/proc/self/fd"))
    with GitProcess(("word",), dict(os.environ), 60.0, None) as process:
        number = process.until(b"\n")
    assert number
    assert not Path(f"/proc/{number.decode()}").exists()
    assert set(os.listdir("/proc/self/fd")) == before


def test_output_is_read_in_pieces(scripted: Path) -> None:
    scripted.write_text("#!/bin/sh\nread line\nprintf 'one\\n%s' \"$line\"\nprintf 'xxxtwo\\n'\n")
    with GitProcess(("word",), dict(os.environ), 60.0, None) as process:
        process.write(b"abc\n")
        assert process.until(b"\n") == b"one"
        assert process.exactly(3) == b"abc"
        process.skip(3)
        assert process.until(b"\n") == b"two"
        assert process.until(b"\n") is None
        process.check()


@pytest.mark.parametrize("read", [lambda git: git.exactly(9), lambda git: git.until(b"\n")])
def test_incomplete_output_is_an_error_with_what_git_says(
    scripted: Path, read: Callable[[GitProcess], object]
) -> None:
    scripted.write_text("#!/bin/sh\nprintf part\necho 'fatal: the reason' >&2\nexit 1\n")
    with (
        GitProcess(("word",), dict(os.environ), 60.0, b"") as process,
        pytest.raises(GitError, match="the reason"),
    ):
        read(process)


def test_failing_git_is_an_error_although_the_output_is_complete(scripted: Path) -> None:
    scripted.write_text("#!/bin/sh\necho all\nexit 1\n")
    with GitProcess(("word",), dict(os.environ), 60.0, b"") as process:
        assert process.until(b"\n") == b"all"
        with pytest.raises(GitError):
            process.check()


def test_git_that_ends_before_the_question_is_an_error(scripted: Path) -> None:
    scripted.write_text("#!/bin/sh\necho 'fatal: the reason' >&2\nexit 1\n")
    with (
        GitProcess(("word",), dict(os.environ), 60.0, None) as process,
        pytest.raises(GitError, match="the reason"),
    ):
        ask_for_ever(process)


def ask_for_ever(process: GitProcess) -> None:
    while True:
        process.write(b"question\n")


def test_input_needs_no_file_in_memory(scripted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "memfd_create", refuse)
    scripted.write_text("#!/bin/sh\ncat\n")
    assert run(stdin=LARGE).stdout == LARGE
    assert run().stdout == b""


@pytest.mark.parametrize("closed", ["<&-", "<&- >&- 2>&-"])
def test_process_without_standard_streams_can_ask_git(tmp_path: Path, closed: str) -> None:
    script = (
        "import os, sys\n"
        "from yoi_relations.git.process import run_git\n"
        "ran = run_git(('hash-object', '--stdin'), dict(os.environ), 60.0, b'x')\n"
        f"open({str(tmp_path / 'out')!r}, 'wb').write(ran.stdout)\n"
    )
    subprocess.run(["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, script], check=True)
    assert (tmp_path / "out").read_text() == "c1b0730e0133447badcfd47fd144e254807b06e1\n"


def test_missing_git_is_an_error_and_no_descriptor_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(FileNotFoundError):
        run()
    assert set(os.listdir("/proc/self/fd")) == before


def test_git_has_the_usual_reaction_to_a_closed_pipe(scripted: Path) -> None:
    # Python ignores this signal, and a program that it starts would inherit that.
    scripted.write_text("#!/bin/sh\ngrep SigIgn /proc/self/status\n")
    ignored = int(run().stdout.split()[1], 16)
    assert ignored & (1 << 12) == 0
