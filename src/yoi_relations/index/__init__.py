"""The cache: a SQLite file that can be thrown away at any time.

``models`` defines its tables, ``views.sql`` the views, ``schema.sql`` is compiled from both. A
question comes through ``refresh``: ``store`` opens the published file, ``freshness`` compares what
it knows of the disk with the disk, ``looking`` lists and reads what is suspected, ``build`` makes
``rows`` of what is other than stored, ``derived`` what follows from all rows, ``remembering`` adds
what the disk looks like, and ``store`` publishes, in the folder that ``cache`` keeps. Where
everything is read, ``gathering`` does it in batches, which ``sharing`` shares with a ``second``
process. ``difference`` compares two indexes row by row; ``session`` opens one with SQLModel.
"""
