"""The history of records, from git: which commit stated, changed, retired or removed each of them.

``places``: where records were kept, now and in earlier revisions.
``versions``: what files state, and the index. ``present_files``: what the present files state.
``contents``: parses the files of commits.
``states``: what each commit states. ``changes``: what happened to a record between two states.
``store``: what each commit changed, kept in the cache. ``tables``: writes it.
``update``: reads the commits that are new.
``objects``: reads the objects of git. ``open``: opens the history.
``lives``: the events in the life of each record. ``work_tree``: what is not committed.

What a commit changes never changes itself, so each commit is read once. Amending, rebasing and
switching branches alter only which commits count.
"""
