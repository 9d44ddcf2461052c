"""Titles that try to be more than text in a language of diagrams, and what needs Graphviz."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import strategies as st

needs_graphviz = pytest.mark.skipif(
    shutil.which("dot") is None and os.environ.get("CI") != "true",
    reason="Graphviz is not installed",
)

FRAGMENTS = [
    *"\"'`#;&<>[](){}|\\/%$*_~:@^=-.,+!? ",
    *("end", "graph", "subgraph", "click", "style", "default", "%%{init: {}}%%", "---", "-->"),
    *("#quot;", "#35;", "&amp;", "&lt;", "&#60;", "<br>", "<b>x</b>", "<img src=x>", "$$x$$"),
    *("**x**", "_x_", "1. x", "- x", "# x", "> x", "fa:fa-car", "fab:fa-github", "@{ a: b }"),
    *("javascript:alert(1)", "https://evil.example/", "www.evil.example", "a@b.example"),
    *(
        "\\n",
        "\\u0041",
        "完了",
        "نص",
        "\u202e",
        "\u200b",
        "\u00a0",
        "\ufeff",
        "\ufffe",
        "👩‍👩‍👧",
    ),
]
TITLES = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8).map("".join),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
)
