"""The documents are compared with the program."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import tour
from workspace_builder import A, B, Workspace, git

import yoi_relations
from yoi_relations.command_table import PROGRAM
from yoi_relations.errors import ExitCode
from yoi_relations.files import record_md
from yoi_relations.kinds import ALIASES, KINDS
from yoi_relations.mcp.tools import tools
from yoi_relations.queries import base_reasons, check_reasons, unknown_reasons, worktree_check
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.doctor.findings import RULES
from yoi_relations.queries.problems import Severity
from yoi_relations.recording.guard import PATTERNS

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = {command.name: command for command in PROGRAM.commands}


def section(title: str) -> str:
    """The part of the reference below a heading."""
    return REFERENCE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def table(text: str, heading: str) -> list[list[str]]:
    """The cells of the table whose first heading is `heading`."""
    lines = text.split(f"| {heading} |", 1)[1].splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def codes(cell: str) -> list[str]:
    """The text in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def first_column(text: str, heading: str) -> set[str]:
    return {code for row in table(text, heading) for code in codes(row[0])}


def options(command: str) -> set[str]:
    """The options of a command, without --help."""
    return {option.flag for option in COMMANDS[command].options}


def test_the_commands_are_those_of_the_program() -> None:
    documented = {code.split()[1] for code in first_column(section("Commands"), "command")}

    assert documented == set(COMMANDS)
    assert {code.split()[1] for code in first_column(README, "command")} == documented


@pytest.mark.parametrize("command", COMMANDS)
def test_the_options_are_those_of_the_command(command: str) -> None:
    heading = f"option of `{command}`"
    own = {"--reason"} if command == "retire" else set()
    if f"| {heading} |" in section("Commands"):
        own = {code.split()[0] for code in first_column(section("Commands"), heading)}
    common = {
        code.split()[0]
        for code in first_column(
            section("Commands"), "option of every command, before or after its name"
        )
    }

    assert options(command) == own | common


def test_the_exit_codes_are_those_of_the_program() -> None:
    assert {int(row[0]) for row in table(section("Exit codes"), "code")} == set(ExitCode)


def test_the_kinds_are_those_of_the_program() -> None:
    rows = table(section("Kinds"), "class")

    documented = {(row[0], kind) for row in rows for kind in row[2].split(", ")}
    assert documented == {(kind.cls.value, kind.name) for kind in KINDS.values()}
    aliases = {(alias, row[0]) for row in rows for alias in row[1].split(", ") if alias}
    assert aliases == {*ALIASES.items(), ("waiting", "capacity")}
    in_readme = {(row[0], kind) for row in table(README, "class") for kind in codes(row[1])}
    assert documented - in_readme == {("capacity", "waiting_capacity_note")}


def test_the_keys_of_a_record_are_those_that_are_read() -> None:
    keys = {*record_md._RETIREMENT_KEYS, *record_md._PLAN_KEYS}  # noqa: SLF001  # the only list of them

    assert first_column(section("Records"), "key") == keys


def test_verdicts_and_reasons_are_those_of_the_program(workspace: Workspace) -> None:
    check = (ROOT / "docs" / "check.md").read_text("utf-8")
    verdicts = {(codes(row[0])[0], int(row[1])) for row in table(check, "verdict")}
    assert verdicts == {
        (verdict.word, getattr(ExitCode, verdict.name)) for verdict in Verdict if verdict
    } | {("clear", ExitCode.DONE)}
    modules = (check_reasons, unknown_reasons, base_reasons, worktree_check)
    source = "".join(map(inspect.getsource, modules))
    stated = {(code, row[1]) for row in table(check, "code") for code in codes(row[0])}
    assert stated == {
        (code, verdict.lower())
        for verdict, code in re.findall(r'Verdict\.([A-Z]+), "([a-z_]+)"', source)
    }
    workspace.pair("blocked_by")
    (one,) = workspace.run("check", A, "--json").json["checks"]
    assert first_column(check, "field of a check") == set(one)
    assert first_column(check, "field of a reason") == set(one["reasons"][0])


def test_codes_and_severities_are_those_of_doctor(workspace: Workspace) -> None:
    doctor = (ROOT / "docs" / "doctor.md").read_text("utf-8")
    assert first_column(doctor, "severity") == set(Severity)
    stated = {codes(row[0])[0]: (row[1], row[2]) for row in table(doctor, "code")}
    assert stated == {code: (rule.severity, rule.history or "") for code, rule in RULES.items()}
    workspace.ticket(A)
    workspace.record(A, "blocked_by", B)
    (one,) = workspace.run("doctor", "--json").json["findings"]
    assert first_column(doctor, "field of a finding") == set(one)


def test_the_fields_are_those_of_the_json(workspace: Workspace) -> None:
    workspace.pair()
    documents = {
        "add": workspace.run("add", A, "blocks", B, "--note", "x", "--json").json,
        "relations": workspace.show(),
        "tree": workspace.run("tree", "--json").json,
        "check": workspace.run("check", "--json").json,
        "status": workspace.run("status", "--json").json,
        "rebuild": workspace.run("rebuild", "--json").json,
        "prime": workspace.run("prime", "--json").json,
        "graph": workspace.run("graph", "--json").json,
        "serve": {"schema_version": 1, "document": "serve", "address": ""},
    }
    documents["doctor"] = workspace.run("doctor", "--json").json
    subprocess.run(["git", "init", "--quiet", workspace.root], check=True)
    documents["hooks"] = workspace.run("hooks", "list", "--json").json
    git(workspace, "add", "-A")
    git(workspace, "commit", "-qm", "all")
    documents["diff"] = workspace.run("diff", "--merge", "HEAD", "--json").json
    documents["log"] = workspace.run("log", "--json").json
    documents["relations"] = workspace.show("--provenance")
    documents["completion"] = workspace.run("completion", "bash", "--json").json
    documents["verify"] = workspace.run("verify", "--json").json
    documents["retire"] = workspace.run(
        "retire", documents["add"]["record"]["id"], "--reason", "y", "--json"
    ).json
    envelope = {"schema_version", "document", "workspace", "freshness"}

    for names, fields in table(section("JSON"), "document"):
        for name in codes(names):
            known = set(codes(fields))
            if name == "status":
                known |= set(documents["rebuild"])
            missing = set(documents[name]) - envelope - known
            assert documents[name]["document"] == name
            assert not missing, f"{name}: not documented: {missing}"
    relation = documents["relations"]["relations"][0]
    assert first_column(section("JSON"), "field of a relation") == set(relation)
    line = documents["tree"]["lines"][0]
    assert first_column(section("JSON"), "field of a line of `tree`") == set(line)
    event = documents["log"]["events"][0]
    assert first_column(section("JSON"), "field of an event of `log`") == set(event)
    keys = set(relation["records"][0]) | set(documents["retire"]["record"])
    assert first_column(section("JSON"), "field of a record") == keys
    assert set(documents["status"]["index"]) <= set(codes(section("JSON")))
    for field in ("workspace", "freshness"):
        assert set(documents["status"][field]) <= set(codes(section("JSON")))


def test_the_fields_of_diff_are_those_of_the_json() -> None:
    page = (ROOT / "docs" / "git.md").read_text("utf-8")
    transcript = (ROOT / "tests/transcripts/differences.txt").read_text("utf-8")
    whole, of_merge, *_ = (
        json.loads(text)
        for text in re.findall(r"^\{$.*?^\}$", transcript, re.DOTALL | re.MULTILINE)
    )

    assert first_column(page, "field of `merge`") == set(of_merge["merge"])
    fields = {codes(row[0])[0]: set(codes(row[1])) for row in table(page, "list | more fields")}
    for name, known in fields.items():
        (change, *_) = [*whole[name], *of_merge[name], *of_merge["merge"].get(name, ())] or [{}]
        assert set(change) - {"change", "sentence"} - RELATION_FIELDS <= known, name


RELATION_FIELDS = {f"{end}_{field}" for end in ("ticket", "target") for field in ("title", "state")}


@pytest.mark.parametrize("document", tour.DOCUMENTS, ids=lambda path: path.name)
def test_documents_show_what_the_program_prints(document: Path) -> None:
    text = document.read_text("utf-8")

    assert tour.same(text, tour.with_output(document))


def test_the_tools_are_those_of_the_mcp_server() -> None:
    mcp = (ROOT / "docs" / "mcp.md").read_text("utf-8")

    documented = {codes(row[0])[0]: set(codes(row[1])) for row in table(mcp, "tool")}
    assert documented == {
        name: set(tool.input_schema["properties"]) for name, tool in tools(allow_write=True).items()
    }


def test_the_record_shown_in_the_readme_is_one_of_the_sample_workspace() -> None:
    (shown,) = re.findall(r"```markdown\n(.*?)```", README, re.DOTALL)
    records = ROOT.glob("examples/.yoi/tickets/*/artifacts/relations/*.md")

    assert shown in {path.read_text("utf-8") for path in records}


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_named_files_and_constants_exist(page: str) -> None:
    """A file may be named without the folders above it, and a folder ends with a slash."""
    named = codes(re.sub(r"```.*?```", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL))
    folders = ("src", "tests", "docs", "scripts", "examples", "migrations", ".ci")
    found = [*ROOT.iterdir(), *(path for folder in folders for path in ROOT.glob(f"{folder}/**/*"))]
    places = {f"/{path.relative_to(ROOT)}{'/' * path.is_dir()}" for path in found}
    paths = {
        name for name in named if re.fullmatch(r"[\w./-]+(/|/\w+|\.(py|sql|md|toml|nix))", name)
    }
    absent = {name for name in paths if not any(place.endswith(f"/{name}") for place in places)}
    source = "".join(
        p.read_text("utf-8") for top in ("src", "tests") for p in ROOT.glob(f"{top}/**/*.py")
    )
    constants = {name for name in named if re.fullmatch(r"[A-Z_]*[A-Z]", name)}

    assert len(paths) > 30
    assert absent - {"./scripts/dev"} == set()
    assert {name for name in constants if not re.search(rf"\b{name}\b", source)} == set()


def test_every_picture_is_shown_on_both_grounds() -> None:
    shown = set()
    for page in (ROOT / "README.md", *ROOT.glob("docs/*.md")):
        for picture in re.findall(r"<picture>.*?</picture>", page.read_text("utf-8"), re.DOTALL):
            dark, light = re.findall(r'(?:srcset|src)="([^"]+)-(?:dark|light)\.png"', picture)
            assert dark == light
            assert re.search(r'srcset=".+-dark.*\n.*src=".+-light.* alt="[^"]{20,}"', picture)
            shown |= {page.parent / f"{light}-{ground}.png" for ground in ("dark", "light")}

    assert shown == set((ROOT / "docs" / "pictures").iterdir())


def test_pasted_lines_lead_to_a_first_verdict(tmp_path: Path) -> None:
    part = README.split("\n## From nothing\n")[1].split("\n## ")[0]
    (lines,) = re.findall(r"```sh\n(.*?)```", part, re.DOTALL)
    program = tmp_path / "relations"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m yoi_relations "$@"\n')
    program.chmod(0o755)
    environ = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}

    ran = subprocess.run(
        ["sh", "-c", lines], cwd=tmp_path, env=environ, capture_output=True, check=False, text=True
    )

    assert ran.returncode == ExitCode.HOLD, ran
    assert f"exit status {ran.returncode}" in part
    item = tmp_path / "shelf" / ".yoi" / "tickets" / "00001KTNVGT8G" / "item.md"
    item.write_text(item.read_text().replace("inprogress", "done"))
    checked = Workspace(tmp_path / "shelf").run("check", "--json")
    assert [one["verdict"] for one in checked.json["checks"]] == ["clear"]


def test_ci_runs_commands_that_the_readme_names() -> None:
    followed = re.findall(r"^follow \w+ '(.+?)'", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)

    assert followed == re.findall(r"```sh\n(\./scripts/dev .+)\n```", README)


def test_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == yoi_relations.__version__


def test_documented_refusals_are_those_of_the_guard() -> None:
    rows = table(section("What no record holds"), "refused | for example | say instead")
    documented = re.sub(r"\([^)]*\)|, as a work tree", "", ", ".join(row[0] for row in rows))

    assert [name.strip() for name in documented.split(", ")] == [
        pattern.name for pattern in PATTERNS
    ]
