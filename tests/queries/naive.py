"""What records state together, and which of it is active, worked out a second time.

This and the other `naive` modules are written from the rules alone, the slow and obvious way. They
use no module of the program: what the two agree on, both understood.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

CLASSES = {
    "dependency": {"blocked_by": "blocked_by", "depends_on": "blocked_by", "blocks": "blocked_by"},
    "ordering": {"after": "after", "before": "after"},
    "conflict": {
        "conflicts_with": "conflicts_with",
        "do_not_parallelize": "do_not_parallelize",
    },
    "capacity": {"waiting": "waiting", "waiting_capacity_note": "waiting"},
    "plan": {"accepted_plan": "accepted_plan"},
    "reference": {name: name for name in ("related", "supersedes", "duplicate_of")},
}
CLASS_OF = {kind: cls for cls, kinds in CLASSES.items() for kind in kinds}
REVERSED = ("blocks", "before")
SYMMETRIC = ("conflicts_with", "do_not_parallelize", "related")
STATES = ("planning", "ready", "queued", "inprogress", "done", "closed")
RESOLVED = {"done", "closed"}
ELSEWHERE = re.compile(
    r"[a-z0-9][a-z0-9._/-]{0,99}:("
    r"[0-9A-HJKMNP-TV-Z]{13}"
    r"|[0-9]{8}-[0-9]{6}-[\w.-]*[^\W_][\w.-]*"
    r"|[0-9]*[A-Za-z][A-Za-z0-9]*-([0-9]+|[A-Za-z0-9]{4})(\.[0-9]+)*"  # of another tool
    r")"
)
"""A ticket of another workspace; its state is not known here."""
NOWHERE = {"title": None, "state": None}
"""What is known of a ticket that does not exist."""
Row = dict[str, Any]


def content_id(entry: Row) -> str:
    """The id of an entry of one of the older formats."""
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "x-" + hashlib.sha256(canonical.encode()).hexdigest()[:16]


def is_elsewhere(id_: str | None, tickets: dict[str, Row]) -> bool:
    return id_ is not None and id_ not in tickets and ELSEWHERE.fullmatch(id_) is not None


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def order(record: Row) -> tuple[datetime, str, int]:
    return record["at"], record["path"], record["line"] or 0


def relations_of(tickets: dict[str, Row], records: list[Row]) -> list[Row]:
    """What `records` state together, in the order of the answer."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for number, one in enumerate(records):
        cls = CLASS_OF[one["kind"]]
        ticket, target = one["holder"], one["target"]
        if one["kind"] in REVERSED or (one["kind"] in SYMMETRIC and ticket > target):
            ticket, target = target, ticket
        alone = number if cls in {"capacity", "plan"} else None
        groups[cls, CLASSES[cls][one["kind"]], ticket, target, alone].append(one)
    found = [relation_of(tickets, records, key, stated) for key, stated in groups.items()]
    ranks = list(CLASSES)
    return sorted(
        found, key=lambda r: (ranks.index(r["class"]), r["ticket"], r["target"] or "", r["at"])
    )


def relation_of(
    tickets: dict[str, Row], records: list[Row], key: tuple[Any, ...], stated: list[Row]
) -> Row:
    cls, kind, ticket, target, _ = key
    latest = max(not_retired(stated) or stated, key=order)
    row = {"class": cls, "kind": kind, "ticket": ticket, "target": target, "records": stated}
    row |= {name: latest[name] for name in ("note", "summary", "author", "at")}
    for end in ("ticket", "target"):
        known = tickets.get(row[end], NOWHERE)
        row |= {f"{end}_title": known["title"], f"{end}_state": known["state"]}
    ends = [end for end in ("ticket", "target") if is_elsewhere(row[end], tickets)]
    row["elsewhere"] = ends[0] if ends else None
    return row | {"active": is_active(row, records)}


def not_retired(records: list[Row]) -> list[Row]:
    """Those that are not retired; what is retired counts for nothing."""
    return [one for one in records if not one["retired_at"]]


def is_active(row: Row, records: list[Row]) -> bool:
    if not not_retired(row["records"]):
        return False
    ticket_over = row["ticket_state"] in RESOLVED
    target_over = row["target_state"] in RESOLVED
    if row["class"] in {"dependency", "ordering", "conflict"}:
        return not ticket_over and not target_over
    if row["class"] == "reference" and row["elsewhere"]:
        return not (ticket_over or target_over)
    if row["class"] == "reference":
        over = {"supersedes": target_over, "duplicate_of": ticket_over}
        return not over.get(row["kind"], ticket_over and target_over)
    (this,) = row["records"]
    plan = standing_plan(row["ticket"], records)
    if row["class"] == "plan":
        return this is plan and not ticket_over
    is_ended = plan is not None and order(plan) > order(this)
    return is_waiting(this, row["ticket_state"], records) and not is_ended


def standing_plan(ticket: str, records: list[Row]) -> Row | None:
    """The latest plan of a ticket, whatever the ticket's state."""
    mine = [one for one in not_retired(records) if one["holder"] == ticket]
    return max((one for one in mine if one["kind"] == "accepted_plan"), key=order, default=None)


def is_waiting(note: Row, state: str | None, records: list[Row]) -> bool:
    """Whether a waiting note is active if plans are ignored."""
    if note["retired_at"] or state in RESOLVED or state == "inprogress":
        return False
    if note["line"] is None:
        return True  # a file of its own: such notes add up
    of_file = [one for one in not_retired(records) if one["path"] == note["path"]]
    return note is max((one for one in of_file if CLASS_OF[one["kind"]] == "capacity"), key=order)


def plan_ends_a_wait(ticket: str, state: str | None, records: list[Row]) -> bool:
    """Whether a note of `ticket` would stand but for its plan."""
    plan = standing_plan(ticket, records)
    return plan is not None and any(
        order(plan) > order(one) and is_waiting(one, state, records)
        for one in records
        if one["holder"] == ticket and CLASS_OF[one["kind"]] == "capacity"
    )
