"""Makes up workspaces in which everything can be wrong at once, as real files.

Whatever is drawn is valid input: a workspace is a list of tickets, each in some place and state,
records between them in all formats, rings of edges, and files or lines of no use.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from building import Workspace, ulid
from hypothesis import strategies as st

from queries import naive
from queries.test_naive import ALL_KINDS, JSON_KINDS, NOTES, PLAN_KINDS, RETIRED

Row = dict[str, Any]
IDS = tuple(f"00001KT0000{letter * 2}" for letter in "ABCDEF")
MISSING = "00001KT0000ZZ"
KINDS = {"md": ALL_KINDS, "json": JSON_KINDS, "jsonl": PLAN_KINDS}
EDGES = tuple(kind for kind in ALL_KINDS if kind not in NOTES)
PLACES = ("flat", "closed", "open", "twice", "split", "bare", "garbage")
"""Where a ticket's item.md is: nowhere if bare; apart from its records if split."""
TIMES = (
    *("2026-06-01T08:00:00Z", "2026-06-01T12:00:00Z", "2026-06-01T21:00:00+09:00"),
    *("2026-06-01T12:00:00.5Z", "2026-06-01T10:00:00-09:00"),
)
BAD_FILES = {
    "no frontmatter": "nothing here\n",
    "open frontmatter": "---\nkind: blocked_by\n",
    "unknown kind": "---\nkind: parent\ntarget: X\nauthor: t\nat: 2026-06-01T08:00:00Z\n---\n",
    "no target": "---\nkind: blocked_by\nauthor: t\nat: 2026-06-01T08:00:00Z\n---\n",
    "no author": "---\nkind: related\ntarget: X\nat: 2026-06-01T08:00:00Z\n---\n",
    "no time": "---\nkind: after\ntarget: X\nauthor: t\nat: yesterday\n---\n",
    "half retired": (
        "---\nkind: after\ntarget: X\nauthor: t\nat: 2026-06-01T08:00:00Z\n"
        "retired_at: 2026-06-01T08:00:00Z\n---\n"
    ),
    "waiting without a note": "---\nkind: waiting\nauthor: t\nat: 2026-06-01T08:00:00Z\n---\n",
}
BAD_LINES = {
    "not JSON": b"{oops",
    "no object": b"[1]",
    "no kind": b'{"id":"p","author":"t","at":"2026-06-01T08:00:00Z"}',
    "not UTF-8": b'{"id":"\xff"}',
}
BAD_LISTS = {
    "not JSON": "{",
    "no list": '{"version":1}',
    "bad entry": '{"version":1,"relations":[{"kind":"related"}]}',
}
USED_ANYHOW = {
    "unknown key": (f"{ulid(900)}.md", "colour: blue\n"),
    "name that is no ULID": ("by-hand.md", ""),
}
SPOILS = st.tuples(
    st.sampled_from(IDS),
    st.one_of(
        st.tuples(st.just("md"), st.sampled_from(sorted(BAD_FILES))),
        st.tuples(st.just("jsonl"), st.sampled_from(sorted(BAD_LINES))),
        st.tuples(st.just("json"), st.sampled_from(sorted(BAD_LISTS))),
        st.tuples(st.just("used"), st.sampled_from(sorted(USED_ANYHOW))),
    ),
)
STATES = st.sampled_from([*naive.STATES, "ready", "queued", "queued", "unheard-of", None])
RECORDS = st.fixed_dictionaries(
    {
        "holder": st.sampled_from(IDS),
        "other": st.sampled_from([*IDS, MISSING]),
        "form": st.sampled_from(["md", "md", "json", "jsonl"]),
        "kind": st.sampled_from(ALL_KINDS),
        "aimed": st.booleans(),
        "note": st.sampled_from([None, "one", "二つ目", "three\n\nlines"]),
        "at": st.sampled_from(TIMES),
        "retired": st.sampled_from([False, False, False, True]),
    }
)
RINGS = st.tuples(
    st.lists(st.sampled_from(IDS), min_size=2, max_size=len(IDS), unique=True),
    st.lists(st.sampled_from(["blocked_by", "blocked_by", "after"]), min_size=6, max_size=6),
)
WORKSPACES = st.fixed_dictionaries(
    {
        "tickets": st.fixed_dictionaries(
            {id_: st.tuples(STATES, st.sampled_from(("flat",) * 8 + PLACES)) for id_ in IDS}
        ),
        "records": st.lists(RECORDS, max_size=14),
        "rings": st.lists(RINGS, max_size=1),
        "spoils": st.one_of(st.just([]), st.lists(SPOILS, max_size=2)),
    }
)
"""What `build` builds."""


def build(root: Path, made: Row) -> Workspace:
    """Write a workspace as drawn."""
    workspace = Workspace(root)
    for id_, (state, place) in made["tickets"].items():
        put_ticket(workspace, id_, state, place)
    entries: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for said in [*made["records"], *ring_records(made["rings"])]:
        put_record(workspace, folder_of(made, said["holder"]), said, entries)
    for (folder, form), listed in entries.items():
        write = workspace.relations_json if form == "json" else workspace.plan_lines
        write(folder, *listed)
    for number, (id_, (form, name)) in enumerate(made["spoils"]):
        spoil(workspace, folder_of(made, id_), form, name, number)
    return workspace


def put_ticket(workspace: Workspace, id_: str, state: str | None, place: str) -> None:
    if place == "garbage":
        workspace.item(id_, "no frontmatter\n")
    if place in {"flat", "twice"}:
        workspace.ticket(id_, state)
    if place in {"open", "closed", "twice", "split"}:
        workspace.ticket(id_, state, "open" if place == "open" else "closed")


def folder_of(made: Row, id_: str) -> str:
    place = made["tickets"][id_][1]
    return f"{place}/{id_}" if place in {"open", "closed"} else id_


def ring_records(rings: list[Any]) -> list[Row]:
    common = {"form": "md", "note": None, "at": TIMES[0], "retired": False, "aimed": False}
    return [
        {"holder": here, "other": there, "kind": kind, **common}
        for ids, kinds in rings
        for here, there, kind in zip(ids, [*ids[1:], ids[0]], kinds, strict=False)
    ]


def put_record(workspace: Workspace, folder: str, said: Row, entries: Any) -> None:
    """Write one record file, or put an entry aside for its list."""
    holder, form, kind = said["holder"], said["form"], said["kind"]
    form = form if kind in KINDS[form] else "md"
    target = said["other"] if said["other"] != holder else MISSING
    target = target if kind not in NOTES or (said["aimed"] and "waiting" in kind) else None
    note = said["note"] or ("needed" if kind in NOTES else None)
    if form == "md":
        marks = RETIRED if said["retired"] else {}
        workspace.record(folder, kind, target, note or "", at=said["at"], **marks)
        return
    entry = {"ticket_id": holder, "kind": kind, "author": "tester", "at": said["at"]}
    entry |= {"id": "orch-plan-1"} if form == "jsonl" else {}
    if kind == "accepted_plan":
        entry["accepted_plan"] = {"summary": note, "branch": "plans"}
    elif note:
        entry["note"] = note
    if target:
        entry["target" if form == "json" else "related_ticket"] = target
    entries[folder, form].append(entry)
    if said["retired"]:
        retires = {"retires": naive.entry_record(entry, "")["id"]}
        workspace.record(folder, kind, target, "", **retires, **RETIRED)


def spoil(workspace: Workspace, folder: str, form: str, name: str, number: int) -> None:
    if form == "md":
        workspace.record_file(folder, f"{ulid(500 + number)}.md", BAD_FILES[name])
    elif form == "json":
        workspace.artifact(folder, "relations.json", BAD_LISTS[name])
    elif form == "jsonl":
        path = workspace.tickets / folder / "artifacts" / "orchestration-plan.jsonl"
        said = path.read_bytes() if path.exists() else b""
        workspace.artifact(folder, path.name, said + BAD_LINES[name] + b"\n")
    else:
        file_name, more = USED_ANYHOW[name]
        head = f"kind: related\ntarget: {MISSING}\nauthor: t\nat: {TIMES[0]}\n"
        workspace.record_file(folder, file_name, f"---\n{head}{more}---\n")
