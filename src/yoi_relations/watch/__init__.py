"""``relations watch``: keeps the index current and prints each change.

loop: scans the files when something changes, and compares the new index with the last one.
file_events: waits for events of the file system.
printer: prints changes.
"""
