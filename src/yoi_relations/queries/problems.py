"""Problems of the files, and what they could hide from an answer."""

from __future__ import annotations

from yoi_relations.files.source import Effect, Format
from yoi_relations.kinds import ALL_SHOWN, JSON_KINDS, PLAN_KINDS
from yoi_relations.lean.types import Connection, NamedTuple, StrEnum
from yoi_relations.queries.records import Condition, path_and_line, where
from yoi_relations.queries.scope import scope_of

_COULD_SHOW: dict[str | None, frozenset[str]] = {
    Format.RELATIONS_JSON: frozenset(kind.shown for kind in JSON_KINDS.values()),
    Format.PLAN_JSONL: frozenset(kind.shown for kind in PLAN_KINDS.values()),
}
"""By format, the kinds that a hidden record could be shown as."""


class Severity(StrEnum):
    """How serious a finding is, the worst first."""

    ERROR = "error"
    """An answer is incomplete, or work can never go on."""
    WARNING = "warning"
    """Somebody should check."""
    INFO = "info"
    """Worth knowing; nothing has to change."""

    @property
    def weight(self) -> int:
        """A number; the greater, the worse."""
        return -list(Severity).index(self)


class Problem(NamedTuple):
    """A file, a line or a ticket that cannot be used as it is; printed after its place.

    Attributes:
        path: path below the workspace root.
        line: counted from 1, or None.
        message: what is wrong, to be read after the path.
        effect: what it could hide.
        about: id of the ticket whose records or state it could hide.
        shown: kinds that a hidden record could be shown as.
        code: a `SpanningCode` or a `FaultCode`; None if the effect is enough.
        targets: targets of all records that it could hide; None if they are not known.
    """

    path: str
    line: int | None
    message: str
    effect: Effect
    about: str
    shown: frozenset[str] = ALL_SHOWN
    code: str | None = None
    targets: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"{path_and_line(self.path, self.line)}: {self.message}"


def find_problems(connection: Connection, *, advice: bool = False) -> list[Problem]:
    """Every problem of the workspace, by path and line; with `advice`, those for `doctor` too."""
    scope = scope_of(connection)
    wanted = Condition("effect <> ?", ("" if advice else Effect.ADVICE.value,))
    sql, values = where([wanted, *scope.rows])
    rows = connection.execute(
        "SELECT path, line, message, effect, about, code, format, targets"  # noqa: S608  # fixed text
        f" FROM problem_now{sql}",
        values,
    )
    found = [
        Problem(
            *(path, line, message, Effect(effect), about),
            shown=_COULD_SHOW.get(form, ALL_SHOWN),
            code=code,
            targets=None if named is None else tuple(named.split("\n")),
        )
        for path, line, message, effect, about, code, form, named in rows
    ]
    found += scope.problems
    return sorted(found, key=lambda problem: (problem.path, problem.line or 0, problem.message))
