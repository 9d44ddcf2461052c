"""SQLite from 3.34 on, and one that was built without ``serialize`` and ``deserialize``.

`RELATIONS_OLD_SQLITE` names a folder with Python's module ``_sqlite3``, built over an old SQLite;
``./scripts/dev sqlite`` makes one and runs all tests over it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from index_comparison import contents
from workspace_builder import A, B, Workspace

from yoi_relations.errors import ExitCode
from yoi_relations.index import build, serialization
from yoi_relations.index.store import in_memory

INDEX = Path(build.__file__).parent
WITHOUT = """
import _sqlite3
class Poor(_sqlite3.Connection):
    def __getattribute__(self, name):
        if name in ("serialize", "deserialize"):
            raise AttributeError(name)
        return super().__getattribute__(name)
connect = _sqlite3.connect
_sqlite3.connect = lambda *given, **named: connect(*given, factory=Poor, **named)
"""
PROGRAM = "from yoi_relations.__main__ import main; main()"
OLD = os.environ.get("RELATIONS_OLD_SQLITE")


def answers(workspace: Workspace, code: str, **environ: str) -> Iterator[Any]:
    for line in (
        "show --json",
        "show --json",
        f"check {A} --json",
        "doctor --json",
        "verify --json",
        "status --json",
    ):
        ran = subprocess.run(
            [sys.executable, "-c", code, *line.split()],
            cwd=workspace.root,
            env=os.environ | environ,
            capture_output=True,
            check=False,
            text=True,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        # The index was never thrown away: each question found the one before.
        assert "built" not in ran.stderr or not line.startswith("show"), ran.stderr
        yield line, ran.returncode, _steady(ran.stdout)


def _steady(text: str) -> str:
    return re.sub(r'"(check_seconds|built_at|generation)": ?("[^"]*"|[\d.e-]+)', "", text)


@pytest.mark.parametrize(
    ("code", "environ"),
    [
        (WITHOUT + PROGRAM, {}),
        pytest.param(
            PROGRAM,
            {"PYTHONPATH": f"{OLD}:{os.environ.get('PYTHONPATH', '')}"},
            marks=pytest.mark.skipif(not OLD, reason="RELATIONS_OLD_SQLITE names no folder"),
        ),
    ],
    ids=["without serialize", "old"],
)
def test_old_sqlite_gives_the_same_answers(
    edge: Workspace, code: str, environ: dict[str, str]
) -> None:
    edge.process("show")
    wanted = list(answers(edge, PROGRAM))
    edge.record(B, "related", A)
    edge.process("rebuild")
    wanted = list(answers(edge, PROGRAM))
    (index,) = (edge.root / ".yoi/cache/relations").glob("*.sqlite3")
    index.unlink()
    subprocess.run(
        [sys.executable, "-c", code, "rebuild"],
        cwd=edge.root,
        env=os.environ | environ,
        check=True,
        capture_output=True,
    )
    assert list(answers(edge, code, **environ)) == wanted


def test_database_bytes_survive_a_file_round_trip() -> None:
    with closing(build.new_connection()) as made, closing(in_memory()) as filled:
        made.execute("INSERT INTO tally VALUES ('ticket', 3, NULL)")

        serialization.deserialize(filled, serialization.serialize(made))

        for connection in (made, filled):
            assert connection.execute("SELECT * FROM tally").fetchall() == [("ticket", 3, None)]
            assert connection.execute("PRAGMA user_version").fetchone() != (0,)
        assert contents(filled) == contents(made)


def test_full_disk_is_a_system_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/proc/self/fdinfo")
    with (
        closing(build.new_connection()) as made,
        pytest.raises(OSError, match="fdinfo") as raised,
    ):
        serialization.serialize(made)
    # Which would be taken for a missing index.
    assert raised.type is not FileNotFoundError


def test_an_index_that_cannot_be_loaded_is_not_taken_for_missing(edge: Workspace) -> None:
    """No temporary file may be written, and without it nothing says what the index holds."""
    edge.process("rebuild")
    code = (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n" + WITHOUT + PROGRAM
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "verify", "--json"],
        cwd=edge.root,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (ran.returncode, json.loads(ran.stdout)["found"]) == (
        ExitCode.FOUND,
        "unreadable",
    )


def test_schema_works_with_the_oldest_sqlite() -> None:
    for path in INDEX.glob("*.sql"):
        assert not re.search(r"\bSTRICT\b", path.read_text("utf-8"))
