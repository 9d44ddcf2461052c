"""Arguments and file names under a locale that is not UTF-8.

Files and their names are UTF-8 under every locale, but Python decodes arguments and encodes file
names by the locale. These functions correct that. Under a UTF-8 locale they change nothing.
"""

from __future__ import annotations

import os


def as_text(argument: str) -> str:
    """An argument or environment variable, decoded as UTF-8 if its bytes are valid UTF-8.

    Otherwise it is returned as the locale decoded it.
    """
    try:
        return os.fsencode(argument).decode()
    except UnicodeError:
        return argument


def as_name(text: str) -> str:
    """`text` as the argument of a system call that means the UTF-8 name on the disk.

    Text that no file can be named is returned unchanged.
    """
    try:
        return os.fsdecode(text.encode("utf-8", "surrogateescape"))
    except UnicodeError:
        return text


def existing_path(text: str) -> str:
    """`text` as a path: in UTF-8 if that path exists, otherwise as the locale encodes it."""
    path = as_name(text)
    return path if os.path.lexists(path) else text
