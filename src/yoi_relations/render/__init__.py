"""Answers as text: every function ``write_...`` takes values and writes one answer.

- ``show``, ``check``, ``tree``, ``doctor``, ``verify``, ``hooks``: the answer of that command.
- ``status``: the answers of `status` and `rebuild`.
- ``receipts``: the answers of `add` and `retire`.
- ``documents``: JSON values that answers share.
- ``problem_notices``: the notices about problems below `show` and `tree`.
- ``lines``: tab-separated lines.
- ``terminal``: tables and the progress bar, for people at a terminal.
- ``output``: writes to stdout and stderr, and escapes control characters.
- ``guide``: the text of `prime`.
- ``first_ticket``: the shell command that creates a first ticket.
"""
