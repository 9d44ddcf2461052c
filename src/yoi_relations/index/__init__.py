"""The cache: a SQLite file that can be thrown away at any time.

``models`` defines its tables, ``views.sql`` the views, ``schema.sql`` is compiled from both;
``rows`` turns what a source says into rows, ``store`` keeps the file whole, ``refresh`` makes sure
that what is answered from is what lies on the disk.
"""
