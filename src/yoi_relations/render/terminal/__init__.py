"""Answers drawn for people at a terminal.

A colour is only ever on a glyph: which colours of words can be read depends on the terminal.

- ``show``, ``one_ticket``, ``empty``: the answer of `show`, for many relations, for one ticket, and
  for none.
- ``check``, ``tree``, ``doctor``, ``fields``: the answers of `check`, `tree`, `doctor`, `status`.
- ``diff``, ``log``: the answers of `diff` and `log`; ``worktrees``: where work trees disagree.
- ``cells``: what lines are made of: tickets, phrases, the texts of records.
- ``folding``: cuts and folds text.
- ``widths``: the terminal: its width, and what it can show.
- ``pager``: shows a long answer in a pager.
- ``progress``: the progress bar.
"""
