"""Prints changes: lines for people on a terminal, otherwise tab-separated lines or JSON."""

from __future__ import annotations

import io
import select
import sys
import time
from collections.abc import Callable
from typing import Any

from yoi_relations.files.times import now
from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.changes import Change
from yoi_relations.queries.records import path_and_line
from yoi_relations.render.documents import bare_document
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import Mode, json_line, write_answer
from yoi_relations.watch.loop import ChangeSet

_WIDTH = max(len(what) for what in ChangeType)


def change_printer(mode: Mode) -> Callable[[ChangeSet], bool]:
    """A function that prints changes in `mode`, one per line; False once the reader has gone."""
    if mode is Mode.JSON:
        return lambda change_set: all(
            _write(json_line(change_value(change, change_set))) for change in change_set.changes
        )
    text_of = _terminal_line() if mode is Mode.TABLE else _plain_line
    return lambda change_set: all(_write(text_of(change)) for change in change_set.changes)


def _plain_line(change: Change) -> str:
    row = [change.what, change.ticket, change.path, change.line, change.sentence]
    return tab_separated([row])


def change_value(change: Change, change_set: ChangeSet) -> dict[str, Any]:
    """The JSON document of one change."""
    return bare_document("watch") | {
        "at": now(),
        "change": change.what.value,
        "ticket": change.ticket,
        "record": change.record,
        "path": change.path,
        "line": change.line,
        "sentence": change.sentence,
        "before": change.before,
        "after": change.after,
        "digest_before": change_set.digest_before,
        "digest_after": change_set.digest_after,
    }


def has_reader() -> bool:
    """Whether standard output still has a reader."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (OSError, ValueError, io.UnsupportedOperation):
        return True


def _terminal_line() -> Callable[[Change], str]:
    from rich.text import Text  # noqa: PLC0415  # heavy; for a terminal only

    from yoi_relations.render.terminal.widths import console, drawable  # noqa: PLC0415  # imports Rich

    terminal = console()

    def line_of(change: Change) -> str:
        line = Text.assemble(
            time.strftime("%H:%M:%S  "),
            (change.what.replace("_", " ").ljust(_WIDTH), "bold"),
            f"  {drawable(_sentence(change))}",
        )
        with terminal.capture() as captured:
            terminal.print(line, soft_wrap=True)
        return captured.get()

    return line_of


def _sentence(change: Change) -> str:
    if change.what in {ChangeType.PROBLEM_APPEARED, ChangeType.PROBLEM_SOLVED}:
        return f"{path_and_line(change.path, change.line)}: {change.sentence}"
    return change.sentence


def _write(text: str) -> bool:
    """Write and flush; False if the reader has gone."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        write_answer("")  # discards the output that is still buffered
        return False
    except OSError:
        write_answer("")  # raises the error of standard output
        raise
    return True
