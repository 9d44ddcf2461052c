"""Writes what a watcher tells: coloured lines on a terminal, else lines of fields, or JSON."""

from __future__ import annotations

import io
import select
import sys
import time
from collections.abc import Callable
from typing import Any

from yoi_relations.files.times import now
from yoi_relations.queries.changes import Change, ChangeType
from yoi_relations.queries.records import path_and_line
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import SCHEMA_VERSION, Mode, json_line, write_answer
from yoi_relations.watch.loop import News

_STYLES = {
    ChangeType.TICKET_ADDED: "bold green",
    ChangeType.TICKET_GONE: "bold red",
    ChangeType.STATE_CHANGED: "bold blue",
    ChangeType.TITLE_CHANGED: "blue",
    ChangeType.ADDED: "green",
    ChangeType.CHANGED: "cyan",
    ChangeType.RETIRED: "yellow",
    ChangeType.GONE: "red",
    ChangeType.PROBLEM_APPEARED: "bold red",
    ChangeType.PROBLEM_SOLVED: "bold green",
    ChangeType.VERDICT_CHANGED: "bold magenta",
}
_WIDTH = max(len(what) for what in ChangeType)


def teller(mode: Mode) -> Callable[[News], bool]:
    """What writes news in `mode`, a line at a time; it gives False once nobody reads them."""
    if mode is Mode.TABLE:
        return _on_terminal()
    if mode is Mode.PLAIN:
        return lambda news: all(_write(tab_separated([change_row(one)])) for one in news.changes)
    return lambda news: all(_write(json_line(change_value(one, news))) for one in news.changes)


def change_row(change: Change) -> list[object]:
    """What happened, ticket, path, line, sentence."""
    return [change.what, change.ticket, change.path, change.line, change.sentence]


def change_value(change: Change, news: News) -> dict[str, Any]:
    """One change as a JSON document of its own."""
    return {
        "schema_version": SCHEMA_VERSION,
        "document": "watch",
        "at": now(),
        "change": change.what.value,
        "ticket": change.ticket,
        "record": change.record,
        "path": change.path,
        "line": change.line,
        "sentence": change.sentence,
        "before": change.before,
        "after": change.after,
        "digest_before": news.before,
        "digest_after": news.after,
    }


def has_reader() -> bool:
    """Whether somebody could still read what is written to stdout."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (OSError, ValueError, io.UnsupportedOperation):
        return True


def _on_terminal() -> Callable[[News], bool]:
    from rich.text import Text  # noqa: PLC0415  # for a terminal only

    from yoi_relations.render.terminal.widths import console, drawable  # noqa: PLC0415  # likewise

    terminal = console()

    def write(change: Change) -> bool:
        line = Text.assemble(
            (time.strftime("%H:%M:%S  "), "dim"),
            (change.what.replace("_", " ").ljust(_WIDTH), _STYLES[change.what]),
            f"  {drawable(_for_people(change))}",
        )
        with terminal.capture() as captured:
            terminal.print(line, soft_wrap=True)
        return _write(captured.get())

    return lambda news: all(write(one) for one in news.changes)


def _for_people(change: Change) -> str:
    if change.what in {ChangeType.PROBLEM_APPEARED, ChangeType.PROBLEM_SOLVED}:
        return f"{path_and_line(change.path, change.line)}: {change.sentence}"
    return change.sentence


def _write(text: str) -> bool:
    """Write and flush; False where the reader has gone."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        write_answer("")  # sends what is still to be written nowhere
        return False
    except OSError:
        write_answer("")  # tells what is wrong
        raise
    return True
