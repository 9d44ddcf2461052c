"""The answers: what people, scripts and agents see.

``quick`` and ``cli`` are the doors: they read the command line by the ``table`` of options and hand
a ``call`` to the ``commands``. A module for each answer (``report`` of `show`, ``checks``,
``doctor``, ``status``, ``verify``, ``receipts``) writes it and decides on the exit status:
``document`` makes JSON of values, ``plain`` makes lines, ``tables`` and others draw on a terminal,
``output`` is the way to stdout and stderr. The folders ``watch``, ``hooks``, ``mcp`` and
``completion`` are what the commands of these names do.
"""
