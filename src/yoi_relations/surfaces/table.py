"""The options of the commands that go through both doors, each said once.

`quick` parses by this table, `options` declares it to Typer. An option here has its name, its help,
its choices and its default from nowhere else.
"""

from __future__ import annotations

from yoi_relations.index.opened import Trust
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.queries.problems import Severity
from yoi_relations.states import State
from yoi_relations.typed import Any, NamedTuple, StrEnum


class Option(NamedTuple):
    """One option, or one argument where `flag` is empty.

    Attributes:
        name: what its value is called by those who take it.
        flag: as it stands on the command line.
        help: what it is for.
        metavar: what help calls its value; without one, and without choices, it takes none.
        repeatable: whether it may be given several times; its value is a list then.
        choices: the only words that it takes.
        least: of a number, the smallest; other values are text.
        default: the value when it is not given.
    """

    name: str
    flag: str
    help: str
    metavar: str = ""
    repeatable: bool = False
    choices: type[StrEnum] | None = None
    least: int | None = None
    default: str | int | None = None

    @property
    def takes_value(self) -> bool:
        """Whether a word follows it."""
        return bool(self.metavar or self.choices)

    @property
    def unset(self) -> list[Any] | str | int | None:
        """The value when it is not given."""
        if self.repeatable:
            return []
        return self.default if self.takes_value else False


class Form(NamedTuple):
    """A command that goes through both doors.

    Attributes:
        name: of the command.
        help: what it does.
        argument: what it takes beside options.
        options: its own; `COMMON` come on top.
        lists_kinds: whether its help ends with the kinds.
    """

    name: str
    help: str
    argument: Option | None = None
    options: tuple[Option, ...] = ()
    lists_kinds: bool = False


COMMON = (
    Option("directory", "-C", "Start from DIR instead of here.", "DIR"),
    Option("as_json", "--json", "Answer as one JSON document."),
    Option("as_plain", "--plain", "Answer as tab-separated lines."),
    Option(
        "trust",
        "--trust",
        "How the index is checked before it answers: stat (what you get unless told) believes"
        " stamps that prove something, content reads every file, index skips the check.",
        choices=Trust,
    ),
)
"""What every command takes, before or after its name."""

LIST_LIMIT = 50
"""Relations in an answer, unless another number is asked for."""
TERMINAL_LIMIT = 200
"""The same where the answer goes to a terminal."""

SHOW = Form(
    "show",
    "Show relations: all that are active, those that touch a ticket, or the one that a record"
    " states.",
    Option(
        "ticket",
        "",
        "Only relations that touch this ticket, at either end; or a record, by id or PATH:LINE.",
        "TICKET",
    ),
    (
        Option(
            "kinds",
            "--kind",
            "Of this kind or class (below); may be repeated.",
            "K",
            repeatable=True,
        ),
        Option(
            "states",
            "--state",
            f"Of tickets in this state: {', '.join(State)}; may be repeated.",
            "S",
            repeatable=True,
            choices=State,
        ),
        Option("everything", "--all", "Also relations that no longer count, with the reason."),
        Option(
            "limit",
            "--limit",
            f"At most N (default {LIST_LIMIT}; {TERMINAL_LIMIT} on a terminal); 0 for all.",
            "N",
            least=0,
        ),
        Option(
            "since",
            "--since",
            "With a record that was recorded or retired since then: a time (RFC 3339), a day, or"
            " an age such as 90m, 12h, 7d, 2w; in UTC.",
            "WHEN",
        ),
        Option("author", "--author", "With a record by A; with --since, by A since then.", "A"),
    ),
    lists_kinds=True,
)
CHECK = Form(
    "check",
    "Tell whether tickets may be accepted now: a verdict each, with its reasons. Without any named:"
    " all that are not resolved.\n\nThe exit status is that of the worst verdict: 0 clear,"
    " 9 caution, 10 hold, 11 unknown; 12 where --expect no longer holds.",
    Option("tickets", "", "The tickets to check.", "TICKET", repeatable=True),
    (
        Option(
            "states",
            "--state",
            f"Instead of naming tickets: all in this state ({', '.join(State)}); may be repeated.",
            "S",
            repeatable=True,
            choices=State,
        ),
        Option(
            "expect",
            "--expect",
            "The digest of an earlier check of the one ticket named; whether it still holds.",
            "DIGEST",
        ),
    ),
)
DOCTOR = Form(
    "doctor",
    "Look for what is wrong with the files, contradicts itself or has had its day; nothing is"
    " changed.",
    options=(
        Option(
            "severity",
            "--severity",
            "List what is at least as bad; with any of it, the status is 5.",
            choices=Severity,
            default=Severity.WARNING,
        ),
    ),
)
STATUS = Form(
    "status", "Tell where root and index are, what they hold, and whether the index is current."
)
REBUILD = Form("rebuild", "Throw the index away and build it from the files.")
PRIME = Form("prime", "Print what an agent needs to know to use all this, in under 60 lines.")
FORMS = {form.name: form for form in (SHOW, CHECK, DOCTOR, REBUILD, STATUS, PRIME)}


def kinds_help() -> str:
    """The kinds by class, for the end of a help text."""
    return "Kinds by class. " + "; ".join(
        f"{cls}: {', '.join(k.name.replace('_', '-') for k in KINDS.values() if k.cls is cls)}"
        for cls in RelationClass
    )
