"""The answer of ``check``, worked out a second time from the rules alone.

Every question is asked the slow way: a cycle is found by walking on from each ticket, and what
would be free is found by judging everything again as if the ticket were done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from queries import naive, naive_replaced, naive_unknowns
from queries.naive_reading import Read, Row

Reason = tuple[str, str, str | None, tuple[str, ...]]
"""Verdict, code, the ticket at the other end, and the places that it rests on."""
Said = tuple[str, str | None, tuple[str, ...]]
"""The same without the verdict."""

VERDICTS = {
    "blocked": "hold",
    "conflict_inprogress": "hold",
    "dependency_cycle": "hold",
    "ordered_after": "caution",
    "waiting": "caution",
    "conflict_waiting": "caution",
    "superseded": "caution",
    "duplicate": "caution",
    "mixed_cycle": "caution",
    "state": "caution",
    "blocker_replaced": "caution",
    "possibly_superseded": "caution",
    "lost_retirement": "caution",
    "conflict_planning": "clear",
    "plan": "clear",
    "state_unknown": "unknown",
    "other_unknown": "unknown",
    "elsewhere": "unknown",
    "unusable_source": "unknown",
    "misspelled_target": "unknown",
}
WORST_FIRST = ("unknown", "hold", "caution", "clear")
NAMED = 5
"""Places that cannot be used and get a reason each; those beyond get one together."""
RESOLVED = naive.RESOLVED
CONFLICTS = {
    "inprogress": "conflict_inprogress",
    "queued": "conflict_waiting",
    "ready": "conflict_waiting",
    "planning": "conflict_planning",
}


def read_relations(found: Read) -> list[Row]:
    """Every relation that is active."""
    return [row for row in naive.relations_of(found.tickets, found.records) if row["active"]]


def reaches(edges: list[Row], start: str, goal: str) -> bool:
    """Whether some way of at least one edge leads from `start` to `goal`, all of it here."""
    edges = [row for row in edges if not row["elsewhere"]]
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        here = ahead.pop()
        steps = {row["target"] for row in edges if row["ticket"] == here} - seen
        seen |= steps
        ahead += steps
    return goal in seen


def check(found: Read, rows: list[Row], id_: str) -> tuple[str, Counter[Reason], Row | None]:
    """Verdict, reasons and active plan of one ticket; `rows` are all relations."""
    active = [row for row in rows if row["active"]]
    said = [
        *relation_reasons(found, active, id_),
        *own_reasons(found, active, id_),
        *naive_replaced.reasons(found, rows, id_),
        *naive_unknowns.reasons(found, rows, id_),
        *misspelled(found, id_),
    ]
    reasons = Counter((VERDICTS[code], code, other, places) for code, other, places in said)
    plans = [row for row in active if row["class"] == "plan" and row["ticket"] == id_]
    plan_record = plans[0]["records"][0] if plans else None
    return (
        worst(reasons),
        reasons,
        plan_record and {"summary": plan_record["summary"], **plan_record["plan"]},
    )


def worst(reasons: Iterable[Reason]) -> str:
    return min((one[0] for one in reasons), key=WORST_FIRST.index, default="clear")


def frees(found: Read, done: str, id_: str) -> bool:
    """Whether nothing but its own state would speak against `id_` if `done` were done."""
    known = found.tickets[done] | {"state": "done"}
    after = replace(found, tickets=found.tickets | {done: known})
    rows = naive.relations_of(after.tickets, after.records)
    _, reasons, _ = check(after, rows, id_)
    return all(verdict == "clear" or code == "state" for verdict, code, _, _ in reasons)


def relation_reasons(found: Read, active: list[Row], id_: str) -> Iterator[Said]:
    for row in active:
        if id_ not in (row["ticket"], row["target"]):
            continue
        is_first = id_ == row["ticket"]
        if not is_first and row["class"] in {"capacity", "plan"}:
            continue  # a waiting note's target is context
        other = row["target"] if is_first else row["ticket"]
        code = code_of(row, found.tickets.get(other, naive.NOWHERE)["state"], is_first=is_first)
        if code == "other_unknown" and row["elsewhere"]:
            code = "elsewhere"
        if code:
            yield code, other, places_of(row["records"])


def code_of(row: Row, other_state: str | None, *, is_first: bool) -> str | None:
    """What an active relation is for the ticket at one of its ends."""
    if row["class"] == "conflict":
        return "other_unknown" if other_state is None else CONFLICTS[other_state]
    if row["class"] in {"dependency", "ordering"} and is_first:
        code = "blocked" if row["class"] == "dependency" else "ordered_after"
        return "other_unknown" if other_state is None else code
    if row["kind"] == "supersedes":
        return None if is_first else "superseded"
    if row["kind"] == "duplicate_of":
        return "duplicate" if is_first else None
    return {"capacity": "waiting", "plan": "plan"}.get(row["class"])


def places_of(records: list[Row]) -> tuple[str, ...]:
    return tuple(sorted(f"{one['path']}:{one['line']}" for one in naive.not_retired(records)))


def own_reasons(found: Read, active: list[Row], id_: str) -> Iterator[Said]:
    state = found.tickets.get(id_, naive.NOWHERE)["state"]
    if state is None:
        yield "state_unknown", None, ()
    elif state not in {"ready", "queued"}:
        yield "state", None, ()
    yield from cycle_reasons(active, id_)
    spoilt = [
        one.path if one.line is None else f"{one.path}:{one.line}"
        for one in sorted(found.unusable, key=lambda one: (one.path, one.line or 0))
        if found.tickets.get(one.holder, naive.NOWHERE)["state"] not in RESOLVED
    ]
    for place in spoilt[:NAMED]:
        yield "unusable_source", None, (place,)
    if spoilt[NAMED:]:
        yield "unusable_source", None, ()


def cycle_reasons(active: list[Row], id_: str) -> Iterator[Said]:
    """The cycle that a ticket is on; where it is on both kinds, the worse one."""
    needs = [row for row in active if row["class"] == "dependency"]
    if reaches(needs, id_, id_):
        yield "dependency_cycle", None, ()
    elif reaches(needs + [row for row in active if row["class"] == "ordering"], id_, id_):
        yield "mixed_cycle", None, ()


def misspelled(found: Read, id_: str) -> Iterator[Said]:
    """Records that name `id_` badly, and would weigh on it if they named it well."""
    for one in naive.not_retired(found.records):
        if id_ == one["holder"] or id_ not in naive_replaced.meant(found, one["target"]):
            continue
        if weighs(found, one | {"target": id_}, id_):
            yield "misspelled_target", one["holder"], places_of([one])


def weighs(found: Read, record: Row, id_: str) -> bool:
    """Whether a record that names `id_` is against it."""
    if naive.CLASS_OF[record["kind"]] in {"capacity", "plan"}:
        return False
    rows = naive.relations_of(found.tickets, [record])
    said: list[Any] = [*relation_reasons(found, [row for row in rows if row["active"]], id_)]
    said += naive_replaced.reasons(found, rows, id_)
    return any(VERDICTS[code] != "clear" for code, _, _ in said)
