"""The commit of an event or a record, or why there is none, in words."""

from __future__ import annotations

from yoi_relations.history.lives import Commit, How

_SHORT_ID = 12
"""Characters of the id of a commit."""
_NOT_COMMITTED = {
    How.STAGED: "not committed: staged",
    How.MODIFIED: "not committed: the file was modified",
    How.UNTRACKED: "not committed: the file is untracked",
    How.MERGED: "by a merge",
    How.UNKNOWN: "not known: the committed file is missing in this partial clone",
}


def commit_words(commit: Commit | None, how: How | None) -> str:
    """The commit as a person reads it, or why there is none."""
    words = []
    if commit is not None:
        place = "in or before" if commit.or_before else "in"
        time = commit.time[: len("YYYY-MM-DD")] if commit.time else "time not known"
        words.append(f"{place} {commit.id[:_SHORT_ID]} by {commit.author}, {time}")
    if how is not None:
        words.append(_NOT_COMMITTED[how])
    return "; ".join(words)
