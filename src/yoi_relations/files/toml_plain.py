"""Reads the plain case of a configuration without a TOML parser, which is slow to import.

That is tables, and keys with text, a boolean or a list of texts, one per line. Anything that a TOML
parser could read in another way is refused; a test compares the two.
"""

from __future__ import annotations

MAX_PARTS = 16
"""Parts of one dotted key or name of a table; the settings that are used have three."""
_BOOLEANS = {"true": True, "false": False}


def read_plain(text: str) -> dict[str, object] | None:
    """The values of a plain configuration, tables as nested mappings; None if it is not plain."""
    root: dict[str, object] = {}
    here = root
    tables: set[str] = set()
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.strip(" \t")
        if not content or (content.startswith("#") and content.isprintable()):
            continue
        if content.startswith("["):
            name = content[1:-1]
            table = None if name in tables or content[-1] != "]" else _table(root, name)
            if table is None:
                return None
            tables.add(name)
            here = table
            continue
        key, equals, written = content.partition("=")
        key, value = key.rstrip(" \t"), _value(written.lstrip(" \t"))
        if not equals or not _is_bare(key) or key in here or value is None:
            return None
        here[key] = value
    return root


def _table(root: dict[str, object], name: str) -> dict[str, object] | None:
    """The table called `name`, created if missing; None if the name is taken."""
    here: object = root
    parts = name.split(".")
    if len(parts) > MAX_PARTS:
        return None
    for part in parts:
        if not _is_bare(part) or not isinstance(here, dict):
            return None
        here = here.setdefault(part, {})
    return here if isinstance(here, dict) else None


def _value(written: str) -> object:
    if len(written) > 1 and written[0] == "[" and written[-1] == "]":
        texts = [_text(text.strip(" \t")) for text in written[1:-1].split(",")]
        return None if None in texts else texts
    text = _text(written)
    return _BOOLEANS.get(written) if text is None else text


def _text(written: str) -> str | None:
    inner = written[1:-1]
    if len(written) > 1 and written[0] == written[-1] == '"':
        return inner if inner.isprintable() and '"' not in inner and "\\" not in inner else None
    return None


def _is_bare(name: str) -> bool:
    return name.isascii() and name.replace("-", "a").replace("_", "a").isalnum()
