"""The commit that first stated each record of an answer, or why no commit states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yoi_relations.files.workspace import Workspace
from yoi_relations.history.lives import Commit, How, committed_lives, how_word
from yoi_relations.history.open import with_history
from yoi_relations.history.versions import Key
from yoi_relations.history.work_tree import WorkTree
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.relations import Relation


class Provenance(NamedTuple):
    """Where a record comes from.

    Attributes:
        commit: the commit that first stated it; None if it is not committed.
        how: why the last commit does not say the same; None if it does.
    """

    commit: Commit | None
    how: How | None

    @property
    def how_word(self) -> str:
        """``committed``, ``or_before`` in a shallow clone, or why it is not committed."""
        return how_word(self.commit, self.how)

    @property
    def field(self) -> str:
        """The id of the commit, or `how_word`; both with a colon between if they differ."""
        if self.commit is None:
            return self.how_word
        plain = self.how_word == "committed"
        return self.commit.id if plain else f"{self.commit.id}:{self.how_word}"


def find_provenance(
    workspace: Workspace, index: Connection, relations: Iterable[Relation]
) -> Mapping[Key, Provenance]:
    """By holder and id, the provenance of the records of some relations.

    Raises:
        RevisionError: there is no commit yet.
        GitError: git is missing, there is no repository, git refuses it, or it lacks objects.
        GitTimeoutError: git did not answer in time.
    """
    keys = {record.key for relation in relations for record in relation.records}

    def answer(work_tree: WorkTree) -> dict[Key, Provenance]:
        lives = committed_lives(work_tree.history.connection, keys)
        in_tip = {*lives.present}
        how = work_tree.add_to(lives, keys)
        # The first commit of a record that is edited, or unknown; of one that is added again, none.
        return {
            key: Provenance(
                lives.first_commit(key) if key in in_tip or how.get(key) is None else None,
                how.get(key),
            )
            for key in keys
        }

    return with_history(workspace, index, answer)
