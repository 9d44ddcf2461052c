"""Write a synthetic workspace for measurements.

scripts/dev generate FOLDER TICKETS [--own SHARE] [--open SHARE] [--seed N]

Two in five tickets have relations and two in five have a plan. A SHARE of the tickets (--own) has
one file per record, the others use the two older formats. The same arguments produce the same
bytes.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WORDS = [
    *("the", "panel", "queue", "index", "ticket", "relation", "worker", "plugin", "review"),
    *("must", "before", "after", "while", "because", "keeps", "reads", "writes", "accepts"),
    *("この", "実装", "境界を", "確認する", "作業が", "完了してから"),
]
EDGES = {"depends_on": 62, "related": 80, "blocks": 5, "supersedes": 3, "duplicate_of": 2}
NOTES = {"accepted_plan": 129, "waiting_capacity_note": 43, "blocked_by": 27, "after": 11}
UNRESOLVED = ("planning", "ready", "queued", "inprogress")
_RECORDED = 0.4
"""Share of the tickets with edges, and share of the tickets with notes."""
FIRST = 1_767_225_600_000  # 2026-01-01, in milliseconds


def encode(number: int, width: int) -> str:
    """`number` in Crockford's base 32."""
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits = ALPHABET[digit] + digits
    return digits


def prose(rng: random.Random, words: int) -> str:
    """Random words, separated by spaces."""
    return " ".join(rng.choice(WORDS) for _ in range(words))


def records(rng: random.Random, number: int, ids: list[str]) -> list[dict[str, Any]]:
    """The records of a ticket; a target is always an older ticket."""
    found: list[dict[str, Any]] = []
    for kinds in (EDGES, NOTES):
        if number == 0 or rng.random() >= _RECORDED:
            continue
        for kind in dict.fromkeys(
            rng.choices(list(kinds), list(kinds.values()), k=rng.randint(1, 2))
        ):
            record: dict[str, Any] = {"kind": kind, "note": prose(rng, 12), "old": kinds is EDGES}
            if kind not in ("accepted_plan", "waiting_capacity_note"):
                record["target"] = ids[max(0, number - rng.randint(1, 20))]
            found.append(record)
    return found


def write_own(folder: Path, number: int, found: list[dict[str, Any]], at: str) -> None:
    """Write one file per record."""
    place = folder / "artifacts" / "relations"
    place.mkdir()
    for position, record in enumerate(found):
        kind = record["kind"].replace("waiting_capacity_note", "waiting")
        target = f"target: {record['target']}\n" if "target" in record else ""
        text = f"---\nkind: {kind}\n{target}author: orchestrator\nat: {at}\n---\n{record['note']}\n"
        name = "01" + encode(number * 100 + position, 24)
        (place / f"{name}.md").write_text(text, "utf-8")


def write_older(folder: Path, found: list[dict[str, Any]], at: str) -> None:
    """Write the two older formats."""
    common = {"ticket_id": folder.name, "author": "orchestrator", "at": at}
    edges = [
        common | {key: record[key] for key in ("kind", "target", "note")}
        for record in found
        if record["old"]
    ]
    lines = []
    for record in found:
        if not record["old"]:
            line = {"id": "plan-1", **common, "kind": record["kind"]}
            if "target" in record:
                line["related_ticket"] = record["target"]
            if record["kind"] == "accepted_plan":
                line["accepted_plan"] = {"summary": record["note"], "branch": "work/x"}
            else:
                line["note"] = record["note"]
            lines.append(json.dumps(line, ensure_ascii=False))
    if edges:
        document = json.dumps({"version": 1, "relations": edges}, ensure_ascii=False, indent=2)
        (folder / "artifacts" / "relations.json").write_text(document, "utf-8")
    if lines:
        text = "\n".join(lines) + "\n"
        (folder / "artifacts" / "orchestration-plan.jsonl").write_text(text, "utf-8")


def generate(
    root: Path, tickets: int, own: float = 0.5, open_: float = 0.03, seed: int = 1
) -> None:
    """Write `tickets` tickets below `root`.

    Args:
        root: the folder of the workspace, which is created.
        tickets: number of tickets.
        own: share of the tickets with one file per record.
        open_: share of the tickets that are not closed.
        seed: of the random numbers; the same seed produces the same bytes.
    """
    ids = [encode(FIRST + number * 600_000, 13) for number in range(tickets)]
    at = "2026-06-09T10:03:41Z"
    for number, ticket in enumerate(ids):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311  # not for security; the bytes must be reproducible
        folder = root / ".yoi" / "tickets" / ticket
        (folder / "artifacts").mkdir(parents=True)
        state = rng.choice(UNRESOLVED) if rng.random() < open_ else "closed"
        head = f"title: '{prose(rng, 7)}'\nstate: '{state}'\ncreated_at: '{at}'\nassignee: null\n"
        body = "\n".join(prose(rng, 16) for _ in range(30))
        (folder / "item.md").write_text(f"---\n{head}---\n\n{body}\n", "utf-8")
        found = records(rng, number, ids)
        if found and rng.random() < own:
            write_own(folder, number, found, at)
        else:
            write_older(folder, found, at)


def main() -> None:
    """Read the arguments and write the workspace."""
    parser = argparse.ArgumentParser(description="Write a synthetic workspace.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("tickets", type=int)
    parser.add_argument("--own", type=float, default=0.5)
    parser.add_argument("--open", type=float, default=0.03, dest="open_")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generate(arguments.folder, arguments.tickets, arguments.own, arguments.open_, arguments.seed)


if __name__ == "__main__":
    main()
