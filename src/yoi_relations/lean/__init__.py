"""Light stand-ins for slow modules of the standard library, for the way of a lookup.

Starting the interpreter is most of what a lookup costs, and imports are most of the rest. Each
figure is CPU time that one import adds to a bare interpreter (B, ``python -c pass``: 9.9 ms),
measured on CPython 3.11, the lower quartile of 31 alternating runs:

================  ======  ================================  =======
instead of        costs   here                              costs
================  ======  ================================  =======
``typing``        1.00 B  ``types``: NamedTuple and names   0
``enum``          0.39 B  ``types``: StrEnum, IntEnum       0
``json``          0.78 B  ``json_encoder``                  0.03 B
``hashlib``       0.29 B  ``digest``                        0.01 B
``sqlite3``       0.52 B  ``sqlite``                        0.35 B
================  ======  ================================  =======

Elsewhere on that way: no ``contextlib`` (0.30 B), ``re`` (0.62 B), ``datetime`` (0.18 B) or
``signal`` (0.42 B; ``_signal`` costs nothing), ``dataclasses`` (1.66 B) or ``tomllib`` (1.52 B);
``array`` (0.20 B) only where folders changed. The process ends by ``os._exit``, which saves 0.15 B.
``typer`` costs 5.0 B, ``rich`` 4.7 B and ``yaml`` 1.9 B, so each is imported where it is used.
"""
