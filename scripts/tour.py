"""Run the README's tour in a copy of the sample workspace, and write what it prints into it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

ROOT = Path(__file__).parent.parent
COLUMNS = 80
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_ULID = re.compile(r"\b01[0-9A-HJKMNP-TV-Z]{24}\b")


def on_terminal(arguments: list[str], folder: Path, columns: int = COLUMNS) -> str:
    """What a command prints on a terminal without colours, without trailing spaces."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environ = os.environ | {"NO_COLOR": "1", "TERM": "xterm", "YOI_RELATIONS_AUTHOR": "you"}
    environ.pop("COLUMNS", None)
    with subprocess.Popen(
        arguments, cwd=folder, env=environ, stdin=follower, stdout=follower, stderr=follower
    ):
        os.close(follower)
        data = _drain(leader)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", data.decode()).replace("\r\n", "\n")
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _drain(leader: int) -> bytes:
    parts = []
    try:
        while part := os.read(leader, 65536):
            parts.append(part)
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(leader)
    return b"".join(parts)


def toured(text: str) -> str:
    """`text` with every console block's commands run, and their output below them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "examples"
        shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns("cache"))
        _run("relations rebuild", folder)
        return _BLOCK.sub(lambda block: f"```console\n{_rerun(block[1], folder)}```", text)


def same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but the ids of records made on the way."""
    return _ULID.sub("ULID", one) == _ULID.sub("ULID", other)


def _rerun(block: str, folder: Path) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_run(command[2:], folder)}" for command in commands)


def _run(command: str, folder: Path) -> str:
    words = shlex.split(command)
    if words[0] != "relations":
        raise SystemExit(f"the tour runs nothing but relations: {command}")
    return on_terminal([sys.executable, "-m", "yoi_relations", *words[1:]], folder)


def main() -> int:
    """Rewrite the README, where the output is another."""
    readme = ROOT / "README.md"
    before = readme.read_text("utf-8")
    after = toured(before)
    if same(before, after):
        print("the README's tour is current")
        return 0
    readme.write_text(after, "utf-8")
    print(f"wrote {readme}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
