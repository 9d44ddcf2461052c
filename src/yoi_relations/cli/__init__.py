"""The command line.

- ``fast_path``: parses plain command lines.
- ``typer_app``: the full command line; the only module that imports Typer.
- ``commands``: what each command does.
- ``graph_output``, ``database``, ``worktrees``: more of `graph`, of what needs a database, and of
  ``--worktrees``.
- ``diff``, ``merge``: `diff`, and `diff --merge`.
- ``stdin``: reads a note from standard input.
"""
