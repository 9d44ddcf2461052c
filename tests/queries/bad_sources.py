"""Unusable files and lines, leftovers next to them, and odd files that are used."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st
from workspace_builder import Workspace, ulid

from queries.sample_ids import IDS, MISSING, TIMES

HEAD = f"author: t\nat: {TIMES[0]}\n"
BAD_FILES = {
    "no frontmatter": "nothing here\n",
    "open frontmatter": "---\nkind: blocked_by\n",
    "unknown kind": f"---\nkind: parent\ntarget: X\n{HEAD}---\n",
    "no target": f"---\nkind: blocked_by\n{HEAD}---\n",
    "no author": f"---\nkind: related\ntarget: {IDS[0]}\nat: {TIMES[0]}\n---\n",
    "no time": "---\nkind: after\ntarget: X\nauthor: t\nat: yesterday\n---\n",
    "half retired": f"---\nkind: after\ntarget: {IDS[1]}\n{HEAD}retired_at: {TIMES[0]}\n---\n",
    "waiting without a note": f"---\nkind: waiting\n{HEAD}---\n",
    "conflict markers": (
        f"---\n<<<<<<< one\nkind: supersedes\n=======\ntarget: {IDS[0]}\n>>>>>>> two\n{HEAD}---\n"
    ),
    "bad time of a supersedes": (
        f"---\nkind: supersedes\ntarget: {IDS[0]}\nauthor: t\nat: now\n---\n"
    ),
    "bad kind, nearly a target": f"---\nkind: super\ntarget: ' {IDS[1].lower()}'\n{HEAD}---\n",
    "two targets": f"---\nkind: supersedes\ntarget: {IDS[0]}\ntarget: {IDS[1]}\n{HEAD}---\n",
    "a bare CR": f"---\nkind: supersedes\rtarget: {IDS[0]}\n{HEAD}---\n",
    "a line separator": f"---\nkind: supersedes\ntarget: {IDS[0]}\n{HEAD}role: a\u2028b: c\n---\n",
    "retires without a reason": f"---\nretires: {ulid(1)}\n{HEAD}---\n",
    "retires and states": (
        f"---\nkind: blocked_by\ntarget: {IDS[0]}\nretires: {ulid(1)}\n{HEAD}---\nWhy.\n"
    ),
}
BAD_LINES = {
    "not JSON": b"{oops",
    "no object": b"[1]",
    "no kind": b'{"id":"p","author":"t","at":"2026-06-01T08:00:00Z"}',
    "not UTF-8": b'{"id":"\xff"}',
    "a conflict marker": b"<<<<<<< HEAD",
}
BAD_LISTS = {
    "not JSON": "{",
    "no list": '{"version":1}',
    "bad entry": '{"version":1,"relations":[{"kind":"related"}]}',
    "bad entry with a target": f'{{"version":1,"relations":[{{"target":"{IDS[0]}"}}]}}',
    "two bad entries": (
        f'{{"version":1,"relations":[{{"target":"{IDS[0]}"}},{{"target":"{IDS[1].lower()}"}}]}}'
    ),
    "another version": f'{{"version":2,"relations":[{{"target":"{IDS[1]}"}}]}}',
}
STRAYS = {
    "no ending": (ulid(801), f"---\nkind: supersedes\ntarget: {IDS[0]}\n{HEAD}---\n"),
    "another ending": (f"{ulid(802)}.markdown", "---\nkind: supersedes\n"),
    "a frontmatter": ("by-hand.txt", f"---\nkind: blocks\ntarget: {IDS[0]}\n{HEAD}---\n"),
    "a leftover alone": (f"{ulid(803)}.md.bak", f"---\nkind: blocks\ntarget: X\n{HEAD}---\n"),
    "a folder": ("more/inner.md", f"---\nkind: blocks\ntarget: {IDS[0]}\n{HEAD}---\n"),
}
LEFTOVERS = (
    f"{ulid(1)}.md~",  # of a record that may be there
    *("by-hand.md~", "notes.txt", ".01KT.md.swp", "Thumbs.db", "desktop.ini", "x.orig"),
)
USED_ANYHOW = {
    "unknown key": (f"{ulid(900)}.md", "colour: blue\n"),
    "name that is no ULID": ("by-hand.md", ""),
}


def some(form: str, names: Iterable[str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.just(form), st.sampled_from(sorted(names)))


BAD = st.one_of(
    some("md", BAD_FILES), some("jsonl", BAD_LINES), some("json", BAD_LISTS), some("stray", STRAYS)
)
"""Unusable sources."""
BAD_RECORDS = st.one_of(some("md", BAD_FILES), some("json", BAD_LISTS), some("stray", STRAYS))
"""The same without those that can hold no reference."""
SPOILS = st.tuples(
    st.sampled_from(IDS), st.one_of(BAD, BAD, some("used", USED_ANYHOW), some("left", LEFTOVERS))
)


def spoil(workspace: Workspace, folder: str, form: str, name: str, number: int) -> None:
    if form == "md":
        workspace.record_file(folder, f"{ulid(500 + number)}.md", BAD_FILES[name])
    elif form == "json":
        workspace.artifact(folder, "relations.json", BAD_LISTS[name])
    elif form == "jsonl":
        path = workspace.tickets / folder / "artifacts" / "orchestration-plan.jsonl"
        said = path.read_bytes() if path.exists() else b""
        workspace.artifact(folder, path.name, said + BAD_LINES[name] + b"\n")
    elif form == "stray":
        workspace.record_file(folder, *STRAYS[name])
    elif form == "left":
        workspace.record_file(folder, name, "left over\n")
    else:
        file_name, more = USED_ANYHOW[name]
        head = f"kind: related\ntarget: {MISSING}\n{HEAD}"
        workspace.record_file(folder, file_name, f"---\n{head}{more}---\n")
