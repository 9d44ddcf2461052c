"""What files of resolved tickets, and retirements without a record, could keep from a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queries import naive, naive_replaced
from queries.naive_reading import Read, Retirement, Row, Unusable


def reasons(found: Read, rows: list[Row], id_: str) -> Iterator[tuple[str, str | None, Any]]:
    state = found.tickets.get(id_, naive.NOWHERE)["state"]
    if state not in naive.RESOLVED:
        for path in sorted({one.path for one in found.unusable if concerns(found, rows, one, id_)}):
            yield "possibly_superseded", None, (path,)
    if naive.plan_ends_a_wait(id_, state, found.records) and any(
        id_ in concerned(found, one) for one in found.retirements if is_lost(found, one)
    ):
        yield "lost_retirement", None, ()


def concerns(found: Read, rows: list[Row], bad: Unusable, id_: str) -> bool:
    """Whether what a resolved ticket holds and cannot be used could matter to `id_`.

    It could say that `id_` is superseded. Where the holder is closed, it could also be the link
    between a blocker of `id_` and what replaced it, or between `id_` and a blocker that was
    replaced.
    """
    holder_state = found.tickets.get(bad.holder, naive.NOWHERE)["state"]
    if holder_state not in naive.RESOLVED:
        return False  # that is unknown, for everybody
    names = named(found, bad)
    if not bad.path.endswith(".jsonl") and (names is None or id_ in names):
        return True
    if holder_state != "closed":
        return False
    _, unresolved = naive_replaced.chain(found, {bad.holder})
    if unresolved and (names is None or id_ in names):
        return True
    closed, _ = naive_replaced.chain(found, naive_replaced.closed_blockers(found, rows, id_))
    links = {bad.holder} | (names or set())
    return not bad.path.endswith(".jsonl") and bool(links & closed)


def named(found: Read, bad: Unusable) -> set[str] | None:
    if bad.targets is None:
        return None
    names = set(bad.targets)
    return names.union(*(naive_replaced.meant(found, target) for target in bad.targets))


def is_lost(found: Read, one: Retirement) -> bool:
    """Whether no record of the holder has the id; a retirement is not a record."""
    ids = {record["id"] for record in found.records if record["holder"] == one.holder}
    return one.retires not in ids


def concerned(found: Read, one: Retirement) -> set[str]:
    """The holder, and whoever has a record of that id."""
    return {one.holder} | {
        record["holder"] for record in found.records if record["id"] == one.retires
    }
