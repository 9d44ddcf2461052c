"""The marked section that a git hook gets, and where in a shell script it goes.

It stands above everything else, right below the ``#!`` line: what hook managers write ends with
``exec`` or ``exit``, and what is appended to that never runs. It is one subshell, whose output and
whose failure go nowhere, so the rest of the hook starts as if it were not there: same arguments,
same standard input, same variables, ``$?`` 0.
"""

from __future__ import annotations

import os
import re
import shlex

from yoi_relations.characters import ends_or_controls

CALL = "relations hooks run -C ."
"""What a hook that is not edited may call by hand."""
_BEGIN, _END = "# >>> relations hooks >>>", "# <<< relations hooks <<<"
# git's own variables are unset, since they would make another repository answer. At the end of a
# rebase post-rewrite is told "rebase" while the folder of the rebase is still there. The last
# line keeps the subshell from becoming the program: the shell around it tells when one is killed.
_SECTION = f"""\
{_BEGIN}
# Refreshes the index of ticket relations; quiet, and never in the way.
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
_FOUND = re.compile(
    rb"^%b\r?\n(?:(?!%b|%b).*\n)*%b\r?(?:\n|\Z)"
    % tuple(re.escape(mark.encode()) for mark in (_BEGIN, _BEGIN, _END, _END)),
    re.MULTILINE,
)
_SHELLS = frozenset(("sh", "bash", "dash", "zsh", "ksh", "mksh", "ash"))
_STARTERS = frozenset(("env", "busybox"))
"""Programs of a ``#!`` line that start the one named behind them."""


def section_for(folder: str) -> bytes:
    """The section that refreshes the workspace in `folder`, a path below the work tree's top.

    Raises:
        ValueError: the path holds a character that ends a line, or acts as a control.
    """
    if any(map(ends_or_controls, folder)):
        raise ValueError("a path with a control character has no place in a script")
    path = "." if folder == os.curdir else f"./{folder}"
    return os.fsencode(
        _SECTION.format(marker=shlex.quote(f"{path}/.yoi"), folder=shlex.quote(path))
    )


def with_section(script: bytes, section: bytes) -> bytes:
    """`script` with `section` in the place of the one it has, otherwise below its ``#!`` line.

    Raises:
        ValueError: the section could not be taken out again as a whole, with nothing else.
    """
    if _FOUND.search(script):
        found = _FOUND.sub(lambda _: section, script)
    elif not script.startswith(b"#!"):
        found = section + script
    else:
        first, _, rest = script.partition(b"\n")
        # A first line without an end gets one, which it keeps.
        script = first + b"\n" + rest
        found = first + b"\n" + section + rest
    if has_stray_mark(found) or without_section(found) != without_section(script):
        raise ValueError("the section and the rest of the script could not be told apart")
    return found


def without_section(script: bytes) -> bytes:
    """`script` as it was before it got its section."""
    return _FOUND.sub(b"", script)


def has_stray_mark(script: bytes) -> bool:
    """Whether a mark has lost its other one, so that nobody can tell where the section ends."""
    rest = without_section(script)
    return any(mark.encode() in rest for mark in (_BEGIN, _END))


def calls_refresh(script: bytes) -> bool:
    """Whether the refresh is called, by the section or by hand."""
    return b"relations hooks run" in script


def is_shell(script: bytes) -> bool:
    """Whether a shell of the Bourne family runs `script`; git gives one without ``#!`` to sh."""
    if not script.startswith(b"#!"):
        return b"\0" not in script
    words = script[2:].partition(b"\n")[0].decode("utf-8", "replace").split()
    names = [os.path.basename(word) for word in words]
    if names and names[0] in _STARTERS:
        options = re.compile(r"-|\w+=")
        names = [name for name in names[1:] if not options.match(name)]
    return bool(names) and names[0] in _SHELLS


def ends_first_line_in_cr(script: bytes) -> bool:
    """Whether the ``#!`` line names an interpreter that ends in a carriage return."""
    first = script.partition(b"\n")[0]
    return first.startswith(b"#!") and first.endswith(b"\r")
