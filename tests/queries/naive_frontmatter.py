"""The frontmatter of a file, read with the plainest parser there is."""

from __future__ import annotations

from typing import Any

import yaml

NULLS = ("", "~", "null", "Null", "NULL")
MARKERS = ("<<<<<<<", "|||||||", ">>>>>>>")
LINE_ENDS = "\r\x85\u2028\u2029"
"""What ends a line for some, but for nobody here."""


def split(data: bytes) -> tuple[bytes, bytes]:
    """What is between the fences, and what is below them."""
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    lines = data.split(b"\n")
    fences = [n for n, line in enumerate(lines) if line.rstrip(b" \t") == b"---"]
    if fences[:1] != [0] or len(fences) < 2:
        raise ValueError("no frontmatter, or one that is not closed")
    return b"\n".join(lines[1 : fences[1]]), b"\n".join(lines[fences[1] + 1 :])


def fields_of(head: bytes) -> dict[str, Any]:
    """Every key with its text; None for null, a list for what is not text."""
    text = head.decode()
    if any(sign in text for sign in LINE_ENDS) or has_marker(text) or "\0" in text:
        raise ValueError("holds a character or a line that has no place there")
    node = yaml.compose(text, yaml.BaseLoader)
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise TypeError("not a list of keys")
    fields: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in fields:
            raise ValueError("a key that is not text, or that is there twice")
        fields[key.value] = text_of(value)
    return fields


def text_of(value: yaml.Node) -> str | list[Any] | None:
    if not isinstance(value, yaml.ScalarNode):
        return []
    is_null = value.style is None and value.value in NULLS
    return None if is_null else str(value.value)


def has_marker(text: str) -> bool:
    """Whether a line is left from a merge."""
    return any(line.startswith(MARKERS) for line in text.split("\n"))
