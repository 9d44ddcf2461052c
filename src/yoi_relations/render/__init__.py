"""Answers as text: every function ``write_...`` takes values and writes one answer.

- ``show``, ``check``, ``doctor``, ``verify``, ``hooks``: the answer of the command of that name.
- ``status``: the answers of `status` and `rebuild`.
- ``receipts``: the answers of `add` and `retire`.
- ``documents``: JSON values that answers share.
- ``lines``: tab-separated lines.
- ``terminal``: tables and the progress bar, for people at a terminal.
- ``output``: writes to stdout and stderr, and escapes control characters.
- ``guide``: the text of `prime`.
- ``first_ticket``: the shell command that creates a first ticket.
"""
