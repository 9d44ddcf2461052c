"""docs/server.md is compared with the answers."""

from __future__ import annotations

import re
from pathlib import Path

from publishing import published
from workspace_builder import Workspace

DOCS = (Path(__file__).parents[2] / "docs" / "server.md").read_text("utf-8")
COMMON = {"schema_version", "document", "workspace", "freshness"}


def rows(heading: str) -> list[str]:
    part = DOCS.split(f"| {heading} |", 1)[1].split("\n\n")[0]
    return part.splitlines()[2:]


def codes(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def test_the_fields_are_those_of_the_answers(workspace: Workspace, bare_database: str) -> None:
    to = ("--json", "--to", bare_database)
    migrated = workspace.run("server", "migrate", *to).json
    answer = published(workspace.pair(), bare_database)
    listed = workspace.run("server", "list", *to).json
    forgotten = workspace.run("server", "forget", answer["name"], *to).json
    first = {code for row in rows("field of `publish`") for code in codes(row.split("|")[1])}
    assert set(answer) == COMMON | first
    fields = {row.split("|")[2].split(":")[0].strip(): row for row in rows("field of `server`")}
    for command, document in (("migrate", migrated), ("list", listed), ("forget", forgotten)):
        assert document["document"] == f"server {command}"
        own = codes(fields[f"`{command}`"].split("|")[1])
        assert set(document) == {"schema_version", "document"} | own
    (one,) = listed["workspaces"]
    assert set(one) == codes(fields["`list`"].split(":")[1])
