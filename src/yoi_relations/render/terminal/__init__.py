"""Answers drawn with Rich, for people at a terminal.

- ``show``, ``check``, ``tree``, ``doctor``: the answers of these commands.
- ``cells``: what is in the cells of a table.
- ``widths``: the widths of the terminal and of columns.
- ``progress``: the progress bar.
"""
