"""Compares the index with the last commit: what is not committed.

Git is asked only where the two differ. Files are compared by what they state: line ends and filters
may make the bytes differ. The work tree itself is never given to git, which would run filters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from yoi_relations.files.workspace import Workspace, printable_bytes
from yoi_relations.git.ask import can_name
from yoi_relations.git.repository import Revision
from yoi_relations.history.changes import changes_between
from yoi_relations.history.lives import How, Lives
from yoi_relations.history.objects import Objects
from yoi_relations.history.present_files import PresentFiles
from yoi_relations.history.store import History
from yoi_relations.history.versions import Key, State, Statement, by_record
from yoi_relations.lean.types import TYPE_CHECKING, Connection, NamedTuple

if TYPE_CHECKING:
    from yoi_relations.git.objects import GitObject
    from yoi_relations.history.places import Places


class _Tracked(NamedTuple):
    """A file in git's index: its object, None during a merge; and whether it is checked out."""

    id: str | None
    is_checked_out: bool


class WorkTree(NamedTuple):
    """The files as the index holds them, and the commit that they are compared with.

    Attributes:
        workspace: the workspace.
        connection: to its index.
        files: what its files state.
        history: the history up to the commit.
        tip: the commit.
        objects: reads files of commits.
    """

    workspace: Workspace
    connection: Connection
    files: PresentFiles
    history: History
    tip: Revision
    objects: Objects

    def add_to(self, lives: Lives, keys: Collection[Key] | None) -> dict[Key, How | None]:
        """Add to `lives` what no commit says, of some records or of all (None).

        The answer has every record that the files state: None if the last commit states the same,
        otherwise why it does not.

        Raises:
            OSError: git cannot be started.
            GitError: git failed.
            GitTimeoutError: git was silent for too long.
        """
        committed = {at: each for state in lives.present.values() for at, each in state.items()}
        current = {each.at: each for each in self.files.statements(keys)}
        missing = self.history.missing
        # A file below another tickets root is not of this work tree.
        here = tuple(f"{root}/" for root in self.workspace.source_roots)
        lost = [s for at, s in committed.items() if at not in current and s.path.startswith(here)]
        found = [each for at, each in current.items() if at not in committed]
        answer = _how_of(current.values(), None)
        answer |= _how_of((each for each in found if each.path in missing), How.UNKNOWN)
        hows = self._explained(
            [each for each in lost if each.path not in missing],
            [each for each in found if each.path not in missing],
        )
        self._add_differences(lives, hows, by_record(each for each in hows if each.at in current))
        kept = {(each.version.key, each.version.digest) for each in committed.values()}
        for each, how in hows.items():  # a file that was moved says the same at another path
            if each.at in current and (each.version.key, each.version.digest) not in kept:
                answer |= _how_of([each], how)
        return answer

    def _add_differences(
        self, lives: Lives, hows: Mapping[Statement, How], found: Mapping[Key, State]
    ) -> None:
        """Add what happened to the records that the files and the last commit state differently.

        Args:
            lives: the lives up to the last commit.
            hows: why what only one of both states is not committed.
            found: what of that the files state.
        """
        faulty = self._paths_with_problems() if hows else ()
        by_place = {each.at: how for each, how in hows.items()}
        for key, how in {each.version.key: how for each, how in hows.items()}.items():
            before = lives.present.get(key, {})
            after = {at: each for at, each in before.items() if at not in by_place}
            for change in changes_between([before], {**after, **found.get(key, {})}, faulty):
                lives.add(key, change, None, by_place.get(change.statement.at, how))

    def _explained(self, lost: list[Statement], found: list[Statement]) -> dict[Statement, How]:
        """Why what differs from the last commit is not committed, in the order of the files.

        Args:
            lost: what the last commit states, and the files do not. What is not checked out is left
                out of the answer.
            found: what the files state, and the last commit does not.
        """
        if not (lost or found):
            return {}
        from yoi_relations.history.places import Places  # noqa: PLC0415  # only differences need it

        places = Places(self.workspace, self.tip.repository.prefix, self.history.roots)
        tracked = self._tracked({each.path for each in (*lost, *found)})
        ids = sorted({entry.id for entry in tracked.values() if entry.id})
        blobs = dict(zip(ids, self.objects.reader.read_all(ids), strict=True))
        staged = {
            path: _digests(places, places.in_git(path), blobs[entry.id])
            for path, entry in tracked.items()
            if entry.id
        }
        hows = {}
        for each in lost:
            entry = tracked.get(each.path)
            if entry is None or entry.is_checked_out:
                is_staged = each.version.digest not in staged.get(each.path, ())
                hows[each] = How.STAGED if is_staged else How.MODIFIED
        for each in found:
            is_staged = each.version.digest in staged.get(each.path, ())
            unstaged = How.MODIFIED if each.path in tracked else How.UNTRACKED
            hows[each] = How.STAGED if is_staged else unstaged
        return dict(sorted(hows.items(), key=lambda item: _order(item[0])))

    def _paths_with_problems(self) -> set[str]:
        return {path for (path,) in self.connection.execute("SELECT path FROM problem_now")}

    def _tracked(self, paths: set[str]) -> dict[str, _Tracked]:
        """What git's index has at these paths."""
        from yoi_relations.git.staging import ask_staging  # noqa: PLC0415  # rarely needed

        limits = sorted(paths)
        if not can_name(limits):
            limits = [*self.workspace.source_roots]
        command = ("ls-files", "-s", "-t", "-z", "--", *limits)
        found = {}
        for line in ask_staging(self.tip.repository, self.workspace.root, *command):
            head, _, path = line.partition(b"\t")
            tag, _, id_, stage = head.decode().split(" ")
            shown = printable_bytes(path)
            if shown in paths:
                found[shown] = _Tracked(id_ if stage == "0" else None, tag != "S")
        return found


def _order(statement: Statement) -> tuple[str, int, str]:
    return statement.path, statement.line or 0, statement.version.id


def _digests(places: Places, path: bytes, blob: GitObject) -> set[str]:
    """What a file of a commit or of git's index states."""
    source = places.source_at(path)
    if source is None or blob.type != "blob":
        return set()
    from yoi_relations.history.contents import content_of  # noqa: PLC0415  # only differences need it

    return {*content_of(places, source, blob.data).stated}


def _how_of(statements: Iterable[Statement], how: How | None) -> dict[Key, How | None]:
    """The records among what is stated, each with `how`."""
    return {each.version.key: how for each in statements if each.version.retires is None}
