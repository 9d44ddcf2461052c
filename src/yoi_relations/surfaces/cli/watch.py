"""``relations watch`` on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from yoi_relations.errors import ExitCode
from yoi_relations.index.opened import Trust
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.watch import loop
from yoi_relations.surfaces.watch.printing import has_reader, teller

WATCH_HELP = "Keep the index warm as files change, and print one line per change."


def watch(
    call: Call,
    *,
    once: Annotated[bool, typer.Option("--once", help="End with the first change.")] = False,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", min=0, metavar="S", help="End after S seconds, with status 124."),
    ] = None,
) -> ExitCode:
    """Watch until a condition of the options ends it."""
    asked = loop.Watch(
        workspace=call.workspace(),
        tell=teller(call.mode),
        notify=call.notify,
        listened=has_reader,
        trust=call.trust or Trust.STAT,
        once=once,
        timeout=timeout,
    )
    return loop.watch(asked)
