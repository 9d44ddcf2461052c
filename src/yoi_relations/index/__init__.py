"""The index: a SQLite file made from the ticket files, which can be deleted at any time.

Opening, in this order:

- freshness: ``open_index``, the entry; decides whether the published index is current
- store: finds, proves and opens the published index file
- snapshot: the stat stamps that an index rests on, and their comparison with the disk
- reconcile: lock, rescan, publish; or the answer from memory
- handle: the open index that callers get

Making an index:

- rescan, rescan_policy: scan the folders that may differ, and how often while folders move
- folder_scan: list and read single ticket folders
- build: build an index from all files, or apply an update to a copy
- folder_batches, work_queue, forked_child: scan all folders in batches, in two processes
- rows: the rows of the sources
- derived, activity, near_targets: the rows that follow from several sources
- snapshot_builder: new snapshots
- serialization: databases as bytes, with an old SQLite
- index_file: the bytes of an index file; reads and publishes it

The rest:

- revision_index, revision_build: the indexes of revisions, which are kept by the id of a tree
- compared: opens the two indexes that `diff` compares
- merge_preview, merged_index: the indexes of a merge that was not made, and of its sides
- cache_folder, lock_file, watcher_lock: the cache folder, and the locks in it
- worktrees: the indexes of all work trees of a repository
- verify, compare: the published index against all files, row by row
- models, views.sql, schema.sql: the tables, the views, and the schema compiled from both
"""
