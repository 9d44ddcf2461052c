"""The questions: plain SQL in, frozen values out, nothing printed.

``tickets`` knows the tickets by name and state, ``statements`` the records, ``relations`` makes
relations of them, ``active`` decides which count now, ``problems`` tells what could be missing from
an answer, ``counts`` counts, ``doctor`` looks for what could be mended.
"""
