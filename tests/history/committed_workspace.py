"""A workspace in a git repository, and what `log` says about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from git_repository import Repository
from workspace_builder import Ran, Workspace

IGNORED = ".yoi/cache/\n"


class Committed(Workspace):
    """What a workspace whose files are committed with git can do beside others."""

    repository: Repository

    def commit(self, message: str = "all") -> str:
        """Commit everything but the cache; the commit's id."""
        return self.repository.commit(message)

    def log(self, *arguments: str) -> list[Any]:
        """The events of `log`, which must succeed."""
        ran = self.run("log", "--json", "-n", "0", *arguments)
        assert ran.code == 0, ran
        events: list[Any] = ran.json["events"]
        return events

    def told(self, *arguments: str) -> list[tuple[str, str, str]]:
        """Of each event: what, the record's id, and the commit or why there is none."""
        return [
            (
                event["what"],
                event["record"]["id"],
                event["commit"]["id"] if event["commit"] else event["how"],
            )
            for event in self.log(*arguments)
        ]

    def provenance(self, name: str) -> dict[str, tuple[str | None, str]]:
        """By id, the commit of each record about a ticket, and the word beside it."""
        ran = self.run("show", "--json", "--all", "--provenance", name)
        assert ran.code == 0, ran
        return {
            record["id"]: (record["commit"] and record["commit"]["id"], record["how"])
            for relation in ran.json["relations"]
            for record in relation["records"]
        }


class CommittedWorkspace(Committed):
    """A workspace whose files are committed with git; its root can be a subfolder."""

    def __init__(self, top: Path, below: str = "", object_format: str = "sha1") -> None:
        self.repository = Repository(top, object_format)
        super().__init__(top / below)
        (top / ".gitignore").write_text(IGNORED)


def refused(ran: Ran) -> tuple[int, str]:
    """Exit status and code of an error, of a call with --json."""
    assert not ran.out, ran
    return ran.code, ran.errors[-1]["error"]["code"]
