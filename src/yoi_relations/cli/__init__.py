"""The command line: ``quick`` and ``typer_app`` read it, ``commands`` does what it asks for.

``typer_app`` is the only module that knows Typer; ``stdin`` reads a note.
"""
