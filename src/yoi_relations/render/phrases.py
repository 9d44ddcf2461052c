"""The words for relations, reasons and groups, which a terminal and the page share."""

from __future__ import annotations

PHRASES = {
    "blocked_by": ("waits for", "waited for by"),
    "after": ("after", "before"),
    "conflicts_with": ("not together with", "not together with"),
    "do_not_parallelize": ("not together with", "not together with"),
    "waiting": ("waiting", "named in the waiting note of"),
    "accepted_plan": ("plan", "named in the plan of"),
    "related": ("related to", "related to"),
    "supersedes": ("supersedes", "superseded by"),
    "duplicate_of": ("duplicate of", "has the duplicate"),
}
"""By kind as shown: the words before the target, and those before the ticket if seen from it."""
REASON_PHRASES = {
    "blocker_replaced": "its blocker was replaced by",
    "blocked_in_base": "waits in the base for",
    "ordered_after_in_base": "in the base, after",
    "unknown_in_base": "not known in the base:",
    "dependency_cycle": "waits for itself, by way of",
    "mixed_cycle": "waits for itself, by way of",
}
"""By code, the words before the other ticket; other reasons have those of their relation."""
WHOLE_SENTENCES = ("other_unknown", "elsewhere", *REASON_PHRASES)
"""Codes of reasons whose sentence says more than the other ticket."""
SAID_IN_WORDS = ("misspelled_target", "outdated", "waiting", "plan")
"""Codes of reasons in which the other ticket is not what the reason is about."""
GROUP_TITLES = {
    "can_start": "Can start now",
    "look_first": "Look first",
    "held": "Held",
    "running": "Running",
    "being_planned": "Being planned",
}
"""By group, its heading, in the order of the page."""
