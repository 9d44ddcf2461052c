"""The marked section of a git hook, and its place in a shell script.

It goes directly below the ``#!`` line: scripts of hook managers end with ``exec`` or ``exit``, so
lines at the end would never run. It is one subshell; its output and its exit status are discarded.
So the rest of the hook starts as if there were no section: same arguments, same standard input,
same variables, ``$?`` 0.
"""

from __future__ import annotations

import os
import re
import shlex

from yoi_relations.characters import is_control_or_line_end

CALL = "relations hooks run -C ."
"""The command for hooks that cannot be edited automatically."""
_BEGIN, _END = "# >>> relations hooks >>>", "# <<< relations hooks <<<"
# git's own variables are unset, because they could select another repository. At the end of a
# rebase, post-rewrite gets the argument "rebase" while the folder of the rebase still exists. The
# last line keeps the shell from replacing the subshell by the program: if that were killed, the
# outer shell would print a message.
_SECTION = f"""\
{_BEGIN}
# Refreshes the index of ticket relations. It prints nothing and never fails.
# Written by "relations hooks install"; "relations hooks uninstall" removes it.
(
    [ -d {{marker}} ] && command -v relations || exit 0
    if [ "${{{{1-}}}}" != rebase ]; then
        state=$(git rev-parse --git-dir) || exit 0
        [ ! -d "$state/rebase-merge" ] && [ ! -d "$state/rebase-apply" ] || exit 0
    fi
    unset $(git rev-parse --local-env-vars)
    if command -v timeout; then
        timeout 10 relations hooks run -C {{folder}}
    else
        relations hooks run -C {{folder}}
    fi
    exit 0
) </dev/null >/dev/null 2>&1 || :
{_END}
"""
NEW_HOOK = b"#!/bin/sh\n"
_SECTION_PATTERN = re.compile(
    rb"^%b\r?\n(?:(?!%b|%b).*\n)*%b\r?(?:\n|\Z)"
    % tuple(re.escape(mark.encode()) for mark in (_BEGIN, _BEGIN, _END, _END)),
    re.MULTILINE,
)
_SHELLS = frozenset(("sh", "bash", "dash", "zsh", "ksh", "mksh", "ash"))
_LAUNCHERS = frozenset(("env", "busybox"))
"""Programs of a ``#!`` line that start the program named after them."""


def section_for(folder: str) -> bytes | None:
    """The section that refreshes the workspace in `folder`, relative to the top of the work tree.

    Returns:
        The section; None if the path has a line separator or another control character, so that it
        cannot be part of a script.
    """
    if any(map(is_control_or_line_end, folder)):
        return None
    path = "." if folder == os.curdir else f"./{folder}"
    return os.fsencode(
        _SECTION.format(marker=shlex.quote(f"{path}/.yoi"), folder=shlex.quote(path))
    )


def with_section(script: bytes, section: bytes) -> bytes:
    """`script` with `section`: in place of its present section, otherwise below its ``#!`` line.

    Raises:
        ValueError: the section could not be removed again exactly.
    """
    if _SECTION_PATTERN.search(script):
        found = _SECTION_PATTERN.sub(lambda _: section, script)
    elif not script.startswith(b"#!"):
        found = section + script
    else:
        first, _, rest = script.partition(b"\n")
        # A first line without a newline gets one, and keeps it after removal.
        script = first + b"\n" + rest
        found = first + b"\n" + section + rest
    if has_unpaired_mark(found) or without_section(found) != without_section(script):
        raise ValueError("the section could not be distinguished from the rest of the script")
    return found


def without_section(script: bytes) -> bytes:
    """`script` without its section."""
    return _SECTION_PATTERN.sub(b"", script)


def has_unpaired_mark(script: bytes) -> bool:
    """Whether a mark has no counterpart, so that the end of the section is unknown."""
    rest = without_section(script)
    return any(mark.encode() in rest for mark in (_BEGIN, _END))


def calls_refresh(script: bytes) -> bool:
    """Whether `script` runs the refresh, in a section or in a line written by hand."""
    return b"relations hooks run" in script


def is_shell(script: bytes) -> bool:
    """Whether a shell of the Bourne family runs `script`; git runs one without ``#!`` by sh."""
    if not script.startswith(b"#!"):
        return b"\0" not in script
    words = script[2:].partition(b"\n")[0].decode("utf-8", "replace").split()
    names = [os.path.basename(word) for word in words]
    if names and names[0] in _LAUNCHERS:
        options = re.compile(r"-|\w+=")
        names = [name for name in names[1:] if not options.match(name)]
    return bool(names) and names[0] in _SHELLS


def has_cr_in_first_line(script: bytes) -> bool:
    """Whether the ``#!`` line ends in a carriage return, which makes its interpreter unknown."""
    first = script.partition(b"\n")[0]
    return first.startswith(b"#!") and first.endswith(b"\r")
