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

A command of this program starts at most seven git processes, however much there is to read. Apart
from names, which ``repository`` resolves, everything is read in a scratch repository::

    found = find_repository(folder, "HEAD~20")
    with ScratchRepository(found.repository, cache_folder) as scratch:
        commit = scratch.run("cat-file", "commit", found.id)
        with ObjectReader(scratch) as reader:
            blobs = list(reader.read_all(ids))
"""

from yoi_relations.git.ask import LOCAL_VARIABLES, ask_git

__all__ = ["LOCAL_VARIABLES", "ask_git"]
