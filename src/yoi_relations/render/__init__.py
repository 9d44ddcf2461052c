"""Answers as text: every module takes values and writes one answer.

``show``, ``check``, ``doctor``, ``status``, ``verify`` and ``receipts`` (of `add` and `retire`)
write the answer of the command of that name and choose its exit status. ``documents`` makes JSON
values, ``lines`` makes tab-separated lines, ``terminal`` draws tables. ``output`` owns stdout and
stderr. ``guide`` is the text of `prime`; ``first_ticket`` shows how to create a ticket.
"""
