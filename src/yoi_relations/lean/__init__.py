"""Light stand-ins for modules of the standard library that are slow to import.

Most of the time of a lookup is the start of the interpreter, and most of the rest is imports. Each
figure is the CPU time that one import adds to a bare interpreter (B, ``python -c pass``: 9.9 ms),
measured on CPython 3.11, the lower quartile of 31 alternating runs:

================  ======  ================================  =======
instead of        costs   here                              costs
================  ======  ================================  =======
``typing``        1.00 B  ``types``: NamedTuple and names   0
``enum``          0.39 B  ``types``: StrEnum, IntEnum       0
``json``          0.78 B  ``json_encoder``                  0.03 B
``hashlib``       0.29 B  ``digest``, ``sha1``              0.01 B
``sqlite3``       0.52 B  ``sqlite``                        0.35 B
================  ======  ================================  =======

A lookup imports neither ``contextlib`` (0.30 B), ``re`` (0.62 B), ``datetime`` (0.18 B), ``signal``
(0.42 B; ``_signal`` costs nothing), ``dataclasses`` (1.66 B) nor ``tomllib`` (1.52 B). It imports
``array`` (0.20 B) only if folders changed. The process ends with ``os._exit``, which saves 0.15 B.
``typer`` costs 5.0 B, ``rich`` 4.7 B and ``yaml`` 1.9 B, so they are imported on first use.
"""
