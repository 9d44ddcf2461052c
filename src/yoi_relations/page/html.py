"""Puts the value of a page, its styles and its script into one HTML file."""

from __future__ import annotations

import base64
import functools
import hashlib
from html import escape
from importlib import resources

from yoi_relations.lean.json_encoder import json_text
from yoi_relations.page.static_list import static_list
from yoi_relations.render.documents import Value

_SCRIPTS = ("elements", "data", "words", "now", "map", "table", "panel", "page", "live", "start")
"""The files in `script/`, in the order in which they are one script."""
_IN_SCRIPT = {ord("<"): "\\u003c", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""Characters that could end a script element or a line of a script."""


def page_text(value: Value, *, live: bool) -> str:
    """The page as HTML.

    Args:
        value: as from `page_value`. With `live` it has the field `answered_at`, an RFC 3339 time.
        live: whether the page follows the server that it comes from. It reads `events`, server-sent
            events whose data is a JSON object: `digest` of the workspace, `answered_at`, `error`.
            The first of them comes at once. It reads the value again from `data`, as JSON, when the
            digest differs.
    """
    style, script = _style(), _script()
    name = escape(value["workspace"]["root"])
    return f"""<!doctype html>
<html lang="en"{" data-live" if live else ""}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{content_security_policy(live=live)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{name}: relations</title>
<style>{style}</style>
</head>
<body>
{static_list(value)}
<script type="application/json" id="data">{json_text(value).translate(_IN_SCRIPT)}</script>
<script>{script}</script>
</body>
</html>
"""


def content_security_policy(*, live: bool) -> str:
    """The policy of the page: its own style and script alone; with `live`, its own server too."""
    style, script = _digest(_style()), _digest(_script())
    parts = [
        "default-src 'none'",
        f"script-src '{script}'",
        f"style-src '{style}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join([*parts, "connect-src 'self'"] if live else parts)


@functools.cache
def _style() -> str:
    return resources.files(__package__).joinpath("page.css").read_text("utf-8")


@functools.cache
def _script() -> str:
    folder = resources.files(__package__).joinpath("script")
    return "".join(folder.joinpath(f"{name}.js").read_text("utf-8") for name in _SCRIPTS)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
