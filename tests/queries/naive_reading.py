"""Every file read a second time, the spoilt ones too, with nothing of the program's.

`naive` reads what is in order; here every rule that a record can break is looked at, so that what
is of no use is known by its place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from queries import naive

Row = dict[str, Any]
BUCKETS = ("open", "pending", "closed")
KINDS = {kind for kinds in naive.CLASSES.values() for kind in kinds}
JSON_KINDS = {"depends_on", "blocks", "related", "supersedes", "duplicate_of"}
PLAN_KINDS = KINDS - JSON_KINDS - {"waiting"} | {"blocks"}
NOTES = {"waiting", "waiting_capacity_note", "accepted_plan"}
JSON_FIELDS = {"ticket_id", "kind", "target", "note", "author", "at"}
PLAN_FIELDS = JSON_FIELDS - {"target"} | {"id", "related_ticket", "accepted_plan"}
PLAN = ("branch", "worktree", "role_plan")
RETIREMENT = {"retired_at", "retired_by", "retired_reason"}


@dataclass
class Read:
    """Everything that the files say: tickets by id, records, and the places of no use.

    A folder that holds records and no item.md goes by its name, too, as a ticket of no known state.
    """

    root: Path
    tickets: dict[str, Row] = field(default_factory=dict)
    records: list[Row] = field(default_factory=list)
    retired: dict[tuple[str, str], str] = field(default_factory=dict)
    unusable: list[tuple[str, str, int | None]] = field(default_factory=list)

    def spoilt(self, holder: str, path: Path, line: int | None = None) -> None:
        self.unusable.append((holder, path.relative_to(self.root).as_posix(), line))


def read(root: Path) -> Read:
    """Every ticket and record of a workspace."""
    found = Read(root)
    base = root / ".yoi" / "tickets"
    folders = [folder for folder in base.iterdir() if folder.name not in BUCKETS]
    for bucket in BUCKETS:
        folders += (base / bucket).iterdir() if (base / bucket).is_dir() else ()
    for folder in sorted(folders):
        item, artifacts = folder / "item.md", folder / "artifacts"
        if not item.is_file() and not any(path.is_file() for path in artifacts.rglob("*")):
            continue  # nothing goes by that name
        known = read_ticket(item) if item.is_file() else {"title": None, "state": None}
        if folder.name in found.tickets:
            titles = [known["title"], found.tickets[folder.name]["title"]]
            known = {"title": min(filter(None, titles), default=None), "state": None}
        found.tickets[folder.name] = known
        read_files(found, folder)
        read_json(found, folder.name, artifacts / "relations.json")
        read_lines(found, folder.name, artifacts / "orchestration-plan.jsonl")
    for one in found.records:
        one["retired_at"] = one["retired_at"] or found.retired.get((one["holder"], one["id"]))
    return found


def read_ticket(item: Path) -> Row:
    try:
        fields, _ = naive.frontmatter(item)
    except (ValueError, yaml.YAMLError):
        return {"title": None, "state": None}
    bucket = item.parent.parent.name
    words = [fields.get(key) for key in ("state", "workflow_state", "status")]
    word = next((word for word in words if word), bucket)
    state = naive.STANDING_IN.get(word, word)
    return {"title": fields.get("title"), "state": state if state in naive.STATES else None}


def read_files(found: Read, folder: Path) -> None:
    for path in sorted(folder.glob("artifacts/relations/*.md")):
        try:
            fields, body = naive.frontmatter(path)
            check_marks(RETIREMENT & set(fields))
            if "retires" in fields:
                check_ends(fields["kind"], folder.name, fields.get("target"), KINDS)
                found.retired[folder.name, fields["retires"]] = fields["retired_at"]
                continue
            check_common(fields, folder.name, fields.get("target"), KINDS)
            check_text(body, needed=fields["kind"] in NOTES)
            record = naive.file_record(fields, body, path.stem)
            record["plan"] = {key: fields.get(key) for key in PLAN}
        except (ValueError, KeyError, yaml.YAMLError):
            found.spoilt(folder.name, path)
            continue
        keep(found, record | {"holder": folder.name}, path, None)


def read_json(found: Read, holder: str, path: Path) -> None:
    if not path.is_file():
        return
    text = path.read_text()
    starts = [n for n, line in enumerate(text.split("\n"), 1) if "{" in line]
    try:
        entries = json.loads(text)["relations"]
    except (ValueError, KeyError, TypeError):
        found.spoilt(holder, path)
        return
    bad = sum(not is_good(entry, holder) for entry in entries)
    for _ in range(bad):  # each is told, and any of them spoils the file
        found.spoilt(holder, path)
    if bad:
        return
    for line, entry in zip(starts[1:], entries, strict=True):
        keep(found, naive.entry_record(entry, "target") | {"holder": holder}, path, line)


def is_good(entry: Row, holder: str) -> bool:
    try:
        check_entry(entry, holder, "target", JSON_KINDS, JSON_FIELDS)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def read_lines(found: Read, holder: str, path: Path) -> None:
    lines = path.read_bytes().split(b"\n") if path.is_file() else []
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            entry = json.loads(text.decode())
            check_entry(entry, holder, "related_ticket", PLAN_KINDS, PLAN_FIELDS)
            record = naive.entry_record(entry, "related_ticket")
            plan = {key: (entry.get("accepted_plan") or {}).get(key) for key in PLAN}
        except (ValueError, KeyError, TypeError):
            found.spoilt(holder, path, line)
            continue
        keep(found, record | {"holder": holder, "plan": plan}, path, line)


def keep(found: Read, one: Row, path: Path, line: int | None) -> None:
    place = {"path": path.relative_to(found.root).as_posix(), "line": line}
    found.records.append(one | place)


def check_entry(entry: Row, holder: str, target: str, kinds: set[str], known: set[str]) -> None:
    if entry["ticket_id"] != holder or not set(entry) <= known:
        raise ValueError("not of this ticket, or with a field that nobody knows")
    if known == PLAN_FIELDS:
        check_text(entry["id"], needed=True)
    check_common(entry, holder, entry.get(target), kinds)
    if "note" in entry or entry["kind"] == "waiting_capacity_note":
        check_text(entry["note"], needed=True)
    if entry["kind"] == "accepted_plan":
        check_text(entry["accepted_plan"]["summary"], needed=True)


def check_common(fields: Row, holder: str, target: str | None, kinds: set[str]) -> None:
    check_text(fields["author"], needed=True)
    naive.instant(fields["at"])
    check_ends(fields["kind"], holder, target, kinds)


def check_ends(kind: str, holder: str, target: str | None, kinds: set[str]) -> None:
    if kind not in kinds or target == holder:
        raise ValueError("a kind that does not exist, or a ticket beside itself")
    if kind not in NOTES and not target:
        raise ValueError("an edge without an end")


def check_marks(marks: set[str]) -> None:
    if marks and marks != RETIREMENT:
        raise ValueError("half retired")


def check_text(text: str, *, needed: bool) -> None:
    if (needed and not text.strip()) or len(text.encode()) > 16 * 1024:
        raise ValueError("empty or too long")
