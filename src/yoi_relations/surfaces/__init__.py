"""The answers: what people, scripts and agents see.

``options`` is the table of commands; ``cli`` reads command lines by it, and does what they ask for;
a ``call`` is what every command can be told. A module for each answer (``report`` of `show`,
``checks``, ``doctor``, ``status``, ``verify``, ``receipts``) writes it and decides on the exit
status: ``document`` makes JSON of values, ``plain`` makes lines, ``tables`` and others draw on a
terminal, ``output`` is the way to stdout and stderr. The folders ``watch``,
``hooks``, ``mcp`` and ``completion`` are what the commands of these names do.
"""
