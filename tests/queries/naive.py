"""The answer of ``show --all``, worked out a second time from the rules alone.

Every file is read with the plainest reader there is, nothing is kept, and no module of the program
is used: what the two agree on, both understood.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

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
REVERSED = ("blocks", "before")
SYMMETRIC = ("conflicts_with", "do_not_parallelize", "related")
STATES = ("planning", "ready", "queued", "inprogress", "done", "closed")
STANDING_IN = {"intake": "planning", "open": "planning", "pending": "planning"}
Row = dict[str, Any]


def frontmatter(path: Path) -> tuple[Row, str]:
    """Fields and body of a file that starts with a frontmatter."""
    _, head, body = path.read_text().split("---\n", 2)
    return yaml.load(head, yaml.BaseLoader) or {}, body.strip()  # noqa: S506  # resolves no types


def read_tickets(root: Path) -> dict[str, Row]:
    """Title and state by ticket id."""
    tickets = {}
    for item in (*root.glob(".yoi/tickets/*/item.md"), *root.glob(".yoi/tickets/*/*/item.md")):
        fields, _ = frontmatter(item)
        bucket = item.parent.parent.name
        words = [fields.get(key) for key in ("state", "workflow_state", "status")]
        word = next((word for word in words if word), bucket)
        state = STANDING_IN.get(word, word)
        known = state if state in STATES else None
        tickets[item.parent.name] = {"title": fields.get("title"), "state": known}
    return tickets


def read_records(root: Path) -> list[Row]:
    """Every record, with ``retired_at`` set where something retires it."""
    records: list[Row] = []
    retired = {}
    for path in sorted(root.glob(".yoi/tickets/**/artifacts/*")):
        holder = path.parent.parent.name
        place = {"holder": holder, "path": str(path.relative_to(root))}
        if path.name == "relations.json":
            starts = [n for n, line in enumerate(path.read_text().split("\n"), 1) if "{" in line]
            entries = json.loads(path.read_text())["relations"]
            for line, entry in zip(starts[1:], entries, strict=True):
                records.append(entry_record(entry, "target") | place | {"line": line})
        elif path.name == "orchestration-plan.jsonl":
            for line, text in enumerate(path.read_text().splitlines(), start=1):
                entry = json.loads(text)
                records.append(entry_record(entry, "related_ticket") | place | {"line": line})
        for file in path.glob("*.md") if path.name == "relations" else ():
            fields, body = frontmatter(file)
            place["path"] = str(file.relative_to(root))
            if "retires" in fields:
                retired[holder, fields["retires"]] = fields["retired_at"]
            else:
                records.append(file_record(fields, body, file.stem) | place | {"line": None})
    for one in records:
        one["retired_at"] = one["retired_at"] or retired.get((one["holder"], one["id"]))
    return records


def entry_record(entry: Row, target: str) -> Row:
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "id": "x-" + hashlib.sha256(canonical.encode()).hexdigest()[:16],
        "kind": entry["kind"],
        "target": entry.get(target),
        "note": entry.get("note"),
        "summary": (entry.get("accepted_plan") or {}).get("summary"),
        "author": entry["author"],
        "at": instant(entry["at"]),
        "retired_at": None,
    }


def file_record(fields: Row, body: str, name: str) -> Row:
    is_plan = fields["kind"] == "accepted_plan"
    return {
        "id": name,
        "kind": fields["kind"],
        "target": fields.get("target"),
        "note": None if is_plan else body or None,
        "summary": body if is_plan else None,
        "author": fields["author"],
        "at": instant(fields["at"]),
        "retired_at": fields.get("retired_at"),
    }


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def order(record: Row) -> tuple[datetime, str, int]:
    return record["at"], record["path"], record["line"] or 0


def read_relations(root: Path) -> list[Row]:
    """Every relation, in the order of the answer."""
    return relations_of(read_tickets(root), read_records(root))


def relations_of(tickets: dict[str, Row], records: list[Row]) -> list[Row]:
    """What `records` state together, in the order of the answer."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for number, one in enumerate(records):
        cls = next(cls for cls, kinds in CLASSES.items() if one["kind"] in kinds)
        ticket, target = one["holder"], one["target"]
        if one["kind"] in REVERSED or (one["kind"] in SYMMETRIC and ticket > target):
            ticket, target = target, ticket
        alone = number if cls in {"capacity", "plan"} else None
        groups[cls, CLASSES[cls][one["kind"]], ticket, target, alone].append(one)
    found = []
    for (cls, kind, ticket, target, _), stated in groups.items():
        voice = max((one for one in stated if not one["retired_at"]), key=order, default=None)
        voice = voice or max(stated, key=order)
        row = {"class": cls, "kind": kind, "ticket": ticket, "target": target, "records": stated}
        row |= {key: voice[key] for key in ("note", "summary", "author", "at")}
        for end in ("ticket", "target"):
            known = tickets.get(row[end], {"title": None, "state": None})
            row |= {f"{end}_title": known["title"], f"{end}_state": known["state"]}
        found.append(row | {"active": is_active(row, records)})
    ranks = list(CLASSES)
    return sorted(
        found, key=lambda r: (ranks.index(r["class"]), r["ticket"], r["target"] or "", r["at"])
    )


def is_active(row: Row, records: list[Row]) -> bool:
    if all(one["retired_at"] for one in row["records"]):
        return False
    ticket_over = row["ticket_state"] in {"done", "closed"}
    target_over = row["target_state"] in {"done", "closed"}
    if row["class"] in {"dependency", "ordering", "conflict"}:
        return not ticket_over and not target_over
    if row["class"] == "reference":
        over = {"supersedes": target_over, "duplicate_of": ticket_over}
        return not over.get(row["kind"], ticket_over and target_over)
    (this,) = row["records"]
    mine = [one for one in records if one["holder"] == row["ticket"]]
    plans = [one for one in mine if one["kind"] == "accepted_plan"]
    if row["class"] == "plan":
        return this is max(plans, key=order) and not ticket_over
    latest = max((one for one in mine if one["kind"].startswith("waiting")), key=order)
    planned = any(order(plan) > order(this) for plan in plans)
    busy = ticket_over or row["ticket_state"] == "inprogress"
    return this is latest and not planned and not busy
