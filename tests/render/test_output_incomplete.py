"""An answer that stdout does not take whole is an error; one that is read slowly is whole."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest
from campaign.mounts import mounted, needs_root
from workspace_builder import A, B, Workspace

RELATIONS = [sys.executable, "-m", "yoi_relations"]
PIPE_SIZE = 65_536
"""Bytes that a pipe holds."""


@pytest.fixture
def large(edge: Workspace) -> Workspace:
    """A workspace whose answer does not fit in a pipe."""
    for _ in range(100):
        edge.record(A, "waiting", note="x" * 2000)
    edge.run("rebuild")
    return edge


COMMAND = ("show", "--all", "--json", "--limit", "0")
BUFFERING = [{}, {"PYTHONUNBUFFERED": "1"}]


@needs_root
@pytest.mark.parametrize("environ", BUFFERING)
def test_full_disk_is_an_error(large: Workspace, environ: dict[str, str]) -> None:
    place = large.root.parent / "disk"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "-o", "size=20k", "none"):
        with (place / "out").open("wb") as out:
            asked = run_into(large, out.fileno(), environ)
        assert 0 < (place / "out").stat().st_size < PIPE_SIZE
    assert asked.returncode == 1
    assert b"standard output: cannot be written: No space left" in asked.stderr


@pytest.mark.parametrize("environ", BUFFERING)
def test_file_size_limit_is_an_error(large: Workspace, environ: dict[str, str]) -> None:
    limit = (10_000, 10_000)
    path = large.root.parent / "out"
    with path.open("wb") as out:
        asked = run_into(
            large, out.fileno(), environ, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        )
    assert path.stat().st_size == limit[0]
    assert asked.returncode == 1
    assert b"standard output: cannot be written: File too large" in asked.stderr


@pytest.mark.parametrize("environ", BUFFERING)
def test_full_nonblocking_pipe_is_an_error(large: Workspace, environ: dict[str, str]) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        asked = run_into(large, writer, environ)
    finally:
        os.close(reader)
        os.close(writer)
    assert asked.returncode == 1
    assert b"standard output: cannot be written: " in asked.stderr


@pytest.mark.parametrize("environ", BUFFERING)
def test_slow_reader_gets_the_whole_answer(large: Workspace, environ: dict[str, str]) -> None:
    reader, writer = os.pipe()
    with subprocess.Popen(
        [*RELATIONS, *COMMAND], cwd=large.root, stdout=writer, env=os.environ | environ
    ) as process:
        os.close(writer)
        parts = []
        while part := os.read(reader, 1000):
            parts.append(part)
        os.close(reader)
        assert process.wait() == 0
    assert b"".join(parts).decode() == large.run(*COMMAND).out


def run_into(
    workspace: Workspace,
    stdout: int,
    environ: dict[str, str],
    before_exec: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*RELATIONS, *COMMAND],
        cwd=workspace.root,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=os.environ | environ,
        preexec_fn=before_exec,  # no thread runs here
        check=False,
    )


WITHOUT_NULL = """
mount -t tmpfs none /dev
"$@" >&-
code=$?
ls -A /dev
exit $code
"""


@needs_root
@pytest.mark.parametrize("command", [("show",), ("add", A, "related", B), ("--help",)])
def test_missing_null_device_creates_no_file(edge: Workspace, command: tuple[str, ...]) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    asked = subprocess.run(
        ["unshare", "-m", "sh", "-c", WITHOUT_NULL, "sh", *RELATIONS, *command],
        cwd=edge.root,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    if b"unshare" in asked.stderr or b"mount:" in asked.stderr:
        pytest.skip(f"nothing can be mounted here: {asked.stderr.decode()}")
    assert (asked.returncode, asked.stdout) == (0, b""), asked
    assert b"Traceback" not in asked.stderr
