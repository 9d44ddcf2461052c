"""The answers: what people, scripts and agents see.

``quick`` and ``cli`` are the doors: they read the command line by the ``table`` of options and hand
a ``call`` to the ``commands``. ``document`` makes JSON of values, ``plain`` makes lines, ``tables``
draws on a terminal, ``output`` is the way to stdout and stderr.
"""
