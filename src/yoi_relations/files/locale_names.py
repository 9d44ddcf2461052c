"""Text and names where the locale is not UTF-8: files, and what is in them, are UTF-8 all the same.

Python reads arguments, and writes names of files, by the locale. What it makes of them is put right
here; where the locale is UTF-8, nothing changes.
"""

from __future__ import annotations

import os


def as_text(argument: str) -> str:
    """An argument, or a variable of the environment, as UTF-8 where its bytes are that.

    Other bytes are what the locale says.
    """
    try:
        return os.fsencode(argument).decode()
    except UnicodeError:
        return argument


def as_name(text: str) -> str:
    """`text` as the system's calls take it for a name that is UTF-8 on the disk.

    What no file can be called stays as it is.
    """
    try:
        return os.fsdecode(text.encode("utf-8", "surrogateescape"))
    except UnicodeError:
        return text


def existing_path(text: str) -> str:
    """`text` as a path: in UTF-8 where there is something behind it, otherwise by the locale."""
    path = as_name(text)
    return path if os.path.lexists(path) else text
