"""The ids, kinds and times in random workspaces; the kinds also for the second implementation."""

from __future__ import annotations

IDS = tuple(f"00001KT0000{letter * 2}" for letter in "ABCDEF")
MISSING = "00001KT0000ZZ"
ELSEWHERE = ("acme/shop:00001KT0000AA", "lib.2:20260609-100341-größe")
"""Tickets of other workspaces; of one, the id is also that of a ticket here."""
NOT_ELSEWHERE = ("lib:TASK-12", "lib:00ZY", "Lib:00001KT0000ZY", "a:b:00001KT0000ZY")
"""Names with a colon that name no ticket at all."""
JSON_KINDS = ("depends_on", "blocks", "related", "supersedes", "duplicate_of")
PLAN_KINDS = (
    *("before", "after", "blocked_by", "blocks", "conflicts_with", "do_not_parallelize"),
    *("waiting_capacity_note", "accepted_plan"),
)
ALL_KINDS = tuple(dict.fromkeys((*JSON_KINDS, *PLAN_KINDS, "waiting")))
KINDS = {"md": ALL_KINDS, "json": JSON_KINDS, "jsonl": PLAN_KINDS}
NOTES = ("waiting", "waiting_capacity_note", "accepted_plan")
TIMES = (
    *("2026-06-01T08:00:00Z", "2026-06-01T12:00:00Z", "2026-06-01T21:00:00+09:00"),
    *("2026-06-01T12:00:00.5Z", "2026-06-01T10:00:00-09:00", "2062-06-09T10:03:41Z"),
)
"""The last one is far ahead of every clock."""
