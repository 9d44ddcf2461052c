"""Writes the answers of `publish` and of the `server` commands."""

from __future__ import annotations

from collections.abc import Sequence

from yoi_relations.errors import ExitCode
from yoi_relations.index.handle import Index
from yoi_relations.render.documents import Value, bare_document, envelope
from yoi_relations.render.lines import counted, tab_separated
from yoi_relations.render.output import Mode, json_line, visible_lines, write_answer
from yoi_relations.server.publication import Publication
from yoi_relations.server.workspaces import ListedWorkspace

_COMMIT_DIGITS = 12
"""Digits of a commit in a table."""


def write_published(mode: Mode, index: Index, done: Publication) -> ExitCode:
    """Write the answer of `publish`."""
    if mode is Mode.JSON:
        write_answer(json_line(published_document(index, done)))
        return ExitCode.DONE
    number = done.there.publication
    if done.changed:
        parts = [f"{done.folders} of {counted(index.tickets, 'ticket')} written"]
        parts += [f"{done.gone} deleted"] if done.gone else []
        text = f"published {done.name}: publication {number}, {', '.join(parts)}"
    else:
        text = f"nothing has changed in {done.name} since publication {number}"
    write_answer(visible_lines([text]))
    return ExitCode.DONE


def published_document(index: Index, done: Publication) -> Value:
    """The answer of `publish` as a JSON value."""
    return envelope("publish", index) | {
        "name": done.name,
        "changed": done.changed,
        "publication": done.there.publication,
        "folders_changed": done.folders,
        "folders_gone": done.gone,
        "tickets": index.tickets,
        "commit": done.there.commit,
    }


def write_migrated(mode: Mode, before: str | None, after: str | None) -> ExitCode:
    """Write the answer of `server migrate`: the revisions before and after."""
    if mode is Mode.JSON:
        changed = {"changed": before != after, "before": before, "revision": after}
        write_answer(json_line(bare_document("server migrate") | changed))
    elif before == after:
        write_answer(f"the tables are up to date (revision {after})\n")
    else:
        verb = "created" if before is None else f"brought from revision {before} to {after}"
        write_answer(f"the tables were {verb}\n")
    return ExitCode.DONE


def write_workspaces(mode: Mode, found: Sequence[ListedWorkspace]) -> ExitCode:
    """Write the answer of `server list`."""
    if mode is Mode.JSON:
        workspaces = [each.value() for each in found]
        write_answer(json_line(bare_document("server list") | {"workspaces": workspaces}))
        return ExitCode.DONE
    if mode is Mode.PLAIN:
        write_answer(
            tab_separated(
                (each.name, each.publication, each.published_text, each.commit, each.tickets)
                for each in found
            )
        )
        return ExitCode.DONE
    width = max((len(each.name) for each in found), default=0)
    lines = [
        f"{each.name:{width}}  {each.age_words:>8}  {(each.commit or '')[:_COMMIT_DIGITS]:12}"
        f"  {counted(each.tickets, 'ticket')}"
        for each in found
    ]
    write_answer(visible_lines(lines or ["no workspace was published"]))
    return ExitCode.DONE


def write_forgotten(mode: Mode, name: str) -> ExitCode:
    """Write the answer of `server forget`."""
    if mode is Mode.JSON:
        write_answer(json_line(bare_document("server forget") | {"name": name}))
    else:
        write_answer(visible_lines([f"{name} is gone from the database"]))
    return ExitCode.DONE
