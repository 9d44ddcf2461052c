"""Compares the index with the last commit: what is not committed, and what a merge removed.

Git is asked only where the two differ. Files are compared by what they state: line ends and filters
may make the bytes differ. The work tree itself is never given to git, which would run filters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yoi_relations.errors import GitError
from yoi_relations.files.workspace import Workspace, printable_bytes
from yoi_relations.git.ask import ask_git
from yoi_relations.git.repository import Revision
from yoi_relations.history.lives import Change, How, Lives
from yoi_relations.history.objects import Objects
from yoi_relations.history.store import MISSING, History
from yoi_relations.history.versions import Key, current_versions
from yoi_relations.lean.types import TYPE_CHECKING, Connection, NamedTuple

if TYPE_CHECKING:
    from yoi_relations.git.objects import GitObject
    from yoi_relations.history.places import Places

_MAX_LIMITS = 200
"""Paths that git's index is asked about one by one; for more, all tickets are listed."""


class _Tracked(NamedTuple):
    """A file in git's index: its object, None during a merge; and whether it is checked out."""

    id: str | None
    is_checked_out: bool


class WorkTree(NamedTuple):
    """The files as the index holds them, and the commit that they are compared with.

    Attributes:
        workspace: the workspace.
        connection: to its index.
        history: the history up to the commit.
        tip: the commit.
        objects: reads files of commits.
    """

    workspace: Workspace
    connection: Connection
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
        committed = {change.at: change for change in lives.present()}
        current = {}
        for path, stated in current_versions(self.connection, keys):
            change = Change(stated.version, path, stated.line, stated=True)
            current[change.at] = change
        # A file below another tickets root is not of this work tree.
        here = tuple(f"{root}/" for root in self.workspace.source_roots)
        lost = [c for at, c in committed.items() if at not in current and c.path.startswith(here)]
        found = [change for at, change in current.items() if at not in committed]
        unknown = self._paths_with_missing_files()
        answer = _how_of(current.values(), None)
        answer |= _how_of((change for change in found if change.path in unknown), How.UNKNOWN)
        changes = self._add_differences(lives, _sorted(lost, unknown), _sorted(found, unknown))
        kept = {(change.version.key, change.version.digest) for change in committed.values()}
        for change in changes:  # a file that was moved says the same at another path
            if change.stated and (change.version.key, change.version.digest) not in kept:
                answer |= _how_of([change], change.how)
        return answer

    def _add_differences(
        self, lives: Lives, lost: list[Change], found: list[Change]
    ) -> list[Change]:
        """Add what the files no longer state, and what they state beside it; what is not committed.

        Args:
            lives: the lives up to the last commit, from the events alone.
            lost: what the last commit seems to state, and the files do not.
            found: what the files state, and the last commit seems not to.
        """
        if not (lost or found):
            lives.settle()
            return []
        from yoi_relations.history.places import Places  # noqa: PLC0415  # only differences need it

        places = Places(self.workspace, self.tip.repository.prefix, self.history.roots)
        lost, found = self._compare_with_tip(places, lives, lost, found)
        if not (lost or found):
            return []
        changes = self._explained(places, lost, found)
        lives.add(None, changes)
        return changes

    def _paths_with_missing_files(self) -> set[str]:
        """The paths of the files of which one version at least is missing in a partial clone."""
        if not self.history.missing:
            return set()
        rows = self.history.connection.execute(
            "SELECT shown_path FROM fault JOIN file ON number = file_number WHERE message = ?",
            (MISSING,),
        )
        return {path for (path,) in rows}

    def _compare_with_tip(
        self, places: Places, lives: Lives, lost: list[Change], found: list[Change]
    ) -> tuple[list[Change], list[Change]]:
        """Where the order of events misleads, let the last commit decide; what still differs.

        Events on two branches have no order, and a merge may drop what one side has stated.
        """
        in_tip = self._digests_in_tip(places, {change.path for change in (*lost, *found)})
        faulty = self._paths_with_problems()
        dropped = [
            change._replace(stated=False, how=How.MERGED, fault=change.path in faulty)
            for change in lost
            if change.path in in_tip and change.version.digest not in in_tip[change.path]
        ]
        kept = [c for c in found if c.version.digest in in_tip.get(c.path, ())]
        lives.add(None, dropped)
        lives.settle(kept)
        explained = {change.at for change in (*dropped, *kept)}
        return (
            [change for change in lost if change.at not in explained],
            [change for change in found if change.at not in explained],
        )

    def _digests_in_tip(self, places: Places, paths: set[str]) -> dict[str, set[str]]:
        """By path, what the files of the last commit state; of files that git has ever had."""
        rows = self.history.connection.execute("SELECT shown_path, path FROM file")
        known = {shown: path for shown, path in rows if shown in paths and b"\n" not in path}
        names = [f"{self.tip.id}:{_as_text(path)}" for path in known.values()]
        blobs = self.objects.reader.read_all(names)
        found = zip(known.items(), blobs, strict=True)
        return {shown: _digests(places, path, blob) for (shown, path), blob in found}

    def _explained(self, places: Places, lost: list[Change], found: list[Change]) -> list[Change]:
        """The differences from the last commit, with the reason why each is not committed."""
        tracked = self._tracked({change.path for change in (*lost, *found)})
        ids = sorted({entry.id for entry in tracked.values() if entry.id})
        blobs = dict(zip(ids, self.objects.reader.read_all(ids), strict=True))
        staged = {
            path: _digests(places, places.in_git(path), blobs[entry.id])
            for path, entry in tracked.items()
            if entry.id
        }
        faulty = self._paths_with_problems()
        changes = []
        for change in lost:
            entry = tracked.get(change.path)
            if entry is None or entry.is_checked_out:
                is_staged = change.version.digest not in staged.get(change.path, ())
                how = How.STAGED if is_staged else How.MODIFIED
                fault = change.path in faulty
                changes.append(change._replace(stated=False, how=how, fault=fault))
        for change in found:
            how = How.MODIFIED if change.path in tracked else How.UNTRACKED
            if change.version.digest in staged.get(change.path, ()):
                how = How.STAGED
            changes.append(change._replace(how=how))
        return changes

    def _paths_with_problems(self) -> set[str]:
        return {path for (path,) in self.connection.execute("SELECT path FROM problem_now")}

    def _tracked(self, paths: set[str]) -> dict[str, _Tracked]:
        """What git's index has at these paths."""
        limits = sorted(paths)
        if len(limits) > _MAX_LIMITS or any("\\" in path for path in limits):
            limits = [*self.workspace.source_roots]
        command = ("--literal-pathspecs", "ls-files", "-s", "-t", "-z", "--")
        ran = ask_git(self.workspace.root, *command, *limits)
        if ran.returncode:
            raise GitError(
                f"git ls-files: failed: {ran.stderr.decode('utf-8', 'replace').strip()}",
                "run git status to see what is wrong with git's index",
            )
        found = {}
        for line in ran.stdout.split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            tag, _, id_, stage = head.decode().split(" ")
            shown = printable_bytes(path)
            if shown in paths:
                found[shown] = _Tracked(id_ if stage == "0" else None, tag != "S")
        return found


def _digests(places: Places, path: bytes, blob: GitObject) -> set[str]:
    """What a file of a commit or of git's index states."""
    source = places.source_at(path)
    if source is None or blob.type != "blob":
        return set()
    from yoi_relations.history.contents import content_of  # noqa: PLC0415  # only differences need it

    return {*content_of(places, source, blob.data).stated}


def _sorted(changes: Iterable[Change], without: set[str]) -> list[Change]:
    """`changes` by path and line, without those of some paths."""
    rest = (change for change in changes if change.path not in without)
    return sorted(rest, key=lambda change: (change.path, change.line or 0))


def _how_of(changes: Iterable[Change], how: How | None) -> dict[Key, How | None]:
    """The records that `changes` state, each with `how`."""
    return {change.version.key: how for change in changes if change.version.retires is None}


def _as_text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
