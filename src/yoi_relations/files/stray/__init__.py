"""Files and folders that could hold a record and are not read: ``check`` answers unknown for them.

``sources`` finds them. ``names``, ``contents`` and ``entries`` judge by the name, by how a file
begins, and by JSON entries in it.
"""
