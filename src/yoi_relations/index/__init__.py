"""The cache: a SQLite file that can be thrown away at any time.

``models`` defines its tables, ``views.sql`` the views, ``schema.sql`` is compiled from both. A
question comes through ``refresh`` and gets what ``opened`` describes: ``store`` opens the published
file, ``freshness`` compares what it knows of the disk with the disk. Behind that nothing is loaded
unless there is a doubt. Then ``renewing`` takes over: ``looking`` lists and reads what is
suspected, ``build`` makes ``rows`` of what is other than stored, ``derived`` what follows from all
rows, ``activity`` decides whether relations are active, ``remembering`` adds what the disk looks
like, and ``publishing`` moves it into the folder that ``cache`` keeps. Where everything is read,
``gathering`` does it in batches, which ``sharing`` shares with a ``second`` process. ``image`` is
the file as bytes, ``origin`` says whether it is one of ours. ``difference`` compares two indexes
row by row; ``session`` opens one with SQLModel.
"""
