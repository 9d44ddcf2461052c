"""The guide for agents is short and true, and needs no workspace."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from workspace_builder import Workspace

from yoi_relations.cli.fast_path import parse
from yoi_relations.errors import ExitCode
from yoi_relations.kinds import KINDS
from yoi_relations.mcp.tools import tools
from yoi_relations.render.guide import GUIDE


def test_guide_fits_into_an_agents_instructions() -> None:
    lines = GUIDE.splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 100


def test_guide_needs_no_workspace(workspace: Workspace, tmp_path: Path) -> None:
    ran = workspace.run("prime", "-C", str(tmp_path))
    assert (ran.code, ran.out, ran.err) == (0, GUIDE, "")
    assert workspace.run("prime", "--json").json["guide"] == GUIDE


def test_commands_in_the_guide_are_valid() -> None:
    examples = re.findall(r"^    relations (.*?)(?:   .*)?$", GUIDE, re.MULTILINE)
    assert len(examples) > 3
    for words in map(shlex.split, examples):
        assert parse(words) is not None, words


def test_guide_names_existing_kinds_and_exit_codes() -> None:
    named = set(re.findall(r"`([a-z]+_[a-z]+)`", GUIDE))
    assert named - {"exit_code"} <= {*KINDS, *tools(allow_write=True)}
    codes = re.findall(
        r"(?:^|; )(\d+) (?:done|caution|hold|unknown|the|answered)", GUIDE, re.MULTILINE
    )
    assert {ExitCode(int(code)).name for code in codes} == {
        *("DONE", "CAUTION", "HOLD", "UNKNOWN", "NOT_AS_EXPECTED", "PROBLEM_IN_ANSWER")
    }


def test_guide_mentions_what_agents_got_wrong() -> None:
    check = GUIDE.split("check\n", 1)[1].split("\n## ")[0]
    add, retire = (GUIDE.split(f": {name}\n", 1)[1].split("\n## ")[0] for name in ("add", "retire"))

    assert re.search(r"^    relations check --state queued", check, re.MULTILINE)
    assert {"`holds`", "`frees`", "`digest`"} <= set(re.findall(r"`\w+`", check))
    assert "--author" in add
    assert all(word in add for word in ("waits add up", "ends waits"))
    assert "immutable" in retire
    assert "this work tree and its branch" in GUIDE
    assert {"`at`", "`worktrees`", "`relations_diff`"} <= set(re.findall(r"`\w+`", GUIDE))
    assert all(words in GUIDE for words in ("--at REV", "--worktrees", "diff --merge BRANCH"))
