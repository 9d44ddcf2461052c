"""Every command and what it takes, each said once.

Command lines are read by this table (`cli.quick`, and `cli.typer_app` for help and errors), shells
complete by it (`completion`), and a test compares `docs/reference.md` with it. What the commands do
is in `cli.commands`.
"""

from __future__ import annotations

from yoi_relations.index.handle import Trust
from yoi_relations.lean.types import Any, StrEnum
from yoi_relations.queries.problems import Severity
from yoi_relations.states import State


class Offer(StrEnum):
    """What a shell can offer as a value, beside choices."""

    TICKET = "ticket"
    RECORD = "record"
    KIND = "kind"
    KIND_OR_CLASS = "kind or class"


class Parameter:
    """One option, or one argument where `flag` is empty.

    Not a named tuple: every start makes some sixty, and this takes a third of the time.

    Attributes:
        name: what its value is called by those who take it.
        flag: the option's name on the command line, with its dashes.
        help: what it is for.
        metavar: what help calls its value; an option without one, and without choices, takes none.
        required: whether there must be a value.
        repeatable: whether it may be given several times; its value is a list then. Of the
            arguments, only the last.
        choices: the only words that it takes.
        number: `int` or `float` where the value is a number; other values are text.
        least: of a number, the smallest.
        default: the value when it is not given.
        offers: what a shell offers as its value.
    """

    def __init__(  # noqa: PLR0913  # as many as there are attributes
        self,
        name: str,
        flag: str,
        help: str,  # noqa: A002  # its name in Typer, too
        metavar: str = "",
        *,
        required: bool = False,
        repeatable: bool = False,
        choices: type[StrEnum] | None = None,
        number: type[int | float] | None = None,
        least: int = 0,
        default: str | None = None,
        offers: Offer | None = None,
    ) -> None:
        self.name = name
        self.flag = flag
        self.help = help
        self.metavar = metavar
        self.required = required
        self.repeatable = repeatable
        self.choices = choices
        self.number = number
        self.least = least
        self.default = default
        self.offers = offers

    @property
    def takes_value(self) -> bool:
        """Whether a word follows it."""
        return bool(self.metavar or self.choices)

    @property
    def unset(self) -> Any:  # noqa: ANN401  # any parameter's
        """The value when it is not given."""
        if self.repeatable:
            return []
        return self.default if self.takes_value else False

    def value_of(self, text: str) -> str | float:
        """What `text` stands for, of a value that is given once.

        Raises:
            ValueError: it is not among the choices, or not such a number; with what to say of it.
        """
        if self.choices is not None:
            words = [one.value for one in self.choices]
            if text not in words:
                raise ValueError(f"{text!r} is not one of {', '.join(map(repr, words))}.")
            return self.choices(text)
        return text if self.number is None else self._number(text, self.number)

    def _number(self, text: str, kind: type[int | float]) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = None
        if number is None or number < self.least:
            whole = "whole " if kind is int else ""
            raise ValueError(f"{text!r} is not a {whole}number from {self.least} on.")
        return number


class Command:
    """A command, or a group of commands.

    Attributes:
        name: the last word of how it is called.
        help: what it does.
        parameters: its own; `COMMON` are taken by every command.
        commands: those of a group.
        lists_kinds: whether its help ends with the kinds.
        hidden: whether help and shells leave it out.
    """

    def __init__(  # noqa: PLR0913  # as many as there are attributes
        self,
        name: str,
        help: str,  # noqa: A002  # its name in Typer, too
        parameters: tuple[Parameter, ...] = (),
        commands: tuple[Command, ...] = (),
        *,
        lists_kinds: bool = False,
        hidden: bool = False,
    ) -> None:
        self.name = name
        self.help = help
        self.parameters = parameters
        self.commands = commands
        self.lists_kinds = lists_kinds
        self.hidden = hidden

    @property
    def arguments(self) -> list[Parameter]:
        """What it takes beside options, in order."""
        return [one for one in self.parameters if not one.flag]

    @property
    def options(self) -> list[Parameter]:
        """Its options, those of every command last."""
        return [*(one for one in self.parameters if one.flag), *COMMON]

    def command_named(self, name: str) -> Command | None:
        """The command of this group that goes by `name`, if there is one."""
        for one in self.commands:
            if one.name == name:
                return one
        return None


COMMON = (
    Parameter("directory", "-C", "Start from DIR instead of here.", "DIR"),
    Parameter("as_json", "--json", "Answer as one JSON document."),
    Parameter("as_plain", "--plain", "Answer as tab-separated lines."),
    Parameter(
        "trust",
        "--trust",
        "How the index is checked before it answers: stat (default) trusts file metadata once it"
        " is reliable, content reads every file, index skips the check.",
        choices=Trust,
    ),
)
"""What every command takes, before or after its name; fields of a `Call`."""
HELP = Parameter("help", "--help", "Show this help.")
"""Of every command, too; also ``-h``."""
VERSION = Parameter("version", "--version", "Print the version.")
"""Of the program alone."""

LIST_LIMIT = 50
"""Relations in an answer, unless another number is asked for."""
TERMINAL_LIMIT = 200
"""The same where the answer goes to a terminal."""

_SHOW = Command(
    "show",
    "Show relations: all that are active, those that touch a ticket, or the one that a record"
    " states.",
    (
        Parameter(
            "ticket",
            "",
            "Only relations that touch this ticket, at either end; or a record, by id or"
            " PATH:LINE.",
            "TICKET",
            offers=Offer.TICKET,
        ),
        Parameter(
            "kinds",
            "--kind",
            "Of this kind or class (below); may be repeated.",
            "K",
            repeatable=True,
            offers=Offer.KIND_OR_CLASS,
        ),
        Parameter(
            "states",
            "--state",
            f"Of tickets in this state: {', '.join(State)}; may be repeated.",
            "S",
            repeatable=True,
            choices=State,
        ),
        Parameter("everything", "--all", "Also relations that no longer count, with the reason."),
        Parameter(
            "limit",
            "--limit",
            f"At most N (default {LIST_LIMIT}; {TERMINAL_LIMIT} on a terminal); 0 for all.",
            "N",
            number=int,
        ),
        Parameter(
            "since",
            "--since",
            "With a record that was recorded or retired since then: a time (RFC 3339), a day, or an"
            " age such as 90m, 12h, 7d, 2w; in UTC.",
            "WHEN",
        ),
        Parameter("author", "--author", "With a record by A; with --since, by A since then.", "A"),
    ),
    lists_kinds=True,
)
_CHECK = Command(
    "check",
    "Tell whether tickets may be accepted now: a verdict each, with its reasons. Without any named:"
    " all that are not resolved.\n\nThe exit status is that of the worst verdict: 0 clear,"
    " 9 caution, 10 hold, 11 unknown; 12 where --expect no longer holds.",
    (
        Parameter(
            "tickets",
            "",
            "The tickets to check.",
            "TICKET",
            repeatable=True,
            offers=Offer.TICKET,
        ),
        Parameter(
            "states",
            "--state",
            f"Instead of naming tickets: all in this state ({', '.join(State)}); may be repeated.",
            "S",
            repeatable=True,
            choices=State,
        ),
        Parameter(
            "expect",
            "--expect",
            "The digest of an earlier check of the one ticket named; whether it still holds.",
            "DIGEST",
        ),
    ),
)
_AUTHOR = Parameter(
    "author",
    "--author",
    "Who records it; without it YOI_RELATIONS_AUTHOR, git's user.name, the login name.",
    "A",
)
_ADD = Command(
    "add",
    'Record a relation: relations add A blocked-by B --note "why".',
    (
        Parameter(
            "ticket",
            "",
            "The ticket that the record is about.",
            "TICKET",
            required=True,
            offers=Offer.TICKET,
        ),
        Parameter(
            "kind",
            "",
            "Kind of relation; listed below.",
            "KIND",
            required=True,
            offers=Offer.KIND,
        ),
        Parameter("target", "", "The other ticket.", "TARGET", offers=Offer.TICKET),
        Parameter("note", "--note", "Why; - reads it from standard input.", "TEXT|-"),
        Parameter("branch", "--branch", "Of an accepted plan: its branch.", "NAME"),
        Parameter(
            "worktree",
            "--worktree",
            "Of an accepted plan: its work tree, a relative path.",
            "PATH",
        ),
        Parameter("role_plan", "--role-plan", "Of an accepted plan: who does what.", "TEXT"),
        _AUTHOR,
        Parameter(
            "replaces",
            "--replaces",
            "Of a waiting note: an earlier one of the ticket, which is retired with it.",
            "RECORD",
            offers=Offer.RECORD,
        ),
    ),
    lists_kinds=True,
)
_RETIRE = Command(
    "retire",
    "Retire records: they stay, no longer count, and a file beside each says why.",
    (
        Parameter(
            "records",
            "",
            "A record's id, the start or the end of it, or PATH:LINE.",
            "RECORD",
            required=True,
            repeatable=True,
            offers=Offer.RECORD,
        ),
        Parameter(
            "reason", "--reason", "Why; - reads it from standard input.", "TEXT|-", required=True
        ),
        _AUTHOR,
    ),
)
_DOCTOR = Command(
    "doctor",
    "Report broken files, contradictions and expired relations. Read-only.",
    (
        Parameter(
            "severity",
            "--severity",
            "Lowest severity to report; exit status 5 if anything is reported.",
            choices=Severity,
            default=Severity.WARNING,
        ),
    ),
)
_WATCH = Command(
    "watch",
    "Keep the index warm as files change, and print one line per change.",
    (
        Parameter("once", "--once", "End with the first change."),
        Parameter(
            "timeout",
            "--timeout",
            "End after S seconds, with status 124.",
            "S",
            number=float,
        ),
    ),
)
_HOOKS = Command(
    "hooks",
    "Git hooks that keep the index warm after checkout, merge and rebase.",
    commands=(
        Command(
            "install",
            "Add a section to post-checkout, post-merge and post-rewrite; what is there stays.",
        ),
        Command("uninstall", "Take the sections out again, and nothing else."),
        Command("list", "Tell which hooks keep the index warm, and where they are."),
        Command("run", "Refresh the index, quietly: what the hooks call.", hidden=True),
    ),
)
_MCP = Command(
    "mcp",
    "Serve agents over the Model Context Protocol, on standard input and output.",
    (
        Parameter(
            "allow_write", "--allow-write", "Also offer the tools that add and retire records."
        ),
    ),
)
_COMPLETION = Command(
    "completion",
    "Print a script that completes commands, kinds, tickets and records in a shell.",
    commands=(
        *(Command(shell, f"Print the script for {shell}.") for shell in ("bash", "zsh", "fish")),
        Command(
            "run",
            "Complete the last of WORDS, or a line up to the cursor.",
            (
                Parameter("words", "", "Those after the program's name.", "WORD", repeatable=True),
                Parameter("line", "--line", "A whole line instead, as bash has it.", "LINE"),
            ),
            hidden=True,
        ),
    ),
)
PROGRAM = Command(
    "relations",
    "Durable, typed relations between tickets that are folders in git.",
    (VERSION,),
    (
        _SHOW,
        _CHECK,
        _ADD,
        _RETIRE,
        Command("rebuild", "Throw the index away and build it from the files."),
        _DOCTOR,
        Command(
            "status",
            "Tell where root and index are, what they hold, and whether the index is current.",
        ),
        Command("prime", "Print what an agent needs to know to use all this, in under 60 lines."),
        _WATCH,
        Command(
            "verify",
            "Prove the index equal to a fresh reading of every file; nothing is changed.",
        ),
        _MCP,
        _HOOKS,
        _COMPLETION,
    ),
)
"""The command line, all of it."""


def leaves(group: Command = PROGRAM, before: str = "") -> dict[str, Command]:
    """Every command that is not a group, by how it is called: ``hooks install``."""
    found: dict[str, Command] = {}
    for one in group.commands:
        path = f"{before}{one.name}"
        found |= leaves(one, f"{path} ") if one.commands else {path: one}
    return found
