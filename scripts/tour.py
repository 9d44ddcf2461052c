"""Run the commands that documents show in a copy of the sample workspace, and update their output.

The commands of `HISTORY` are run in the small git history that `sample_history` makes of it.

In a console block, a line that starts with ``$`` is `relations` with its arguments, optionally
followed by ``; echo $?`` or ``| jq .a.path[0]``; or it is `sed -i`, in place of an editor. In a
Mermaid block, such a line is a comment: it starts with ``%% $``.
"""

from __future__ import annotations

import fcntl
import json
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
from typing import Any

from sample_history import make_history

ROOT = Path(__file__).parent.parent
COLUMNS = 80
_BLOCK = re.compile(r"(```(?:console|mermaid)\n)(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"(?:%% )?\$ (.*)")
HISTORY = ROOT / "docs/git.md"
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "docs/graph.md", "docs/orchestration.md")),
    HISTORY,
]
HOME = "/home/you"
"""In place of the temporary folder that has the sample workspace."""
_VARIABLE = [
    (re.compile(r"\b01[0-9A-HJKMNP-TV-Z]{24}\b"), "ULID"),
    (re.compile(r'(digest"?:? "?)[0-9a-f]{16}'), r"\1DIGEST"),
    (re.compile(r"(recorded on )20\d\d-\d\d-\d\d"), r"\1DAY"),
]
"""Parts of the output that depend on the time at which the commands record something."""


def on_terminal(arguments: list[str], folder: Path, columns: int = COLUMNS) -> tuple[str, int]:
    """The output of a command on a terminal, without colours and trailing spaces; its status."""
    text, code = coloured_output(arguments, folder, columns)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines()), code


def coloured_output(arguments: list[str], folder: Path, columns: int) -> tuple[str, int]:
    """The output of a command on a terminal, with the terminal's control sequences; its status."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environ = os.environ | {
        "TERM": "xterm-256color",
        "YOI_RELATIONS_AUTHOR": "you",
        "RELATIONS_PAGER": "",
    }
    for name in ("COLUMNS", "NO_COLOR"):
        environ.pop(name, None)
    with subprocess.Popen(
        arguments, cwd=folder, env=environ, stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        data = _drain(leader)
        code = process.wait()
    return data.decode().replace("\r\n", "\n"), code


def _drain(leader: int) -> bytes:
    parts = []
    try:
        while part := os.read(leader, 65536):
            parts.append(part)
    except OSError:  # Linux reports a closed terminal as an error
        pass
    os.close(leader)
    return b"".join(parts)


def with_output(document: Path) -> str:
    """The text of `document`, with the current output below the commands of every block."""
    with tempfile.TemporaryDirectory() as scratch:
        if document == HISTORY:
            folder = Path(scratch) / "lendshelf"
            make_history(folder)
            _run("relations show --worktrees", folder)  # makes the index of each work tree
        else:
            folder = Path(scratch) / "examples"
            shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns("cache"))
            _run("relations rebuild", folder)
        text = document.read_text("utf-8")
        found = _BLOCK.sub(lambda block: f"{block[1]}{_rerun(block[2], folder)}```", text)
        return found.replace(scratch, HOME)


def same(first: str, second: str) -> bool:
    """Whether two texts are equal, except for parts that depend on the time."""
    for pattern, name in _VARIABLE:
        first, second = pattern.sub(name, first), pattern.sub(name, second)
    return first == second


def _rerun(block: str, folder: Path) -> str:
    commands = filter(None, map(_COMMAND.fullmatch, block.splitlines()))
    return "".join(f"{command[0]}\n{_run(command[1], folder)}" for command in commands)


def _run(command: str, folder: Path) -> str:
    line, with_code, _ = command.partition("; echo $?")
    line, _, path = line.partition(" | jq ")
    words = shlex.split(line)
    if words[:2] == ["sed", "-i"]:
        subprocess.run(words, cwd=folder, check=True)
        return ""
    if words[0] != "relations":
        raise SystemExit(f"{command}: only relations and sed -i can be run")
    arguments = [sys.executable, "-m", "yoi_relations", *words[1:]]
    if path:
        ran = subprocess.run(arguments, cwd=folder, capture_output=True, check=False)
        return json.dumps(_at(json.loads(ran.stdout), path), indent=2, ensure_ascii=False) + "\n"
    text, code = on_terminal(arguments, folder)
    return f"{text}{code}\n" if with_code else text


def _at(value: Any, path: str) -> Any:  # noqa: ANN401  # JSON
    """The value at a jq path, such as ``.checks[0].plan``."""
    for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[name] if name else value[int(number)]
    return value


def main() -> int:
    """Rewrite the documents whose output differs."""
    for document in DOCUMENTS:
        after = with_output(document)
        if same(document.read_text("utf-8"), after):
            print(f"{document.name} is current")
        else:
            document.write_text(after, "utf-8")
            print(f"wrote {document}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
