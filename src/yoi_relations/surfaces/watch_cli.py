"""``relations watch`` and ``relations verify`` on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from yoi_relations.errors import ExitCode
from yoi_relations.index.opened import Trust
from yoi_relations.surfaces import verify as verifying
from yoi_relations.surfaces import watch as watching
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.progress import progress_bar
from yoi_relations.surfaces.watch_print import has_reader, teller


def watch(
    call: Call,
    *,
    once: Annotated[bool, typer.Option("--once", help="End with the first change.")] = False,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", min=0, metavar="S", help="End after S seconds, with status 124."),
    ] = None,
) -> ExitCode:
    """Keep the index warm as files change, and print one line a change."""
    asked = watching.Watch(
        workspace=call.workspace(),
        tell=teller(call.mode),
        notify=call.notify,
        listened=has_reader,
        trust=call.trust or Trust.STAT,
        once=once,
        timeout=timeout,
    )
    return watching.watch(asked)


def verify(call: Call) -> ExitCode:
    """Prove the index equal to a fresh reading of every file; nothing is changed."""
    mode = call.mode
    with progress_bar("reading") as progress:
        verified = verifying.verify(call.workspace(), progress)
    with verified.fresh:
        return verifying.report(mode, verified)
