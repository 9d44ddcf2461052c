"""Draws the language of Graphviz as SVG, with the program ``dot``."""

from __future__ import annotations

import subprocess

from yoi_relations.errors import RelationsError

TIME_LIMIT = 60.0
"""Seconds for one drawing; 100 edges take about a tenth of a second."""


def svg_text(dot: str) -> str:
    """The SVG that an installed Graphviz makes of a text in its language.

    Raises:
        RelationsError: Graphviz is not installed, fails, or takes too long.
    """
    try:
        done = subprocess.run(
            ["dot", "-Tsvg"],  # noqa: S607  # found by PATH
            input=dot.encode(),
            capture_output=True,
            check=False,
            timeout=TIME_LIMIT,
        )
    except FileNotFoundError:
        raise RelationsError(
            "svg: the program dot is not installed",
            "install Graphviz, or use --format html, mermaid or dot",
        ) from None
    except subprocess.TimeoutExpired:
        raise RelationsError(
            f"svg: Graphviz drew for more than {TIME_LIMIT:g} s",
            "name a ticket with --depth, or use --format html",
        ) from None
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise RelationsError(
            f"svg: Graphviz failed: {reason}", "use --format dot and run it by hand"
        )
    return done.stdout.decode()
