"""The options that every command takes, before or after its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from yoi_relations.errors import UsageError
from yoi_relations.files.workspace import Workspace, find_workspace
from yoi_relations.index.refresh import Index, Trust, open_index
from yoi_relations.surfaces.output import Mode, mode_of, notice

PANEL = "Everywhere, before or after the command"

Directory = Annotated[
    str | None,
    typer.Option(
        "-C", metavar="DIR", help="Start from DIR instead of here.", rich_help_panel=PANEL
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Answer as one JSON document.", rich_help_panel=PANEL)
]
AsPlain = Annotated[
    bool,
    typer.Option("--plain", help="Answer as tab-separated lines.", rich_help_panel=PANEL),
]
TrustOption = Annotated[
    Trust | None,
    typer.Option(
        "--trust",
        help="How the index is checked before it answers: content reads every file;"
        " stat is answered by content so far; index skips the check.",
        rich_help_panel=PANEL,
    ),
]


@dataclass(frozen=True)
class Common:
    """The options of one call, from both sides of the command's name."""

    directory: str | None = None
    as_json: bool = False
    as_plain: bool = False
    trust: Trust | None = None

    def with_(self, other: Common) -> Common:
        """Both together; what stands nearer to the end of the line wins."""
        return Common(
            other.directory if other.directory is not None else self.directory,
            self.as_json or other.as_json,
            self.as_plain or other.as_plain,
            other.trust or self.trust,
        )

    @property
    def mode(self) -> Mode:
        """How to write the answer.

        Raises:
            UsageError: two ways were asked for.
        """
        if self.as_json and self.as_plain:
            raise UsageError("--json and --plain exclude each other", "give one of them")
        return mode_of(as_json=self.as_json, as_plain=self.as_plain)

    def workspace(self) -> Workspace:
        """The workspace that the call is about."""
        return find_workspace(self.directory)

    def notify(self, message: str) -> None:
        """Tell something beside the answer."""
        notice(message, self.mode)

    def index(self, *, publish: bool = True) -> Index:
        """The index to answer from, checked as asked."""
        trust = self.trust or Trust.STAT
        return open_index(self.workspace(), self.notify, trust=trust, publish=publish)


def asked_for_json(arguments: list[str]) -> bool:
    """Whether errors must be JSON, for when the arguments cannot be understood."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]
