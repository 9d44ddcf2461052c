"""Writes the answer of `status`: the index as it was found, and what it holds."""

from __future__ import annotations

import os

from yoi_relations.errors import ExitCode
from yoi_relations.files.workspace import printable
from yoi_relations.index import store
from yoi_relations.index.handle import Index, Trust
from yoi_relations.index.watcher_lock import is_watcher_running
from yoi_relations.queries.counts import Counts, count_all
from yoi_relations.queries.problems import find_problems
from yoi_relations.render.documents import Value, envelope
from yoi_relations.render.lines import tab_separated
from yoi_relations.render.output import Mode, json_line, write_answer


def write_status(mode: Mode, index: Index) -> ExitCode:
    """Write the answer of `status`."""
    counts = count_all(index.connection)
    if mode is Mode.JSON:
        here = {
            "check_seconds": round(index.seconds, 6),
            "watcher": is_watcher_running(index.workspace),
            "hooks": list(_hooks(index)),
        }
        write_answer(json_line(status_document("status", index, counts) | here))
    elif mode is Mode.PLAIN:
        write_answer(tab_separated(_status_rows(index, counts)))
    else:
        from yoi_relations.render.terminal.show import draw_facts  # noqa: PLC0415  # Rich

        draw_facts(_status_rows(index, counts))
    return ExitCode.DONE


def write_rebuilt(mode: Mode, index: Index, seconds: float) -> ExitCode:
    """Write the answer of `rebuild`."""
    if mode is Mode.JSON:
        write_answer(json_line(status_document("rebuild", index, count_all(index.connection))))
        return ExitCode.DONE
    problems = len(find_problems(index.connection))
    write_answer(
        f"rebuilt from {index.sources} files in {seconds:.2f} s: {index.tickets} tickets,"
        f" {index.records} records, {problems} problems\n"
    )
    return ExitCode.DONE


def status_document(document: str, index: Index, counts: Counts) -> Value:
    """The answer of `status` and of `rebuild`: the index as it was found, the files as they are."""
    workspace = index.workspace
    return envelope(document, index) | {
        "index": {
            "path": os.path.relpath(store.index_path(workspace), workspace.root),
            "found": index.found,
            "schema_version": store.SCHEMA_VERSION,
            "parser_version": store.PARSER_VERSION,
            "generation": index.published.number if index.published else None,
            "built_at": index.published.built_at if index.published else None,
        },
        "tickets": counts.tickets,
        "records": counts.records,
        "relations": counts.relations,
        "active": counts.active,
        "problems_total": counts.problems,
    }


def _status_rows(index: Index, counts: Counts) -> list[tuple[str, str]]:
    return [
        ("root", printable(index.workspace.root)),
        ("tickets root", printable(index.workspace.tickets_root)),
        ("index", printable(store.index_path(index.workspace))),
        ("index was", f"{index.found}{_generation(index)}"),
        ("schema, parser", f"{store.SCHEMA_VERSION}, {store.PARSER_VERSION}"),
        ("checked by", f"{index.trust}, {_WHY[index.trust]}"),
        ("check took", f"{index.seconds * 1000:.1f} ms for {index.sources} files"),
        ("watcher", "running" if is_watcher_running(index.workspace) else "not running"),
        ("hooks", ", ".join(_hooks(index)) or "not installed"),
        ("tickets", _listed(counts.tickets)),
        ("records", _listed(counts.records)),
        ("relations", _listed(counts.relations)),
        ("active", _listed(counts.active)),
        ("problems", f"{counts.problems}{_ASK_DOCTOR if counts.problems else ''}"),
    ]


_ASK_DOCTOR = "; relations doctor --severity info tells of all"
_WHY = {
    Trust.STAT: "as stamps can be believed on this file system",
    Trust.CONTENT: "as asked, or as stamps cannot be believed on this file system",
    Trust.INDEX: "as asked: without a look at the files",
}


def _hooks(index: Index) -> tuple[str, ...]:
    from yoi_relations.hooks import installation  # noqa: PLC0415  # starts git, for status alone

    return installation.installed(index.workspace)


def _generation(index: Index) -> str:
    if index.published is None:
        return ""
    return f", generation {index.published.number} of {index.published.built_at}"


def _listed(counts: dict[str, int]) -> str:
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    return f"{sum(counts.values())}{': ' if parts else ''}{', '.join(parts)}"
