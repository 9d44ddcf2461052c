"""Answers drawn with Rich, for people at a terminal.

``show``, ``check`` and ``doctor`` draw the answers of these commands; ``cells`` and ``widths`` are
what their tables share, and ``progress`` draws the progress bar.
"""
