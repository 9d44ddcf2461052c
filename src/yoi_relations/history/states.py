"""What each commit states: what its first parent states, and the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.git.log import LoggedCommit
from yoi_relations.history.changes import Change
from yoi_relations.history.versions import Key, State, Statement, Version, by_record
from yoi_relations.lean.types import Connection, NamedTuple


class Step(NamedTuple):
    """What a commit states other than its first parent.

    Attributes:
        removed: what the parent states, and the commit does not.
        stated: what the commit states, and the parent does not.
        faulty: paths of files that cannot be used, or a part of them, and could be before.
        uncertain: paths of files that are missing in the parent.
        is_border: whether a shallow history ends here.
    """

    removed: list[Statement]
    stated: list[Statement]
    faulty: set[str]
    uncertain: set[str]
    is_border: bool

    def is_uncertain(self, change: Change) -> bool:
        """Whether something may have happened before."""
        return self.is_border or change.statement.path in self.uncertain


class States:
    """What commits state, while their children are not added yet."""

    def __init__(
        self,
        connection: Connection,
        known: dict[str, tuple[int, int]],
        new: list[LoggedCommit],
        tip: str,
    ) -> None:
        self._connection = connection
        self._known = known
        self._states: dict[str, dict[Key, State]] = {}
        self._children = Counter(parent for commit in new for parent in commit.parents)
        self._children[tip] += 1  # it is asked for at the end

    def add(self, commit: LoggedCommit, step: Step) -> Iterator[tuple[Key, list[State], State]]:
        """Add a commit: the records in `step`, with what each parent and the commit state."""
        parents = [self.of(parent) for parent in commit.parents]
        removed, stated = by_record(step.removed), by_record(step.stated)
        keys = removed.keys() | stated.keys()
        before = {key: [state.get(key, {}) for state in parents] or [{}] for key in keys}
        own = self.inherit(commit)
        _apply(own, step.removed, stated)
        for key, states in before.items():
            # What is removed knows its latest lines.
            states[0] = {**states[0], **removed.get(key, {})}
            yield key, states, own.get(key, {})

    def inherit(self, commit: LoggedCommit) -> dict[Key, State]:
        """Add a commit with what its first parent states."""
        for parent in commit.parents:
            self._children[parent] -= 1
        own: dict[Key, State] = {}
        if commit.parents:
            own = self.of(commit.parents[0])
            if self._children[commit.parents[0]]:
                own = own.copy()  # for another child
        for parent in commit.parents:
            if not self._children[parent]:
                self._states.pop(parent, None)
        self._states[commit.id] = own
        return own

    def of(self, id_: str) -> dict[Key, State]:
        """What a commit states that was added, or that was stored before."""
        if id_ not in self._states:
            self._states[id_] = self._stored(self._known[id_][0])
        return self._states[id_]

    def _stored(self, number: int) -> dict[Key, State]:
        """What a stored commit states: the steps from the first commit to it, one after another."""
        state: dict[Key, State] = {}
        for is_stated, path, line, *version in self._connection.execute(_STEPS, (number,)):
            statement = Statement(Version(*version), path, line)
            if is_stated:
                _apply(state, (), by_record([statement]))
            else:
                _apply(state, [statement], {})
        return state


_STEPS = f"""
WITH RECURSIVE chain (number, depth) AS (
    VALUES (?, 0)
    UNION ALL SELECT commits.parent, depth + 1 FROM chain JOIN commits USING (number)
    WHERE commits.parent IS NOT NULL
)
SELECT stated, path, line, {", ".join(f"version.{name}" for name in Version._fields)}
FROM chain JOIN step ON commit_number = chain.number
JOIN version ON version.number = version_number JOIN file ON file.number = file_number
ORDER BY depth DESC, stated
"""  # noqa: S608  # fixed names


def _apply(
    state: dict[Key, State], removed: Iterable[Statement], stated: Mapping[Key, State]
) -> None:
    """Change what records of a commit are stated."""
    for statement in removed:
        key = statement.version.key
        rest = {at: each for at, each in state.get(key, {}).items() if at != statement.at}
        if rest:
            state[key] = rest
        else:
            state.pop(key, None)
    for key, added in stated.items():
        state[key] = {**state.get(key, {}), **added}
