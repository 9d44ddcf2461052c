"""The questions: plain SQL in, frozen values out, nothing printed.

``tickets`` knows the tickets by name and state, ``statements`` the records, ``relations`` makes
relations of them, ``active`` decides which count now, ``problems`` tells what could be missing.
Out of these, ``answers`` makes the answer of `show`, with ``paging`` where its beginning will do,
and ``check`` that of `check`, with ``reasons``, ``cycles`` and ``graph``; ``doctor`` looks for what
could be fixed; ``counts`` counts. ``asking`` takes questions in people's words.
"""
