"""Asks git: its configuration, its names, and its objects.

``ask``: one question to the repository around a folder.
``repository``: that repository, and what a revision names in it.
``worktrees``: the work trees of that repository. ``staging``: what is staged in one of them.
``scratch``: an empty repository that borrows the objects of the real one. Commands in it run no
program of a configuration, use no network, and write nothing into the real one.
``merge``: merges two commits there, without a work tree.
``log``: reads commits and the files that they change.
``objects``: reads objects there, one by one or many at once.
``process``: runs git, with limits of time and output.

The number of git processes does not depend on how much there is to read. Apart from names, which
``repository`` resolves, everything is read in a scratch repository::

    found = find_revision(folder, "HEAD~20")
    with ObjectReader(found.repository, cache_folder) as reader:
        commit = reader.read(found.id)
        blobs = list(reader.read_all(ids))
        conflicts = reader.scratch.run("merge-tree", ...)
"""

from yoi_relations.git.ask import LOCAL_VARIABLES, ask_git

__all__ = ["LOCAL_VARIABLES", "ask_git"]
