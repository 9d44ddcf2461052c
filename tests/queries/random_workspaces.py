"""Random workspaces in which everything can be wrong at once, as real files.

Whatever is drawn is valid input: a workspace is a list of tickets, each in some place and state,
records between them in all formats, retirements, rings of edges, and files or lines that cannot be
used.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from workspace_builder import AT, Workspace, ulid

from queries import naive
from queries.bad_sources import SPOILS, spoil
from queries.misspellings import SPELLINGS, slug_of
from queries.sample_ids import (
    ALL_KINDS,
    ELSEWHERE,
    IDS,
    KINDS,
    MISSING,
    NOT_ELSEWHERE,
    NOTES,
    TIMES,
)

Row = dict[str, Any]
Entries = dict[tuple[str, str], list[Row]]
RETIRED = {"retired_at": "2026-07-01T10:00:00Z", "retired_by": "x", "retired_reason": "over"}
PLACES = ("flat", "closed", "open", "twice", "split", "bare", "garbage")
"""Where a ticket's item.md is: nowhere if bare; apart from its records if split."""
STATES = st.sampled_from([*naive.STATES, "ready", "queued", "queued", "unheard-of", None])
RECORDS = st.fixed_dictionaries(
    {
        "holder": st.sampled_from(IDS),
        "other": st.sampled_from([*IDS * 3, MISSING, *ELSEWHERE * 2, *NOT_ELSEWHERE]),
        "form": st.sampled_from(["md", "md", "json", "jsonl"]),
        "kind": st.sampled_from((*ALL_KINDS, "waiting", "waiting_capacity_note", "accepted_plan")),
        "aimed": st.booleans(),
        "note": st.sampled_from([None, "one", "二つ目", "three\n\nlines"]),
        "at": st.sampled_from(TIMES),
        "retired": st.sampled_from([None] * 6 + ["within", "file", "twice", "both"]),
        "spelled": st.sampled_from(["exact"] * 60 + sorted(SPELLINGS)),
    }
)
"""`retired`: within the record (of an entry: by a file of the earlier form), by a file that only
retires, by two, or by both."""
RINGS = st.tuples(
    st.lists(st.sampled_from(IDS), min_size=2, max_size=len(IDS), unique=True),
    st.lists(st.sampled_from(["blocked_by", "blocked_by", "after"]), min_size=6, max_size=6),
)
RETIREMENTS = st.tuples(
    st.sampled_from(IDS),
    st.one_of(st.integers(min_value=0), st.sampled_from([ulid(700), "x-0123456789abcdef"])),
)
"""In whose folder, and what: the record or retirement of a number, or an id that does not exist."""
TICKETS = st.fixed_dictionaries(
    {id_: st.tuples(STATES, st.sampled_from(("flat",) * 8 + PLACES)) for id_ in IDS}
)
WORKSPACES = st.fixed_dictionaries(
    {
        "tickets": TICKETS,
        "records": st.lists(RECORDS, max_size=14),
        "rings": st.lists(RINGS, max_size=1),
        "retirements": st.one_of(st.just([]), st.lists(RETIREMENTS, max_size=3)),
        "spoils": st.one_of(st.just([]), st.lists(SPOILS, max_size=2)),
    }
)
"""Strategy of the descriptions that `build` writes."""


@dataclass
class Written:
    """What was put into a workspace so far: entries for the two lists, and ids by their holder."""

    entries: Entries = field(default_factory=lambda: defaultdict(list))
    ids: list[tuple[str, str]] = field(default_factory=list)


def build(root: Path, made: Row) -> Workspace:
    """Write the workspace of a description."""
    workspace = Workspace(root)
    for id_, (state, place) in made["tickets"].items():
        put_ticket(workspace, id_, state, place)
    written = Written()
    for said in [*made["records"], *ring_records(made["rings"])]:
        put_record(workspace, folder_of(made, said["holder"]), said, written)
    for (folder, form), listed in written.entries.items():
        write = workspace.relations_json if form == "json" else workspace.plan_lines
        write(folder, *listed)
    for holder, what in made["retirements"]:
        put_retirement(workspace, folder_of(made, holder), holder, what, written)
    for number, (id_, (form, name)) in enumerate(made["spoils"]):
        spoil(workspace, folder_of(made, id_), form, name, number)
    return workspace


def put_ticket(workspace: Workspace, id_: str, state: str | None, place: str) -> None:
    if place == "garbage":
        workspace.item(id_, "no frontmatter\n")
    if place in {"flat", "twice"}:
        workspace.ticket(id_, state, slug=slug_of(id_))
    if place in {"open", "closed", "twice", "split"}:
        bucket = "open" if place == "open" else "closed"
        workspace.ticket(id_, state, bucket, slug=slug_of(id_))


def folder_of(made: Row, id_: str) -> str:
    place = made["tickets"][id_][1]
    return f"{place}/{id_}" if place in {"open", "closed"} else id_


def ring_records(rings: list[Any]) -> list[Row]:
    common = {"form": "md", "note": None, "at": TIMES[0], "retired": None, "aimed": False}
    common |= {"spelled": "exact"}
    return [
        {"holder": here, "other": there, "kind": kind, **common}
        for ids, kinds in rings
        for here, there, kind in zip(ids, [*ids[1:], ids[0]], kinds, strict=False)
    ]


def target_of(said: Row) -> str | None:
    """The target as written."""
    if said["kind"] in NOTES and not (said["aimed"] and "waiting" in said["kind"]):
        return None
    if said["other"] == said["holder"]:
        return MISSING
    if said["spelled"] == "exact" or said["other"] in (*ELSEWHERE, *NOT_ELSEWHERE):
        return str(said["other"])
    return SPELLINGS[said["spelled"]](said["other"], IDS[-1])


def put_record(workspace: Workspace, folder: str, said: Row, written: Written) -> None:
    """Write one record file, or put an entry aside for its list, and what retires it."""
    holder, kind, target, retired = said["holder"], said["kind"], target_of(said), said["retired"]
    form = said["form"] if kind in KINDS[said["form"]] else "md"
    note = said["note"] or ("needed" if kind in NOTES else None)
    if form == "md":
        marks = RETIRED if retired in {"within", "both"} else {}
        quoted = json.dumps(target, ensure_ascii=False) if target else None
        id_ = workspace.record(folder, kind, quoted, note or "", at=said["at"], **marks).stem
    else:
        entry = entry_of(said, form, target, note)
        written.entries[folder, form].append(entry)
        id_ = naive.content_id(entry)
        if retired in {"within", "both"}:
            quoted = json.dumps(target, ensure_ascii=False) if target else None
            workspace.record(folder, kind, quoted, "", retires=id_, **RETIRED)
    written.ids.append((holder, id_))
    for _ in range({"file": 1, "twice": 2, "both": 1}.get(retired, 0)):
        put_retirement(workspace, folder, holder, id_, written)


def entry_of(said: Row, form: str, target: str | None, note: str | None) -> Row:
    """An entry of one of the older formats, with all its fields."""
    kind = said["kind"]
    entry = {"ticket_id": said["holder"], "kind": kind, "author": "tester", "at": said["at"]}
    entry |= {"id": "orch-plan-1"} if form == "jsonl" else {}
    if kind == "accepted_plan":
        entry["accepted_plan"] = {"summary": note, "branch": "plans"}
    elif note:
        entry["note"] = note
    if target:
        entry["target" if form == "json" else "related_ticket"] = target
    return entry


def put_retirement(
    workspace: Workspace, folder: str, holder: str, what: int | str, written: Written
) -> None:
    """Write a file that only retires: an id, or the one with a number among those written."""
    if isinstance(what, int):
        if not written.ids:
            return
        what = written.ids[what % len(written.ids)][1]
    text = f"---\nretires: {what}\nauthor: tester\nat: {AT}\n---\nIt is over.\n"
    number = 10_000 + len(written.ids)
    records = workspace.tickets / folder / "artifacts" / "relations"
    while (records / f"{ulid(number)}.md").exists():
        number += 1
    workspace.record_file(folder, f"{ulid(number)}.md", text)
    written.ids.append((holder, ulid(number)))
