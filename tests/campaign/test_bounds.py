"""Files made to use up time or memory: each in its own process, with limits."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from workspace_builder import AT, A, B, Workspace, ulid

SECONDS = 10
"""Seconds of processor time for a command; it normally takes a tenth of that."""
MEMORY = 400 << 20
"""Bytes of address space; an empty workspace takes a tenth of that."""
RESIDENT = 256 << 10
"""KiB in memory at once; the contract of every command with any checkout."""
HUGE = 100 << 20


def entry(**fields: str) -> bytes:
    known = {"ticket_id": A, "kind": "related", "target": B, "author": "tester", "at": AT}
    return json.dumps(known | fields).encode()


ENTRY = entry()
NOTE = {"id": "p", "ticket_id": A, "kind": "waiting_capacity_note", "author": "tester", "at": AT}
ITEM, JSON, LINES = "item.md", "artifacts/relations.json", "artifacts/orchestration-plan.jsonl"
RECORD = f"artifacts/relations/{ulid(1)}.md"
HEAD = b"kind: related\ntarget: %b\nauthor: tester\nat: %b\n" % (B.encode(), AT.encode())


def fenced(head: bytes, body: bytes = b"") -> bytes:
    return b"---\n" + head + b"\n---\n" + body


def document(entries: bytes) -> bytes:
    return b'{"version":1,"relations":[%b]}' % entries


BOMBS: dict[str, tuple[str, bytes, str | None]] = {
    "lists": (ITEM, fenced(b"state: " + b"[" * 32_000), " 16 "),
    "mappings": (ITEM, fenced(b"{a: " * 16_000), " 16 "),
    "block lists": (ITEM, fenced(b"a:\n  " + b"- " * 30_000), " 16 "),
    "complex keys": (ITEM, fenced(b"? " * 30_000), " 16 "),
    "indentation": (
        ITEM,
        fenced(b"".join(b" " * depth + b"a:\n" for depth in range(350))),
        " 16 ",
    ),
    "aliases": (
        ITEM,
        fenced(b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1500))),
        "state",
    ),
    "one key": (ITEM, fenced(b"k" * 60_000 + b": x"), ""),
    "many keys": (ITEM, fenced(b"".join(b"k%d: x\n" % n for n in range(6_000))), "state"),
    "many colons": (ITEM, fenced(b"a: " + b"a:" * 30_000), "YAML"),
    "many spaces": (ITEM, fenced(b"a: x" + b" " * 60_000 + b"#"), "state"),
    "blank lines": (ITEM, fenced(b"a: >\n" + b" \n" * 30_000), "state"),
    "no closing fence": (ITEM, b"---\n" + b"a: b\n" * 20_000, "---"),
    "a huge item": (ITEM, b"---\n" + b"a: b\n" * 100, "---"),
    "a long word": (ITEM, fenced(b"state: " + b"x" * 60_000), "state"),
    "a huge record": (RECORD, fenced(HEAD, b"x"), "64 KiB"),
    "a long note": (RECORD, fenced(HEAD, b"x" * 17_000), "17000"),
    "unknown keys": (
        RECORD,
        fenced(HEAD + b"".join(b"k%d: x\n" % n for n in range(6_000))),
        "k0",
    ),
    "a deep document": (JSON, b"[" * 4_000_000, "JSON"),
    "deep entries": (JSON, document(b'{"a":' * 800_000), ""),
    "a long number": (JSON, document(b"9" * 4_000_000), ""),
    "many entries": (JSON, document(b",".join([ENTRY] * 20_000)), None),
    "100,000 bad entries": (JSON, document(b",".join([b"1"] * 100_000)), "100"),
    "many escapes": (JSON, document(b'"' + b"\\u0041" * 600_000 + b'"'), "JSON"),
    "many brackets": (JSON, document(b"[]," * 1_000_000 + b"0"), "100"),
    "a huge document": (JSON, document(b""), "4096 KiB"),
    "one misspelled entry": (JSON, document(b",".join([entry(target=B.lower())] * 20_000)), B),
    "one target that is gone": (
        JSON,
        document(b",".join(entry(target="ZZZ", note=str(number)) for number in range(20_000))),
        "ZZZ",
    ),
    "targets of many parts": (
        JSON,
        document(b",".join(entry(target=f"{n}{' a_a/a' * 160}") for n in range(3_500))),
        "a_a/a",
    ),
    "targets of many words": (
        JSON,
        document(b",".join(entry(target=f"{n}{'_a' * 500}") for n in range(3_500))),
        "_a_a",
    ),
    "misspelled notes": (
        LINES,
        b"\n".join(
            json.dumps(NOTE | {"note": str(number), "related_ticket": B.lower()}).encode()
            for number in range(20_000)
        ),
        B,
    ),
    "many lines": (LINES, b"{}\n" * 1_300_000, "1000"),
    "blank jsonl": (LINES, b"\n" * 4_000_000, None),
    "one long line": (LINES, b"x" * 4_000_000, "4000000"),
    "deep lines": (LINES, (b"[" * 400_000 + b"\n") * 10, ""),
    "a huge file of lines": (LINES, b"{}\n", "4096 KiB"),
}
"""By name: a file, its content, and a value that its problem names; None if it is used."""
HEAVY = {
    *("a deep document", "deep entries", "many entries", "many escapes", "many brackets"),
    *("many lines", "blank jsonl", "one long line", "deep lines", "100,000 bad entries"),
    *("one misspelled entry", "one target that is gone", "targets of many parts"),
    *("targets of many words", "misspelled notes"),
    *("no closing fence", "one key", "many colons", "many spaces", "block lists", "mappings"),
}
"""Files that take a second; only the campaign runs them, and `doctor` on them."""


def limited(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program with limits on time and memory."""

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


def resident(root: Path, *arguments: str) -> int:
    """The most memory that the program used, in KiB, measured by a small parent process."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3, stderr=-3);"
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    own = [sys.executable, "-c", code, sys.executable, "-m", "yoi_relations", *arguments]
    ran = subprocess.run(own, cwd=root, capture_output=True, text=True, timeout=300, check=True)
    return int(ran.stdout)


@pytest.mark.campaign
def test_texts_that_name_many_tickets_fit_into_memory(workspace: Workspace) -> None:
    """20 MB of notes that name a million pairs of tickets."""
    ids = [f"00001KT{number:06d}" for number in range(1_250)]
    for id_ in ids:
        workspace.ticket(id_)
        workspace.record(id_, "waiting", note=" ".join(ids[:1_150]))
    for command in (("rebuild",), ("show",), ("doctor",), ("check",)):
        assert resident(workspace.root, *command) < RESIDENT, command


def asked(workspace: Workspace) -> list[str]:
    """The problems of A in the answer of `show`, which must include the other tickets."""
    ran = limited(workspace.root, "show", "--all", "--limit", "0", "--json")
    assert ran.returncode in (0, 4), (ran.returncode, ran.stderr)
    answer = json.loads(ran.stdout)
    assert [B in (one["ticket"], one["target"]) for one in answer["relations"]].count(True) >= 1
    return [one["message"] for one in answer["problems"] if f"/{A}" in one["path"]]


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.campaign if name in HEAVY else ()) for name in BOMBS],
)
def test_hostile_files_are_answered_within_bounds(workspace: Workspace, name: str) -> None:
    file, data, value = BOMBS[name]
    workspace.pair()
    workspace.record(B, "waiting", note="for a free desk")
    path = workspace.tickets / A / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if "huge" in name:
        os.truncate(path, HUGE)
    if name in HEAVY:
        assert resident(workspace.root, "rebuild") < RESIDENT
    problems = asked(workspace)
    if value is None:
        assert problems == []
    else:
        assert any(value in message for message in problems), problems[:3]
    assert all(len(message) < 70_000 for message in problems)
    if name in HEAVY:
        for command in (("doctor",), ("check",), ("show",), ("verify",)):
            ran = limited(workspace.root, *command)
            assert ran.returncode in (0, 4, 5, 9, 10, 11), (command, ran.returncode, ran.stderr)


def listen(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


ODD: dict[str, Callable[[Path], None]] = {
    "FIFO": os.mkfifo,
    "SOCKET": listen,
    "FOLDER": Path.mkdir,
    "ZERO": lambda path: path.symlink_to("/dev/zero"),
    "LOOP": lambda path: path.symlink_to(path.name),
    "TTY": lambda path: path.symlink_to("/dev/tty"),
    "PROC": lambda path: path.symlink_to("/proc/self/mem"),
}
NAMES = [b"new\nline", b"\x1b[31mred", b"\xff\xfe", b"tab\tand space ", b"-rf", "日本語🦀".encode()]
NAMES += [b"q'\"$(id)", b"n" * 255, b"%s%n", b"..."]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices; links to them are below")
@pytest.mark.parametrize("file", [ITEM, JSON, LINES, RECORD])
def test_device_is_reported_and_never_read(workspace: Workspace, file: str) -> None:
    workspace.ticket(B)
    workspace.record(B, "waiting", note="for a free desk")
    path = workspace.tickets / A / file
    path.parent.mkdir(parents=True)
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError as error:
        pytest.skip(f"no device can be made here: {error}")
    assert len(asked(workspace)) >= 1


def test_special_files_and_names_are_reported_without_waiting(workspace: Workspace) -> None:
    workspace.ticket(B)
    workspace.record(B, "waiting", note="for a free desk")
    for name, make in ODD.items():
        for file in (ITEM, JSON, LINES, RECORD):
            path = workspace.tickets / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            make(path)
    for raw in NAMES:
        folder = workspace.item(os.fsdecode(raw), "---\nstate: ready\n---\n")
        (folder / "artifacts" / "relations").mkdir(parents=True)
        (folder / "artifacts" / "relations" / os.fsdecode(b"x" + raw[:251] + b".md")).write_text(
            "x"
        )
    ran = limited(workspace.root, "show", "--all", "--limit", "0", "--json")
    assert ran.returncode == 4, ran.stderr
    reported = [one["path"] for one in json.loads(ran.stdout)["problems"]]
    for name in ODD:
        for file in (ITEM, JSON, LINES, RECORD):
            assert f".yoi/tickets/{name}/{file}" in reported
    for raw in NAMES:
        shown = raw.decode("utf-8", "backslashreplace")
        is_reported = any(f"/{shown}/artifacts/relations/" in path for path in reported)
        assert is_reported != raw.startswith(b"."), raw  # hidden folders are not tickets
    for command in (("show", "--plain"), ("check",), ("doctor",), ("status",), ("verify",)):
        ran = limited(workspace.root, *command)
        assert ran.returncode in (0, 4, 5, 11), (command, ran.stderr)
        assert "\x1b" not in ran.stdout + ran.stderr
