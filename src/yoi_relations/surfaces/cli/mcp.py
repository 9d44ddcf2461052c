"""``relations mcp`` on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from yoi_relations.errors import ExitCode, RelationsError, UsageError
from yoi_relations.index.opened import Trust
from yoi_relations.surfaces.call import Call
from yoi_relations.surfaces.extras import how_to_install

MCP_HELP = "Serve agents over the Model Context Protocol, on standard input and output."


def mcp(
    call: Call,
    *,
    allow_write: Annotated[
        bool,
        typer.Option("--allow-write", help="Also offer the tools that add and retire records."),
    ] = False,
) -> ExitCode:
    """Serve until the client closes the input."""
    if call.trust is Trust.INDEX:
        raise UsageError("mcp has to look at the files", "leave --trust index out")
    try:
        from yoi_relations.surfaces.mcp import server  # noqa: PLC0415  # an extra, and heavy
    except ImportError as error:
        raise RelationsError(
            f"this needs the package mcp: {error}",
            how_to_install("mcp"),
        ) from error
    return server.serve(call, allow_write=allow_write)
