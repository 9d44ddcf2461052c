"""The full door: ``main`` is a Typer ``app`` with every command, whatever is said to it.

What the ``table`` lists, ``options`` declares to Typer. ``watch``, ``hooks``, ``mcp`` and
``completion`` declare what the folders of these names do; ``stdin`` reads a note.
"""
