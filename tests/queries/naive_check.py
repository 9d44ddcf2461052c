"""The answer of ``check``, worked out a second time from the rules alone.

As in `naive`, every file is read anew with the plainest reader, and no module of the program is
used. Every question is asked the slow way: a cycle is found by walking on from each ticket.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from queries import naive
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
    "conflict_planning": "clear",
    "plan": "clear",
    "state_unknown": "unknown",
    "other_unknown": "unknown",
    "unusable_source": "unknown",
}
WORST_FIRST = ("unknown", "hold", "caution", "clear")
NAMED = 5
"""Places of no use that get a reason each; what is beyond them gets one together."""
RESOLVED = {"done", "closed"}
CONFLICTS = {
    "inprogress": "conflict_inprogress",
    "queued": "conflict_waiting",
    "ready": "conflict_waiting",
    "planning": "conflict_planning",
}


def read_relations(found: Read) -> list[Row]:
    """Every relation that is active, as in `naive.read_relations`."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for number, one in enumerate(found.records):
        cls = next(cls for cls, kinds in naive.CLASSES.items() if one["kind"] in kinds)
        ends = [one["holder"], one["target"]]
        if one["kind"] in naive.REVERSED or (one["kind"] in naive.SYMMETRIC and ends[0] > ends[1]):
            ends.reverse()
        alone = number if cls in {"capacity", "plan"} else None
        groups[cls, naive.CLASSES[cls][one["kind"]], *ends, alone].append(one)
    rows = []
    for (cls, kind, ticket, target, _), stated in groups.items():
        row = {"class": cls, "kind": kind, "ticket": ticket, "target": target, "records": stated}
        row["ticket_state"] = found.tickets.get(ticket, {}).get("state")
        row["target_state"] = found.tickets.get(target, {}).get("state")
        if naive.is_active(row, found.records):
            rows.append(row)
    return rows


def reaches(edges: list[Row], start: str, goal: str) -> bool:
    """Whether some way of at least one edge leads from `start` to `goal`."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        here = ahead.pop()
        steps = {row["target"] for row in edges if row["ticket"] == here} - seen
        seen |= steps
        ahead += steps
    return goal in seen


def check(found: Read, active: list[Row], id_: str) -> tuple[str, Counter[Reason], Row | None]:
    """Verdict, reasons and standing plan of one ticket."""
    said = [*relation_reasons(found, active, id_), *own_reasons(found, active, id_)]
    reasons = Counter((VERDICTS[code], code, other, places) for code, other, places in said)
    verdict = min((one[0] for one in reasons), key=WORST_FIRST.index, default="clear")
    plans = [row for row in active if row["class"] == "plan" and row["ticket"] == id_]
    standing = plans[0]["records"][0] if plans else None
    return verdict, reasons, standing and {"summary": standing["summary"], **standing["plan"]}


def relation_reasons(found: Read, active: list[Row], id_: str) -> Iterator[Said]:
    for row in active:
        ends = (row["ticket"], row["target"])
        first = id_ == ends[0]
        if not first and (id_ != ends[1] or row["class"] in {"capacity", "plan"}):
            continue  # a waiting note's target is context
        other = ends[first]
        state = found.tickets.get(other, {}).get("state")
        code = {
            "blocked_by": "blocked" if first else None,
            "after": "ordered_after" if first else None,
            "waiting": "waiting",
            "accepted_plan": "plan",
            "supersedes": None if first else "superseded",
            "duplicate_of": "duplicate" if first else None,
            "related": None,
        }.get(row["kind"], CONFLICTS.get(str(state)))
        weighs = row["class"] == "conflict" or (
            first and row["class"] in {"dependency", "ordering"}
        )
        places = tuple(sorted(f"{one['path']}:{one['line']}" for one in row["records"]))
        if code:
            yield code, other, places
        if weighs and state is None:
            yield "other_unknown", other, places


def own_reasons(found: Read, active: list[Row], id_: str) -> Iterator[Said]:
    state = found.tickets.get(id_, {}).get("state")
    if state is None:
        yield "state_unknown", None, ()
    elif state not in {"ready", "queued"}:
        yield "state", None, ()
    yield from cycle_reasons(active, id_)
    spoilt = [
        path if line is None else f"{path}:{line}"
        for holder, path, line in sorted(found.unusable, key=lambda one: (one[1], one[2] or 0))
        if found.tickets[holder]["state"] not in RESOLVED
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
