"""Writes the answers of `status` and `rebuild`: the index as it was found, and its contents."""

from __future__ import annotations

import os

from yoi_relations.errors import ExitCode, GitTimeoutError
from yoi_relations.files.workspace import printable
from yoi_relations.index import store
from yoi_relations.index.handle import Index, Trust
from yoi_relations.index.store import IndexState
from yoi_relations.index.watcher_lock import is_watcher_running
from yoi_relations.lean.types import TYPE_CHECKING
from yoi_relations.queries.counts import Counts, count_all
from yoi_relations.queries.problems import find_problems
from yoi_relations.render.documents import Value, envelope
from yoi_relations.render.lines import counted, tab_separated
from yoi_relations.render.output import Mode, json_line, write_answer
from yoi_relations.states import RESOLVED

if TYPE_CHECKING:
    from yoi_relations.files.workspace_name import WorkspaceName


def write_status(mode: Mode, index: Index) -> ExitCode:
    """Write the answer of `status`."""
    counts, called = count_all(index.connection), _called(index)
    if mode is Mode.JSON:
        machine = {
            "check_seconds": round(index.seconds, 6),
            "watcher": is_watcher_running(index.workspace),
            "hooks": list(_hooks(index)),
        }
        document = status_document("status", index, counts)
        document["workspace"] |= {"name": called.name, "aliases": list(called.aliases)}
        write_answer(json_line(document | machine))
    elif mode is Mode.PLAIN:
        write_answer(tab_separated(_status_rows(index, counts, called)))
    else:
        from yoi_relations.render.terminal.fields import draw_fields  # noqa: PLC0415  # Rich

        draw_fields(_sentence(index, counts), _status_rows(index, counts, called))
    return ExitCode.DONE


def write_rebuild(mode: Mode, index: Index, seconds: float) -> ExitCode:
    """Write the answer of `rebuild`, which took `seconds`."""
    if mode is Mode.JSON:
        write_answer(json_line(status_document("rebuild", index, count_all(index.connection))))
        return ExitCode.DONE
    contents = [
        counted(index.tickets, "ticket"),
        counted(index.records, "record"),
        counted(len(find_problems(index.connection)), "problem"),
    ]
    files = counted(index.sources, "file")
    write_answer(f"rebuilt from {files} in {seconds:.2f} s: {', '.join(contents)}\n")
    return ExitCode.DONE


def status_document(document: str, index: Index, counts: Counts) -> Value:
    """The fields that the answers of `status` and `rebuild` share; `document` names the command."""
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


def _sentence(index: Index, counts: Counts) -> str:
    """What matters most: whether the index is current, what is active, and whether all is read."""
    states = {IndexState.CURRENT: "Current", IndexState.UNCHECKED: "Not checked"}
    state = states.get(index.found, f"Read from the files, as the index was {index.found}")
    number = sum(count for name, count in counts.tickets.items() if name not in RESOLVED)
    relations = counted(sum(counts.active.values()), "active relation")
    problems = f"{counted(counts.problems, 'problem')}{_DOCTOR_HINT}"
    return (
        f"{state}. {relations} on {counted(number, 'open ticket')}."
        f" {problems if counts.problems else 'No problems'}."
    )


def _status_rows(index: Index, counts: Counts, called: WorkspaceName) -> list[tuple[str, str]]:
    return [
        ("root", printable(index.workspace.root)),
        ("name", ", ".join(filter(None, (called.name, *called.aliases))) or "none"),
        ("tickets root", printable(index.workspace.tickets_root)),
        (
            "index",
            printable(store.index_path(index.workspace)) if index.workspace.has_yoi else _NONE,
        ),
        ("index was", f"{index.found}{_generation(index)}"),
        ("schema, parser", f"{store.SCHEMA_VERSION}, {store.PARSER_VERSION}"),
        ("checked by", f"{index.trust}, {_TRUST_REASONS[index.trust]}"),
        ("check took", f"{index.seconds * 1000:.1f} ms for {counted(index.sources, 'file')}"),
        ("watcher", "running" if is_watcher_running(index.workspace) else "not running"),
        ("hooks", ", ".join(_hooks(index)) or "not installed"),
        ("tickets", _breakdown(counts.tickets)),
        ("records", _breakdown(counts.records)),
        ("relations", _breakdown(counts.relations)),
        ("active", _breakdown(counts.active)),
        ("problems", f"{counts.problems}{_DOCTOR_HINT if counts.problems else ''}"),
    ]


_NONE = "none: answers come from memory until the first relations add makes .yoi"
_DOCTOR_HINT = "; run relations doctor --severity info for the full list"
_TRUST_REASONS = {
    Trust.STAT: "because stat stamps are reliable on this file system",
    Trust.CONTENT: "as requested, or because stat stamps are not reliable on this file system",
    Trust.INDEX: "as requested: the files were not checked",
}


def _called(index: Index) -> WorkspaceName:
    """What the workspace is called; without a name if git does not answer."""
    from yoi_relations.files.workspace_name import (  # noqa: PLC0415  # only status needs git
        WorkspaceName,
        name_of,
    )

    try:
        return name_of(index.workspace)
    except GitTimeoutError:
        return WorkspaceName(None, ())


def _hooks(index: Index) -> tuple[str, ...]:
    from yoi_relations.hooks import installation  # noqa: PLC0415  # only status needs git

    return installation.installed(index.workspace)


def _generation(index: Index) -> str:
    if index.published is None:
        return ""
    return f", generation {index.published.number} of {index.published.built_at}"


def _breakdown(counts: dict[str, int]) -> str:
    """The sum, and the numbers that are not 0: ``3: 1 done, 2 queued``."""
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    return f"{sum(counts.values())}{': ' if parts else ''}{', '.join(parts)}"
