"""What is made to take for ever, or all memory: each in a process of its own, with limits."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from building import AT, A, B, Workspace, ulid

SECONDS = 10
"""Of processor time, for a program that starts, reads it and answers; it takes a tenth of that."""
MEMORY = 400 << 20
"""Bytes of address space; an empty workspace takes a tenth of that."""
ENTRY = json.dumps(
    {"ticket_id": A, "kind": "related", "target": B, "author": "tester", "at": AT}
).encode()
LINE = ENTRY.replace(b'"target"', b'"id": "p", "related_ticket"').replace(b"related,", b"after,")
ITEM, JSON, LINES = "item.md", "artifacts/relations.json", "artifacts/orchestration-plan.jsonl"
RECORD = f"artifacts/relations/{ulid(1)}.md"
HEAD = b"kind: related\ntarget: %b\nauthor: tester\nat: %b\n" % (B.encode(), AT.encode())


def fenced(head: bytes, body: bytes = b"") -> bytes:
    return b"---\n" + head + b"\n---\n" + body


def document(entries: bytes) -> bytes:
    return b'{"version":1,"relations":[%b]}' % entries


BOMBS: dict[str, tuple[str, bytes, str]] = {
    "lists": (ITEM, fenced(b"state: " + b"[" * 32_000), "nests values"),
    "mappings": (ITEM, fenced(b"{a: " * 16_000), "nests values"),
    "block lists": (ITEM, fenced(b"a:\n  " + b"- " * 30_000), "nests values"),
    "complex keys": (ITEM, fenced(b"? " * 30_000), "nests values"),
    "indentation": (
        ITEM,
        fenced(b"".join(b" " * depth + b"a:\n" for depth in range(350))),
        "nests values",
    ),
    "aliases": (
        ITEM,
        fenced(b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1500))),
        "has no state",
    ),
    "one key": (ITEM, fenced(b"k" * 60_000 + b": x"), "no list of 'key: value' lines"),
    "many keys": (ITEM, fenced(b"".join(b"k%d: x\n" % n for n in range(6_000))), "has no state"),
    "many colons": (ITEM, fenced(b"a: " + b"a:" * 30_000), "not valid YAML"),
    "many spaces": (ITEM, fenced(b"a: x" + b" " * 60_000 + b"#"), "has no state"),
    "blank lines": (ITEM, fenced(b"a: >\n" + b" \n" * 30_000), "has no state"),
    "no closing fence": (ITEM, b"---\n" + b"a: b\n" * 20_000_000, "no --- line closes"),
    "a long word": (ITEM, fenced(b"state: " + b"x" * 60_000), "unknown state"),
    "a long record": (RECORD, fenced(HEAD, b"x" * 100_000_000), "larger than 64 KiB"),
    "a long note": (RECORD, fenced(HEAD, b"x" * 17_000), "a note of 17000 bytes"),
    "unknown keys": (
        RECORD,
        fenced(HEAD + b"".join(b"k%d: x\n" % n for n in range(6_000))),
        "unknown key",
    ),
    "a deep document": (JSON, b"[" * 4_000_000, "not valid JSON"),
    "deep entries": (JSON, document(b'{"a":' * 800_000), "nested too deep"),
    "a long number": (JSON, document(b"9" * 4_000_000), "too long"),
    "many entries": (JSON, document(b",".join([ENTRY] * 20_000)), ""),
    "100,000 bad entries": (JSON, document(b",".join([b"1"] * 100_000)), "more than 100 bad"),
    "many escapes": (JSON, document(b'"' + b"\\u0041" * 600_000 + b'"'), "no JSON object"),
    "many brackets": (JSON, document(b"[]," * 1_000_000 + b"0"), "more than 100 bad"),
    "a huge document": (JSON, document(b" " * 100_000_000), "larger than 4096 KiB"),
    "many lines": (LINES, b"{}\n" * 1_300_000, "more than 1000 bad lines"),
    "blank jsonl": (LINES, b"\n" * 4_000_000, ""),
    "one long line": (LINES, b"x" * 4_000_000, "bytes; at most"),
    "deep lines": (LINES, (b"[" * 400_000 + b"\n") * 10, "nested too deep"),
    "a huge file of lines": (LINES, b"{}\n" * 40_000_000, "larger than 4096 KiB"),
}


def limited(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program with limits on time and memory, at which it would be killed or fail."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        [sys.executable, "-m", "yoi_relations", *arguments],
        cwd=root,
        preexec_fn=limit,  # the tests run in one thread
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def asked(workspace: Workspace) -> list[str]:
    """What `show` says is wrong with A, the rest answered all the same."""
    ran = limited(workspace.root, "show", "--all", "--limit", "0", "--json")
    assert ran.returncode in (0, 4), (ran.returncode, ran.stderr)
    answer = json.loads(ran.stdout)
    assert [B in (one["ticket"], one["target"]) for one in answer["relations"]].count(True) >= 1
    return [one["message"] for one in answer["problems"] if f"/{A}" in one["path"]]


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_made_to_hurt_is_answered_within_bounds(workspace: Workspace, name: str) -> None:
    file, data, said = BOMBS[name]
    workspace.ticket(A)
    workspace.ticket(B)
    workspace.record(B, "waiting", note="for a free desk")
    path = workspace.tickets / A / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    problems = asked(workspace)
    assert any(said in message for message in problems) == bool(said), problems[:3]
    assert all(len(message) < 70_000 for message in problems)
    doctor = limited(workspace.root, "doctor", "--json")
    assert doctor.returncode in (0, 5), doctor.stderr
