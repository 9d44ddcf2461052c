"""Answers as text: every function ``write_...`` takes values and writes one answer.

- ``show``, ``check``, ``tree``, ``doctor``, ``verify``, ``hooks``: the answer of that command.
- ``status``: the answers of `status` and `rebuild`.
- ``diff``, ``merge``: the answers of `diff` and `diff --merge`.
- ``log``: the answer of `log`, with ``event_words``: its events in words.
- ``provenance``: the commit of a record in words.
- ``receipts``: the answers of `add` and `retire`.
- ``worktrees``: the answers of `show` and `check` over several work trees.
- ``server``: the answers of `publish` and of the `server` commands.
- ``documents``: JSON values that answers share.
- ``graph``: the JSON document of `graph`; ``serve``: the address of the page.
- ``phrases``: words that a terminal and the page share; ``glyphs``: glyphs and short ids.
- ``problem_notices``: the notices about problems below `show` and `tree`.
- ``lines``: tab-separated lines.
- ``terminal``: tables and the progress bar, for people at a terminal.
- ``output``: writes to stdout and stderr, and escapes control characters.
- ``guide``: the text of `prime`.
- ``first_ticket``: the shell command that creates a first ticket.
"""
