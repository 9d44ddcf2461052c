"""Diagrams of an overview, as text for other programs to draw.

- ``drawing``: which tickets and edges are drawn, and their labels.
- ``mermaid``, ``dot``: the two languages.
- ``graphviz``: draws dot as SVG with an installed Graphviz.
"""
