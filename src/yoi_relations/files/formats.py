"""What a source can be read as."""

from __future__ import annotations

from yoi_relations.lean.types import StrEnum


class Format(StrEnum):
    """What a source is read as."""

    ITEM = "item"
    FRONTMATTER = "frontmatter"
    RELATIONS_JSON = "relations.json"
    PLAN_JSONL = "orchestration-plan.jsonl"
    STRAY = "stray"
    """Nothing that can be read: only its fault counts."""
