"""The table of all commands, with their arguments and options.

`cli.fast_path` and `cli.typer_app` parse command lines by it, `completion` completes by it, and a
test compares `docs/reference.md` with it. What the commands do is in `cli.commands`.
"""

from __future__ import annotations

from yoi_relations.index.handle import Trust
from yoi_relations.lean.types import Any, StrEnum
from yoi_relations.queries.problems import Severity
from yoi_relations.states import State


class Offer(StrEnum):
    """What a shell can offer as a value, apart from choices."""

    TICKET = "ticket"
    RECORD = "record"
    KIND = "kind"
    KIND_OR_CLASS = "kind or class"
    SEQUENCE_KIND = "kind or class of dependencies and orderings"
    REVISION = "branch or tag"


class GraphFormat(StrEnum):
    """What `graph` writes."""

    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"
    HTML = "html"
    JSON = "json"


class Parameter:
    """An option, or an argument if `flag` is empty.

    It is not a named tuple: every start makes some sixty, and a class takes a third of the time.

    Attributes:
        name: the name of the function parameter that takes its value.
        flag: the option's name on the command line, with its dashes.
        help: the help text.
        metavar: the name of its value in help; without metavar and choices, an option
            takes no value.
        required: whether it must be given.
        repeatable: whether it may be given several times, so that its value is a list. Of a
            command's arguments, only the last can be repeatable.
        choices: the accepted words; None if any text is accepted.
        number: `int` or `float` if the value is a number; None if it is text.
        default: the value if it is not given.
        offers: what a shell offers as its value.
    """

    def __init__(  # noqa: PLR0913  # one per attribute
        self,
        name: str,
        flag: str,
        help: str,  # noqa: A002  # the name that Typer uses
        metavar: str = "",
        *,
        required: bool = False,
        repeatable: bool = False,
        choices: type[StrEnum] | None = None,
        number: type[int | float] | None = None,
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
        self.default = default
        self.offers = offers

    @property
    def takes_value(self) -> bool:
        """Whether it takes a value, and is not a flag."""
        return bool(self.metavar or self.choices)

    @property
    def unset(self) -> Any:  # noqa: ANN401  # its type depends on the parameter
        """The value if it is not given."""
        if self.repeatable:
            return []
        return self.default if self.takes_value else False

    def value_of(self, text: str) -> str | float:
        """Convert `text`, one value from the command line.

        Raises:
            ValueError: it is not a choice, or not a valid number; the error's text says so.
        """
        if self.choices is not None:
            words = [choice.value for choice in self.choices]
            if text not in words:
                raise ValueError(f"{text!r} is not one of {', '.join(map(repr, words))}")
            return self.choices(text)
        return text if self.number is None else self._number(text, self.number)

    def _number(self, text: str, kind: type[int | float]) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = None
        if number is None or not number >= 0:  # NaN is neither above nor below
            whole = "whole " if kind is int else ""
            raise ValueError(f"{text!r} is not a {whole}number of 0 or more")
        return number


class Command:
    """A command, or a group of commands.

    Attributes:
        name: its name; for a command of a group, without the name of the group.
        help: the help text.
        parameters: its own parameters; every command also takes those in `COMMON`.
        commands: the commands of a group.
        lists_kinds: whether its help ends with the kinds.
        hidden: whether help and completion leave it out.
    """

    def __init__(  # noqa: PLR0913  # one per attribute
        self,
        name: str,
        help: str,  # noqa: A002  # the name that Typer uses
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
        """Its arguments, in order."""
        return [parameter for parameter in self.parameters if not parameter.flag]

    @property
    def options(self) -> list[Parameter]:
        """Its options; those that every command takes come last."""
        return [*(parameter for parameter in self.parameters if parameter.flag), *COMMON]

    def command_named(self, name: str) -> Command | None:
        """The command of this group with this name, or None."""
        for command in self.commands:
            if command.name == name:
                return command
        return None


COMMON = (
    Parameter("directory", "-C", "Search for the workspace from DIR upward.", "DIR"),
    Parameter("as_json", "--json", "Print one JSON document."),
    Parameter("as_plain", "--plain", "Print tab-separated lines."),
    Parameter(
        "trust",
        "--trust",
        "How the index is checked before it answers: stat (default) trusts file metadata once it"
        " is reliable, content reads every file, index skips the check.",
        choices=Trust,
    ),
    Parameter("no_pager", "--no-pager", "Never show a long table in a pager."),
)
"""Options of every command, before or after its name; they are the fields of `Call`."""
HELP = Parameter("help", "--help", "Show this help.")
"""Every command also takes this option; its short form is ``-h``."""
VERSION = Parameter("version", "--version", "Print the version.")
"""Only the program itself takes this option."""

DEFAULT_LIMIT = 50
"""Relations in an answer of `show` by default."""
TERMINAL_DEFAULT_LIMIT = 200
"""Relations in an answer of `show` to a terminal by default."""

_ORIGIN = (
    Parameter(
        "database",
        "--from",
        "Ask a shared database instead of the files: a URL without a password, or service=NAME.",
        "DATABASE",
    ),
    Parameter(
        "workspaces",
        "--workspace",
        "With --from: only this workspace, whose tickets then need no name before them; may be"
        " repeated.",
        "NAME",
        repeatable=True,
    ),
    Parameter(
        "max_age",
        "--max-age",
        "With --from: what was published longer ago counts as unknown. Seconds, or an age such as"
        " 90m, 12h, 7d.",
        "AGE",
    ),
)
"""Options of the commands that can ask a shared database; they are the fields of `Origin`."""
_KINDS = Parameter(
    "kinds",
    "--kind",
    "Only relations of this kind or class (see below); may be repeated.",
    "K",
    repeatable=True,
    offers=Offer.KIND_OR_CLASS,
)
_ALL = Parameter("everything", "--all", "Also show relations that are not active, with the reason.")
_AT = Parameter(
    "at",
    "--at",
    "Answer from the files of a git revision (a commit, tag, branch, HEAD~20, main@{yesterday};"
    " : for what is staged) instead of those on the disk; nothing is checked out.",
    "REV",
    offers=Offer.REVISION,
)
_WORKTREES = Parameter(
    "worktrees",
    "--worktrees",
    "Also ask all other work trees of the git repository, with their uncommitted files, and say"
    " where they disagree.",
)
_SHOW = Command(
    "show",
    "Show relations: all active ones, those of a ticket, or the one that a record states.",
    (
        Parameter(
            "ticket",
            "",
            "Show only relations of this ticket, at either end (of another workspace:"
            " workspace:ID); or a record, by id or PATH:LINE.",
            "TICKET",
            offers=Offer.TICKET,
        ),
        _KINDS,
        Parameter(
            "states",
            "--state",
            f"Only relations of tickets in this state: {', '.join(State)}; may be repeated.",
            "S",
            repeatable=True,
            choices=State,
        ),
        _ALL,
        Parameter(
            "limit",
            "--limit",
            f"Show at most N (default {DEFAULT_LIMIT}, on a terminal"
            f" {TERMINAL_DEFAULT_LIMIT}; 0 = no limit).",
            "N",
            number=int,
        ),
        Parameter(
            "since",
            "--since",
            "Only relations with a record that was added or retired since then: a time (RFC 3339),"
            " a day (in UTC), or an age such as 90m, 12h, 7d, 2w.",
            "WHEN",
        ),
        Parameter(
            "author",
            "--author",
            "Only relations with a record by A; with --since, by A since then.",
            "A",
        ),
        _AT,
        _WORKTREES,
        *_ORIGIN,
        Parameter(
            "provenance",
            "--provenance",
            "Also show the commit that first stated each record, or that it is not committed.",
        ),
    ),
    lists_kinds=True,
)
_CHECK = Command(
    "check",
    "Say whether tickets may be accepted now: one verdict per ticket, with its reasons."
    " Without TICKET and --state: every ticket that is not done or closed.\n\nThe exit status is"
    " that of the worst verdict: 0 clear, 9 caution, 10 hold, 11 unknown; 12 if --expect no longer"
    " holds.",
    (
        Parameter(
            "tickets", "", "The tickets to check.", "TICKET", repeatable=True, offers=Offer.TICKET
        ),
        Parameter(
            "states",
            "--state",
            f"Check all tickets in this state ({', '.join(State)}) instead of named ones; may be"
            " repeated.",
            "S",
            repeatable=True,
            choices=State,
        ),
        Parameter(
            "expect",
            "--expect",
            "Compare the answer for the one named ticket with the digest of an earlier check.",
            "DIGEST",
        ),
        _AT,
        Parameter(
            "base",
            "--base",
            "Count a blocker as resolved only if it is also resolved in this git revision.",
            "REV",
            offers=Offer.REVISION,
        ),
        _WORKTREES,
        *_ORIGIN,
    ),
)
_TREE = Command(
    "tree",
    "Show what waits for what, as a tree: below each ticket, the tickets that wait for it."
    " Without TICKET: every ticket that is not done or closed.",
    (
        Parameter("ticket", "", "Start from this ticket.", "TICKET", offers=Offer.TICKET),
        Parameter("reverse", "--reverse", "Below each ticket, show the tickets that it waits for."),
        Parameter("depth", "--depth", "Show at most N levels below the first.", "N", number=int),
        Parameter(
            "kinds",
            "--kind",
            "Only edges of this kind or class, dependency or ordering; may be repeated.",
            "K",
            repeatable=True,
            offers=Offer.SEQUENCE_KIND,
        ),
        Parameter(
            "everything",
            "--all",
            "Also show tickets that are done or closed, and edges that are not active.",
        ),
        _AT,
        *_ORIGIN,
    ),
)
_LOG = Command(
    "log",
    "Show the life of records, newest first: who stated, retired or removed what, in which commit.",
    (
        Parameter(
            "name",
            "",
            "Only records about this ticket, at either end; or one record. Both may be gone.",
            "TICKET|RECORD",
            offers=Offer.TICKET,
        ),
        _KINDS,
        Parameter(
            "since",
            "--since",
            "Only commits since then, and what is not committed: a time (RFC 3339), a day (in UTC),"
            " or an age such as 90m, 12h, 7d, 2w.",
            "WHEN",
        ),
        Parameter(
            "limit",
            "-n",
            f"Show at most N events (default {DEFAULT_LIMIT}, on a terminal"
            f" {TERMINAL_DEFAULT_LIMIT}; 0 = no limit).",
            "N",
            number=int,
        ),
    ),
    lists_kinds=True,
)
_AUTHOR = Parameter(
    "author",
    "--author",
    "Who records it (default: YOI_RELATIONS_AUTHOR, then git's user.name, then the login name).",
    "A",
)
_ADD = Command(
    "add",
    'Record a relation: relations add A blocked-by B --note "why".',
    (
        Parameter(
            "ticket",
            "",
            "The first ticket of the sentence; its folder gets the record.",
            "TICKET",
            required=True,
            offers=Offer.TICKET,
        ),
        Parameter(
            "kind", "", "Kind of relation; listed below.", "KIND", required=True, offers=Offer.KIND
        ),
        Parameter(
            "target",
            "",
            "The second ticket; of another workspace: its name, a colon and the whole id, such as"
            " acme/loans:00001KTNVGT8G. Only waiting and accepted-plan need none.",
            "TARGET",
            offers=Offer.TICKET,
        ),
        Parameter("note", "--note", "Why; - reads it from standard input.", "TEXT|-"),
        Parameter("branch", "--branch", "Branch of an accepted plan.", "NAME"),
        Parameter(
            "worktree", "--worktree", "Work tree of an accepted plan, as a relative path.", "PATH"
        ),
        Parameter("role_plan", "--role-plan", "Who does what in an accepted plan.", "TEXT"),
        _AUTHOR,
        Parameter(
            "replaces",
            "--replaces",
            "Earlier waiting note of the ticket that this waiting note replaces; it is retired.",
            "RECORD",
            offers=Offer.RECORD,
        ),
    ),
    lists_kinds=True,
)
_RETIRE = Command(
    "retire",
    "Retire records: they no longer count. They stay, and a new file says why.",
    (
        Parameter(
            "records",
            "",
            "Record id, its start or its end, or PATH:LINE.",
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
        _AT,
    ),
)
_GRAPH = Command(
    "graph",
    "Write tickets and their relations as a diagram, a page or a document. With TICKET: what it"
    " waits for and what waits for it.\n\nA diagram shows dependencies, orderings and conflicts,"
    " and with --kind also references. The formats html and json have all kinds, and the notes of"
    " the records: share them as you would share the repository.",
    (
        Parameter(
            "tickets",
            "",
            "Tickets to start from; without, every ticket that is not done or closed.",
            "TICKET",
            repeatable=True,
            offers=Offer.TICKET,
        ),
        Parameter(
            "format",
            "--format",
            "mermaid (default) for Markdown, dot for Graphviz, svg by an installed Graphviz, html"
            " for one page that works offline, json for programs (also --json).",
            choices=GraphFormat,
        ),
        _KINDS,
        Parameter(
            "states",
            "--state",
            f"Only tickets in this state ({', '.join(State)}), and what they are related to; may be"
            " repeated.",
            "S",
            repeatable=True,
            choices=State,
        ),
        Parameter(
            "depth", "--depth", "At most N steps from TICKET (default: all).", "N", number=int
        ),
        _ALL,
        Parameter("output", "-o", "Write to FILE instead of standard output.", "FILE"),
        _AT,
        *_ORIGIN,
    ),
    lists_kinds=True,
)
_WATCH = Command(
    "watch",
    "Keep the index current as files change, and print one line per change.",
    (
        Parameter("once", "--once", "End after the first change."),
        Parameter(
            "timeout", "--timeout", "End after S seconds, with status 124.", "S", number=float
        ),
        Parameter(
            "publish",
            "--publish",
            "Also publish each change, and every minute without one, to the database that"
            " YOI_RELATIONS_DATABASE names.",
        ),
    ),
)
_SERVE = Command(
    "serve",
    "Serve the page on this machine alone, and keep it current. It prints the address, which"
    " holds a secret.",
    (
        Parameter(
            "port", "--port", "Port to listen on (default 0: any free one).", "N", number=int
        ),
        Parameter("open_browser", "--open", "Open the address in a browser."),
        *_ORIGIN,
    ),
)
_DIFF = Command(
    "diff",
    "Say what changed in meaning between two states of the files, and what follows from it."
    " Without REV: from the last commit to the working files; with one: from that to the working"
    " files.",
    (
        Parameter(
            "earlier",
            "",
            "The earlier git revision; or both, as A..B, or as A...B from their merge base.",
            "REV1",
            offers=Offer.REVISION,
        ),
        Parameter("later", "", "The later git revision.", "REV2", offers=Offer.REVISION),
        Parameter(
            "merge",
            "--merge",
            "Say what a merge of BRANCH into HEAD would change, without making it. Exit status 5"
            " if it would make a hold, a cycle or a contradiction that neither side has.",
            "BRANCH",
            offers=Offer.REVISION,
        ),
        Parameter("exit_code", "--exit-code", "Exit with status 5 if there is any difference."),
    ),
)
_DATABASE = Parameter(
    "to",
    "--to",
    "The database: a URL without a password, or service=NAME (default: YOI_RELATIONS_DATABASE).",
    "DATABASE",
)
_PUBLISH = Command(
    "publish",
    "Put this workspace's answers into a shared database. A publication that could be older than"
    " the one that is there is refused.",
    (
        _DATABASE,
        Parameter(
            "name",
            "--name",
            "Publish under this name (default: name in .yoi/workspace.toml, then the last two parts"
            " of the git remote's path).",
            "WORKSPACE",
        ),
        Parameter("force", "--force", "Publish even over what could be newer."),
    ),
)
_SERVER = Command(
    "server",
    "Look after a shared database.",
    commands=(
        Command("migrate", "Create the tables, or bring them up to date.", (_DATABASE,)),
        Command(
            "list", "List the workspaces that were published, and how old each is.", (_DATABASE,)
        ),
        Command(
            "forget",
            "Delete a workspace from the database; its files stay.",
            (Parameter("name", "", "Its name.", "NAME", required=True), _DATABASE),
        ),
    ),
)
_HOOKS = Command(
    "hooks",
    "Manage git hooks that keep the index current after checkout, merge and rebase.",
    commands=(
        Command(
            "install",
            "Add a section to post-checkout, post-merge and post-rewrite; existing lines stay.",
        ),
        Command("uninstall", "Remove these sections, and nothing else."),
        Command("list", "List the hooks, their state and their path."),
        Command("run", "Refresh the index quietly; the hooks call this.", hidden=True),
    ),
)
_MCP = Command(
    "mcp",
    "Run a Model Context Protocol server on standard input and output, for agents.",
    (
        Parameter(
            "allow_write", "--allow-write", "Also offer the tools that add and retire records."
        ),
        *_ORIGIN,
    ),
)
_COMPLETION = Command(
    "completion",
    "Print a script for a shell that completes commands, kinds, tickets and records.",
    commands=(
        *(Command(shell, f"Print the script for {shell}.") for shell in ("bash", "zsh", "fish")),
        Command(
            "run",
            "Complete the last word, or a line up to the cursor; the scripts call this.",
            (
                Parameter("words", "", "Words after the program's name.", "WORD", repeatable=True),
                Parameter("line", "--line", "Whole line instead of words, from bash.", "LINE"),
            ),
            hidden=True,
        ),
    ),
)
PROGRAM = Command(
    "relations",
    "Durable, typed relations between tickets that are files in git.",
    (VERSION,),
    (
        _SHOW,
        _CHECK,
        _TREE,
        _LOG,
        _ADD,
        _RETIRE,
        Command("rebuild", "Delete the index and build it from the files."),
        _DOCTOR,
        Command(
            "status",
            "Show the root and the index: what they contain, and whether the index is current.",
        ),
        Command("prime", "Print a guide for agents, in under 60 lines."),
        _GRAPH,
        _DIFF,
        _WATCH,
        _SERVE,
        Command("verify", "Read every file and prove that the index matches. Read-only."),
        _MCP,
        _PUBLISH,
        _SERVER,
        _HOOKS,
        _COMPLETION,
    ),
)
"""The whole command line."""


def leaves(group: Command = PROGRAM, prefix: str = "") -> dict[str, Command]:
    """Every command that is not a group, by the words that name it: ``hooks install``."""
    found: dict[str, Command] = {}
    for command in group.commands:
        path = f"{prefix}{command.name}"
        found |= leaves(command, f"{path} ") if command.commands else {path: command}
    return found
