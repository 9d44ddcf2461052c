"""The command line.

- ``fast_path``: parses plain command lines.
- ``typer_app``: the full command line; the only module that imports Typer.
- ``commands``: what each command does.
- ``graph_output``, ``database``: more of `graph`, and of what needs a database.
- ``stdin``: reads a note from standard input.
"""
