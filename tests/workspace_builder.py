"""Builds real workspaces on the disk, and runs the program on them."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from unittest import mock

from yoi_relations.cli import fast_path, typer_app
from yoi_relations.files.scan_folder import FolderScanner
from yoi_relations.files.scan_root import list_root
from yoi_relations.files.source import Source
from yoi_relations.files.workspace import CACHE
from yoi_relations.files.workspace import Workspace as ProductWorkspace
from yoi_relations.index import serialization

AT = "2026-06-01T10:00:00Z"
A, B, C, D = "00001KT0000AA", "00001KT0000BB", "00001KT0000CC", "00001KT0000DD"
"""Ids for tickets, in order."""

CommandLine = Callable[[list[str]], int | None]
FAST_PATH: CommandLine = fast_path.run
FULL_COMMAND_LINE: CommandLine = typer_app.run


def ulid(number: int) -> str:
    """A ULID that sorts by `number`."""
    return f"01KT{number:022d}"


@dataclass(frozen=True)
class Ran:
    """How one call of the program ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def errors(self) -> list[Any]:
        """The lines of stderr, of a call with --json."""
        return [json.loads(line) for line in self.err.splitlines()]


class Workspace:
    """A folder with ``.yoi/tickets``; every method writes real files.

    Attributes:
        command_lines: those that a command tries, one after the other, until one takes it.
    """

    command_lines: tuple[CommandLine, ...] = (FAST_PATH, FULL_COMMAND_LINE)

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tickets = root / ".yoi" / "tickets"
        self.tickets.mkdir(parents=True, exist_ok=True)
        self._ulids = 0

    def ticket(
        self, id_: str, state: str | None = "planning", bucket: str = "", **fields: str
    ) -> Path:
        """Write a ticket's item.md; the ticket's folder."""
        fields = {"title": f"Title of {id_}", **({"state": state} if state else {}), **fields}
        text = "".join(f"{key}: {value}\n" for key, value in fields.items())
        return self.item(id_, f"---\n{text}---\n\nWhat it is about.\n", bucket)

    def item(self, id_: str, text: str | bytes, bucket: str = "") -> Path:
        """Write an item.md word for word; the ticket's folder."""
        folder = self.tickets / bucket / id_
        folder.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        (folder / "item.md").write_bytes(data)
        return folder

    def record(
        self, holder: str, kind: str, target: str | None = None, note: str = "", **fields: str
    ) -> Path:
        """Write a record in a file of its own; the file."""
        self._ulids += 1
        head = {"kind": kind, **({"target": target} if target else {})}
        head |= {"author": "tester", "at": AT, **fields}
        text = "".join(f"{key}: {value}\n" for key, value in head.items())
        return self.record_file(holder, f"{ulid(self._ulids)}.md", f"---\n{text}---\n{note}\n")

    def pair(
        self,
        kind: str | None = None,
        note: str = "",
        states: tuple[str | None, str | None] = ("planning", "planning"),
        **fields: str,
    ) -> Self:
        """Write the tickets A and B; with `kind`, also a record of A about B.

        Args:
            kind: of the record.
            note: of the record.
            states: of A and of B.
            fields: more fields of the record.
        """
        for id_, state in zip((A, B), states, strict=True):
            self.ticket(id_, state)
        if kind:
            self.record(A, kind, B, note, **fields)
        return self

    def record_file(self, holder: str, name: str, text: str | bytes) -> Path:
        """Write a record file word for word; the file."""
        path = self.tickets / holder / "artifacts" / "relations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def relations_json(self, holder: str, *entries: Mapping[str, Any]) -> Path:
        """Write a relations.json; each entry is completed with ticket_id, author and at."""
        common = {"ticket_id": holder, "author": "tester", "at": AT}
        document = {"version": 1, "relations": [{**common, **entry} for entry in entries]}
        return self.artifact(holder, "relations.json", json.dumps(document, indent=2) + "\n")

    def plan_lines(self, holder: str, *entries: Mapping[str, Any]) -> Path:
        """Write an orchestration-plan.jsonl; each line is completed like `relations_json`."""
        common = {"id": "orch-plan-1", "ticket_id": holder, "author": "tester", "at": AT}
        lines = [json.dumps({**common, **entry}) + "\n" for entry in entries]
        return self.artifact(holder, "orchestration-plan.jsonl", "".join(lines))

    def artifact(self, holder: str, name: str, text: str | bytes) -> Path:
        """Write a file below ``artifacts/`` word for word; the file."""
        path = self.tickets / holder / "artifacts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        command_lines: tuple[CommandLine, ...] | None = None,
        **environ: str,
    ) -> Ran:
        """Run a command in this process, started from the workspace's root."""
        out, err = io.StringIO(), io.StringIO()
        source = io.TextIOWrapper(io.BytesIO(stdin))
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            contextlib.chdir(self.root),
            mock.patch.object(sys, "stdin", source),
            mock.patch.dict(os.environ, {"YOI_RELATIONS_AUTHOR": "tester"} | environ),
        ):
            ends = (run(list(arguments)) for run in command_lines or self.command_lines)
            code = next((code for code in ends if code is not None), None)
        assert code is not None, f"no command line takes {arguments}"
        return Ran(code, out.getvalue(), err.getvalue())

    def process(self, *arguments: str, stdin: bytes = b"", **environ: str) -> Ran:
        """Run a command in a process of its own, started from the workspace's root."""
        ran = subprocess.run(
            [sys.executable, "-m", "yoi_relations", *arguments],
            cwd=self.root,
            env=os.environ | {"YOI_RELATIONS_AUTHOR": "tester"} | environ,
            input=stdin,
            capture_output=True,
            check=False,
        )
        return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())

    def show(self, *arguments: str) -> Any:
        """The JSON answer of `show`, which must succeed without problems."""
        ran = self.run("show", "--json", *arguments)
        assert ran.code == 0, ran
        return ran.json

    def snapshot(self) -> dict[str, bytes | None]:
        """Every file and folder (None) below the root, but for the cache."""
        cache = self.root / CACHE
        return {
            str(path.relative_to(self.root)): path.read_bytes() if path.is_file() else None
            for path in sorted(self.root.rglob("*"))
            if path != cache.parent and not path.is_relative_to(cache)
        }


def ids_in(text: str) -> list[str]:
    """The ticket ids in a text, in their order: what a sentence says, whatever its words are."""
    return re.findall(r"\b0000[0-9A-Z]{9,}\b", text)


def assert_says(message: str, words: str) -> None:
    """A message names all of `words`, however it is phrased."""
    assert [word for word in words.split() if word not in message] == []


def altered_index(path: Path, statements: str) -> None:
    """Change rows of an index file in place; its digest, its place and its date stay right."""
    data = path.read_bytes()
    place = data[-56:-32]
    connection = sqlite3.connect(":memory:")
    serialization.deserialize(connection, data[:-56])
    connection.executescript(statements)
    body = serialization.serialize(connection) + place
    connection.close()
    path.write_bytes(body + hashlib.sha256(body).digest())
    date = int.from_bytes(place[-8:], "little")
    os.utime(path, ns=(date, date))


def scan(workspace: ProductWorkspace) -> list[Source]:
    """Every source below the tickets root, by path."""
    names, scanner = list_root(workspace).names, FolderScanner(workspace)
    found = [source for name in names for source in scanner.scan(os.fsencode(name)).sources]
    return sorted(found, key=lambda source: source.path)


def git(workspace: Workspace, *arguments: str) -> str:
    """What git prints, run in the workspace with a fixed identity and no configuration."""
    identity = ("-c", "user.name=tester", "-c", "user.email=tester@example.org")
    ran = subprocess.run(
        ["git", *identity, *arguments],
        cwd=workspace.root,
        check=True,
        capture_output=True,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )
    return ran.stdout.decode()
