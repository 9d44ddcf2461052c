"""A hostile checkout: files of somebody else where the index belongs."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from workspace_builder import AT, A, B, Ran, Workspace, ulid

from yoi_relations.files.workspace import CACHE, find_workspace
from yoi_relations.index import serialization
from yoi_relations.index.store import refuse_links
from yoi_relations.index.watcher_lock import is_watcher_running

FORGED = "a note of no file"


@pytest.fixture
def hostile(workspace: Workspace) -> Workspace:
    """A workspace with one relation and no index."""
    return workspace.pair("blocked_by", "the truth")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of the user with files that the cache would overwrite and remove."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / ".gitignore").write_text("mine\n")
    (folder / "tmp-important").write_text("mine\n")
    (folder / "lock").write_text("mine\n")
    return folder


def state_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


COMMANDS = [
    ("show",),
    ("show", "--trust", "content"),
    ("show", "--trust", "index"),
    ("check", A),
    ("status",),
    ("doctor",),
    ("verify",),
    ("rebuild",),
    ("hooks", "run"),
    ("completion", "run", "--", "show", ""),
    ("add", A, "related", B),
    ("retire", ulid(1), "--reason", "over"),
    ("watch", "--timeout", "0.2"),
]


@pytest.mark.parametrize("link", [".yoi/cache", CACHE])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_linked_cache_folder_is_left_unchanged(
    hostile: Workspace, outside: Path, link: str, command: tuple[str, ...]
) -> None:
    relations = outside / "relations" if link == ".yoi/cache" else outside
    if relations != outside:
        relations.mkdir()
        for path in outside.glob("*"):
            if path.is_file():
                path.rename(relations / path.name)
    (hostile.root / link).parent.mkdir(parents=True, exist_ok=True)
    (hostile.root / link).symlink_to(outside)
    before = state_of(outside)
    ran = hostile.process(*command)
    assert "Traceback" not in ran.err
    assert state_of(outside) == before
    if command == ("show",):
        assert (ran.code, ran.out.count("the truth")) == (0, 1)
        assert f"{link} is" in ran.err
    assert (ran.code == 1) == (command == ("rebuild",)), ran


@pytest.mark.parametrize("link", [".yoi/cache", CACHE])
def test_index_in_a_linked_folder_is_not_used(
    hostile: Workspace, tmp_path: Path, link: str
) -> None:
    """The same user made it in that place, but for other tickets."""
    other = Workspace(tmp_path / "other")
    other.pair("blocked_by", FORGED)
    assert FORGED in other.run("show", "--trust", "index").out
    (hostile.root / link).parent.mkdir(parents=True, exist_ok=True)
    (hostile.root / link).symlink_to(other.root / link)
    ran = hostile.run("show", "--trust", "index")
    assert (ran.code, ran.out.count("the truth"), ran.out.count(FORGED)) == (0, 1, 0)


@pytest.mark.parametrize("name", ["home", "work too"])
def test_link_out_of_the_workspace_is_refused(hostile: Workspace, outside: Path, name: str) -> None:
    """Also if the path outside begins like the path of the workspace."""
    outside = outside.rename(outside.with_name(name))
    (hostile.root / ".yoi/workspace.toml").write_text('[ticket.backend]\nroot = "tickets"\n')
    (hostile.root / ".yoi/tickets").rename(hostile.root / "tickets")
    (hostile.root / ".yoi").rename(outside / "yoi")
    (hostile.root / ".yoi").symlink_to(outside / "yoi")
    before = state_of(outside)
    ran = hostile.run("show")
    assert (ran.code, ran.out.count("the truth")) == (0, 1)
    assert ".yoi is" in ran.err
    assert state_of(outside) == before


@pytest.mark.parametrize("link", [".yoi", ".yoi/cache", CACHE])
def test_links_are_refused_from_any_working_directory(
    hostile: Workspace, outside: Path, link: str
) -> None:
    """The other tests run the program in the workspace root."""
    found = find_workspace(str(hostile.root))
    refuse_links(found)
    path = hostile.root / link
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.rename(hostile.root / "within")
        path.symlink_to(hostile.root / "within")
        refuse_links(found)  # links within the workspace are allowed
        path.unlink()
    path.symlink_to(outside)
    with pytest.raises(OSError, match=f"{link} ") as refused:
        refuse_links(found)
    assert refused.value.errno == errno.ELOOP


@pytest.mark.parametrize("where", ["..", "../victim", "/etc", "link", "link/below"])
def test_tickets_root_outside_of_the_workspace_is_refused(
    hostile: Workspace, outside: Path, where: str
) -> None:
    (hostile.root / "link").symlink_to(outside)
    (hostile.root / ".yoi/workspace.toml").write_text(f'[ticket.backend]\nroot = "{where}"\n')
    for command in (("show",), ("add", A, "related", B), ("rebuild",)):
        ran = hostile.run(*command)
        assert (ran.code, ran.out) == (1, "")
        assert f".yoi/workspace.toml: the tickets root '{where}'" in ran.err


@pytest.mark.parametrize(
    "where",
    [
        *(".yoi/cache", CACHE, f"{CACHE}/deeper", f"./x/../{CACHE}/"),
        *("link", "link/deeper", "near", "near/relations"),
    ],
)
@pytest.mark.parametrize("way", ["workspace.toml", "ticket.config.toml", "tickets"])
def test_tickets_root_in_the_cache_is_refused(hostile: Workspace, where: str, way: str) -> None:
    """git ignores records there, and tracked files there block the index."""
    (hostile.root / "x").mkdir()
    (hostile.root / "link").symlink_to(CACHE)
    (hostile.root / "near").symlink_to(".yoi/cache")
    ticket = hostile.root / CACHE / "deeper" / A
    ticket.mkdir(parents=True)
    (ticket / "item.md").write_text("---\ntitle: t\nstate: ready\n---\n")
    if way == "tickets":
        hostile.tickets.rename(hostile.root / "elsewhere")
        hostile.tickets.symlink_to(hostile.root / where)
    else:
        table = "backend" if way.startswith("ticket") else "ticket.backend"
        (hostile.root / ".yoi" / way).write_text(f'[{table}]\nroot = "{where}"\n')
    before = state_of(hostile.root)
    for command in (("show",), ("add", A, "related", B), ("rebuild",)):
        ran = hostile.run(*command)
        assert (ran.code, ran.out) == (1, ""), command
        assert "where the index is kept" in ran.err
    assert state_of(hostile.root) == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_folder_at_the_path_of_the_index_keeps_its_files(
    hostile: Workspace, command: tuple[str, ...]
) -> None:
    hostile.run("rebuild")
    (index,) = (hostile.root / CACHE).glob("*.sqlite3")
    index.unlink()
    kept = [index / "tracked", index.with_name("tmp-tracked"), index.with_name("old.tmp")]
    for path in kept:
        path.parent.mkdir(exist_ok=True)
        path.write_text("tracked\n")
        os.utime(path, (0, 0))
    ran = hostile.process(*command)
    assert "Traceback" not in ran.err
    assert [path.read_text() for path in kept] == ["tracked\n"] * len(kept)
    if command == ("show",):
        assert (ran.code, ran.out.count("the truth")) == (0, 1)


BOMBS = {
    "one key": ".".join(["a"] * 32_000) + " = 1\n",
    "quoted keys": "'a'." * 16_000 + "a = 1\n",
    "a table": f"[{'.'.join(['a'] * 32_000)}]\n",
    "arrays": "a = " + "[" * 30_000 + "]" * 30_000,
    "inline tables": "a = " + "{a=" * 20_000,
    "many keys": "".join(f"{'.'.join(['a'] * 15)}.b{n} = 1\n" for n in range(1700)),
    "many tables": "".join(f"[{'.'.join(['a'] * 15)}.b{n}]\n" for n in range(1700)),
    "text without an end": 'a = """' + '\\"""' * 16_000,
    "half text": "a = '''\n" * 8_000,
    "a large file": "# nothing\n" * 8_000,
}


@pytest.mark.parametrize("name", ["workspace.toml", "ticket.config.toml"])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_hostile_configuration_is_read_within_limits(
    hostile: Workspace, name: str, bomb: str
) -> None:
    (hostile.root / ".yoi" / name).write_text(bomb)
    ran = limited(hostile, "show")
    assert ran.code in {0, 1}
    assert "Traceback" not in ran.err
    assert (f".yoi/{name}" in ran.err) == (ran.code == 1)


def limited(workspace: Workspace, *arguments: str) -> Ran:
    """Run the program with 256 MiB of memory and 10 s of processor time."""

    def bounded() -> None:
        for what, most in ((resource.RLIMIT_AS, 256 << 20), (resource.RLIMIT_CPU, 10)):
            resource.setrlimit(what, (most, most))

    ran = subprocess.run(
        [sys.executable, "-m", "yoi_relations", *arguments],
        cwd=workspace.root,
        preexec_fn=bounded,
        capture_output=True,
        check=False,
        text=True,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def forged(path: Path, *, at: Path | None = None) -> None:
    """Put an index at `path` that says what no file says, and that no stamp contradicts.

    Its probe is of a path that is not there, and has no stamp; nor does it say one.
    """
    data = path.read_bytes()
    connection = sqlite3.connect(":memory:")
    serialization.deserialize(connection, data[:-56])
    connection.execute("UPDATE record SET note = ?", (FORGED,))
    connection.execute(
        "UPDATE snapshot SET scanned_at = 0, trusted = 1, names = ?, sizes = ?, paths = ?,"
        " stamps = ?, racy = ?",
        (b"gone", (1).to_bytes(4, "little"), b"gone", b"", b""),
    )
    connection.commit()
    body = serialization.serialize(connection) + data[-56:-32]
    connection.close()
    new = path.with_name("forged")
    new.write_bytes(body + hashlib.sha256(body).digest())
    new.rename(at or path)


@pytest.mark.parametrize("trust", ["stat", "content", "index"])
def test_index_from_a_checkout_is_not_used(hostile: Workspace, trust: str) -> None:
    hostile.run("rebuild")
    (index,) = (hostile.root / CACHE).glob("*.sqlite3")
    forged(index)
    ran = hostile.run("show", "--trust", trust)
    assert (ran.code, ran.out.count("the truth")) == (0, 1)
    assert FORGED not in ran.out
    assert "it was not made here" in ran.err
    assert hostile.run("show").err == ""


def test_index_from_a_checkout_is_not_used_for_completion(hostile: Workspace) -> None:
    hostile.run("rebuild")
    (index,) = (hostile.root / CACHE).glob("*.sqlite3")
    data = index.read_bytes()
    index.unlink()
    index.write_bytes(data.replace(b"Title of", b"Forgery "))
    ran = hostile.process("completion", "run", "--", "show", "")
    assert "Title of" in ran.out
    assert "Forgery" not in ran.out


def test_status_and_verify_report_an_index_from_elsewhere(hostile: Workspace) -> None:
    hostile.run("rebuild")
    (index,) = (hostile.root / CACHE).glob("*.sqlite3")
    forged(index)
    assert hostile.run("status", "--json").json["index"]["found"] == "not made here"
    ran = hostile.run("verify")
    assert (ran.code, "was not made here" in ran.out) == (5, True)
    assert hostile.run("rebuild").code == hostile.run("verify").code == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize(("owner", "found"), [(0, "current"), (65533, "not made here")])
def test_index_of_another_user_is_not_used(hostile: Workspace, owner: int, found: str) -> None:
    hostile.run("rebuild")
    (index,) = (hostile.root / CACHE).glob("*.sqlite3")
    os.chown(index, owner, 0)
    assert hostile.run("status", "--json").json["index"]["found"] == found
    assert hostile.run("show").out.count("the truth") == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_index_of_the_tickets_owner_is_used(hostile: Workspace) -> None:
    hostile.run("rebuild")
    (index,) = (hostile.root / CACHE).glob("*.sqlite3")
    os.chown(index, 65533, 0)
    os.chown(hostile.tickets, 65533, 0)
    assert "it was" not in hostile.run("show").err


@pytest.mark.parametrize("name", ["lock", "watch.lock", ".gitignore", "CACHEDIR.TAG", "index"])
@pytest.mark.parametrize("kind", ["fifo", "link", "nowhere", "folder", "endless"])
def test_unexpected_files_in_the_cache_folder_do_no_harm(
    hostile: Workspace, outside: Path, name: str, kind: str
) -> None:
    hostile.run("rebuild")
    (index,) = (hostile.root / CACHE).glob("*.sqlite3")
    path = index if name == "index" else index.with_name(name)
    path.unlink(missing_ok=True)
    victim = outside / "lock"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        leads = {"link": victim, "nowhere": outside / "new", "endless": Path("/dev/zero")}
        path.symlink_to(leads[kind])
    os.utime(victim, ns=(0, 0))
    before = state_of(outside)
    assert is_watcher_running(find_workspace(str(hostile.root))) is False
    for _ in range(2):
        hostile.record(A, "after", B, AT)
        ran = hostile.process("show")
        assert (ran.code, ran.out.count("the truth")) == (0, 1), ran
    assert hostile.process("status").code == 0
    assert state_of(outside) == before
