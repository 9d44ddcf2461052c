"""File names and text are UTF-8 even if the locale is not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from workspace_builder import A, Workspace

FOLDER = "20260101-100000-größe-限"
C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(scope="session")
def german(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a German locale with ISO 8859-1."""
    folder = tmp_path_factory.mktemp("locales")
    command = shutil.which("localedef")
    made = folder / "de_DE.ISO-8859-1"
    if command is not None:
        definition = ("-i", "de_DE", "-f", "ISO-8859-1")
        subprocess.run([command, *definition, made], check=False, capture_output=True)
    if not made.exists():
        pytest.skip("there is no localedef, or it knows no de_DE")
    return {"LOCPATH": str(folder), "LC_ALL": made.name, "PYTHONUTF8": "0"}


@pytest.fixture(params=["C", "ISO-8859-1"])
def environ(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "C":
        return C_LOCALE
    environ: dict[str, str] = request.getfixturevalue("german")
    return environ


@pytest.fixture
def buckets(tmp_path: Path) -> Workspace:
    """A workspace whose root, tickets root and ticket have names that are not ASCII."""
    workspace = Workspace(tmp_path / "Ablage für 限")
    config = workspace.root / ".yoi" / "workspace.toml"
    config.write_text('[ticket.backend]\nroot = ".yoi/Zettel-ü"\n', encoding="utf-8")
    workspace.tickets = workspace.root / ".yoi" / "Zettel-ü"
    workspace.ticket(FOLDER, state="ready", bucket="open")
    workspace.ticket(A)
    return workspace


def names_of_records(workspace: Workspace) -> list[Path]:
    return sorted(workspace.tickets.rglob("artifacts/relations/*.md"))


def test_record_names_a_non_ascii_folder(buckets: Workspace, environ: dict[str, str]) -> None:
    author = {"YOI_RELATIONS_AUTHOR": "Jörg 限"}
    asked = ("add", FOLDER, "blocked-by", A, "--note", "wegen der Größe 限", "--json")
    ran = buckets.process(*asked, stdin=b"", **environ, **author)
    assert ran.code == 0, ran
    (path,) = names_of_records(buckets)
    assert path.parent.parent.parent == buckets.tickets / "open" / FOLDER

    in_utf_8 = buckets.process("show", "--json").json
    (record,) = in_utf_8["relations"][0]["records"]
    assert (record["author"], in_utf_8["relations"][0]["note"]) == ("Jörg 限", "wegen der Größe 限")
    assert buckets.process("show", "--json", stdin=b"", **environ).json == in_utf_8

    for name in (FOLDER, str(buckets.tickets / "open" / FOLDER), "größe-限"):
        ran = buckets.process("show", name, "--json", stdin=b"", **environ)
        assert (ran.code, ran.json["count"]) == (0, 1), (name, ran)
    relative = str(path.relative_to(buckets.root))
    ran = buckets.process("retire", relative, "--reason", "größer 限", stdin=b"", **environ)
    assert ran.code == 0, ran
    assert len(names_of_records(buckets)) == 2
    assert "größer 限" in names_of_records(buckets)[-1].read_text(encoding="utf-8")


def test_reading_commands_answer_the_same(buckets: Workspace, environ: dict[str, str]) -> None:
    buckets.artifact(f"open/{FOLDER}", "relations/01KT0000000000000000000001.md", "---\nx\n")
    for command in ("status", "doctor", "check", "verify", "rebuild"):
        for place in ((), ("-C", str(buckets.root))):
            here = buckets.process(command, *place)
            there = buckets.process(command, *place, stdin=b"", **environ)
            assert there.code == here.code, there
            assert "Traceback" not in there.err
    same = buckets.process("check", "--json")
    assert buckets.process("check", "--json", stdin=b"", **environ).json == same.json


def test_index_does_not_depend_on_the_locale(buckets: Workspace, environ: dict[str, str]) -> None:
    buckets.process("rebuild", stdin=b"", **environ)
    assert buckets.process("show").err == ""
    assert buckets.process("show", stdin=b"", **environ).err == ""


def test_arguments_are_decoded_by_the_locale(buckets: Workspace, german: dict[str, str]) -> None:
    """A terminal with that locale sends such bytes."""
    note = os.fsdecode("für".encode("latin-1"))
    assert buckets.process("add", A, "waiting", "--note", note, stdin=b"", **german).code == 0
    assert buckets.process("show", A, "--json").json["relations"][0]["note"] == "für"
