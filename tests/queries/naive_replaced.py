"""Closed blockers that another ticket replaced, followed the slow way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queries import naive, naive_names
from queries.naive_reading import Read, Row


def reasons(found: Read, rows: list[Row], id_: str) -> Iterator[tuple[str, str | None, Any]]:
    """That a dependency of `id_` ended with a closed ticket, and its work may be elsewhere."""
    _, unresolved = chain(found, closed_blockers(found, rows, id_))
    if unresolved:
        yield "blocker_replaced", None, ()


def closed_blockers(found: Read, rows: list[Row], id_: str) -> set[str]:
    """The closed tickets that dependencies of an unresolved ticket ended with."""
    if found.tickets.get(id_, naive.NOWHERE)["state"] in naive.RESOLVED:
        return set()
    return {
        row["target"]
        for row in rows
        if row["class"] == "dependency"
        and row["ticket"] == id_
        and row["target_state"] == "closed"
        and naive.not_retired(row["records"])
    }


def chain(found: Read, starts: set[str]) -> tuple[set[str], set[str]]:
    """The closed tickets that replaced each other, and the unresolved ones at the ends."""
    closed, unresolved = set(starts), set()
    ahead = list(starts)
    while ahead:
        for other in replacements(found, ahead.pop()):
            state = found.tickets.get(other, naive.NOWHERE)["state"]
            if state not in naive.RESOLVED:
                unresolved.add(other)
            elif state == "closed" and other not in closed:
                closed.add(other)
                ahead.append(other)
    return closed, unresolved


def replacements(found: Read, id_: str) -> set[str]:
    """The tickets that replaced `id_`, by some record; of a bad name, also what it says."""
    others = set()
    for one in naive.not_retired(found.records):
        if one["kind"] == "supersedes" and id_ in {one["target"]} | meant(found, one["target"]):
            others.add(one["holder"])
        if one["kind"] == "duplicate_of" and one["holder"] == id_:
            others |= {one["target"]} | meant(found, one["target"])
    return others - {id_}


def meant(found: Read, target: str | None) -> set[str]:
    """The tickets that a target which is not a ticket was probably meant to name."""
    return naive_names.meant(target, found.tickets) if target else set()
