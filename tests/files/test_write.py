from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from campaign.fault_injection import why_unavailable
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from open_descriptors import all_closed, opened
from workspace_builder import AT, A, B, Workspace, ulid

from yoi_relations.errors import WriteError
from yoi_relations.files.record import Plan, Record
from yoi_relations.files.record_md import parse_record
from yoi_relations.files.source import SourceError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.files.write import render_record, write_new

NAME = f"{ulid(1)}.md"
FOLDER = f".yoi/tickets/{A}"
RECORDS = f"{FOLDER}/artifacts/relations"
PATH = f"{RECORDS}/{NAME}"
FIELDS = {"kind": "blocked_by", "target": B, "author": "tester", "at": AT}

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=80)
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\0\r") | st.just("\n"))
ONE_LINE = LINE.map(str.strip).filter(bool)
SOME_LINES = LINES.map(str.strip).filter(bool)


def on_another_device(path: Path) -> str | None:
    """A folder on another device than `path`, where the system has one."""
    shared = "/dev/shm"  # noqa: S108  # a folder of its own is made in it
    there = os.path.isdir(shared) and os.access(shared, os.W_OK)
    return shared if there and os.stat(shared).st_dev != path.stat().st_dev else None


@pytest.fixture(params=["cache folder", "same folder", "other device"])
def temporary(
    request: pytest.FixtureRequest, workspace: Workspace, tmp_path: Path
) -> Iterator[Path | None]:
    """Where a draft is written; left empty by every test."""
    workspace.ticket(A)
    shared = on_another_device(tmp_path)
    if request.param == "other device" and shared is None:
        pytest.skip("there is one device alone")
    parent = shared if request.param == "other device" else str(tmp_path)
    with TemporaryDirectory(dir=parent) as folder:
        yield None if request.param == "same folder" else Path(folder)
        assert os.listdir(folder) == []


def write(workspace: Workspace, data: bytes, temporary: Path | None) -> str:
    found = find_workspace(str(workspace.root))
    if temporary is None:
        return write_new(found, RECORDS, NAME, data, None)
    with opened(temporary) as folder:
        return write_new(found, RECORDS, NAME, data, folder)


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_new_file_is_written_completely_and_no_other(
    workspace: Workspace, temporary: Path | None
) -> None:
    before = workspace.snapshot()
    data = b"line\r\n" * 5_000 + b"\xff"
    assert write(workspace, data, temporary) == PATH
    folders = dict.fromkeys((f"{FOLDER}/artifacts", f"{FOLDER}/artifacts/relations"))
    assert workspace.snapshot() == before | folders | {PATH: data}
    assert (workspace.root / PATH).stat().st_nlink == 1


def test_existing_file_is_never_overwritten(workspace: Workspace, temporary: Path | None) -> None:
    write(workspace, b"first", temporary)
    before = workspace.snapshot()
    with pytest.raises(WriteError, match="File exists") as caught:
        write(workspace, b"second", temporary)
    assert caught.value.message.startswith(f"{PATH}: cannot be written")
    assert workspace.snapshot() == before


def test_dangling_link_is_never_overwritten(workspace: Workspace, temporary: Path | None) -> None:
    folder = (workspace.root / PATH).parent
    folder.mkdir(parents=True)
    (folder / NAME).symlink_to("nowhere")
    with pytest.raises(WriteError, match="File exists"):
        write(workspace, b"data", temporary)
    assert os.listdir(folder) == [NAME]


@pytest.mark.parametrize("there", ["", "artifacts", "artifacts/relations"])
def test_full_disk_leaves_no_file(workspace: Workspace, temporary: Path | None, there: str) -> None:
    (workspace.root / FOLDER / there).mkdir(parents=True, exist_ok=True)
    before = workspace.snapshot()
    with small_files(1_000), pytest.raises(WriteError, match="File too large"):
        write(workspace, b"x" * 5_000, temporary)
    assert workspace.snapshot() == before


def test_missing_temporary_folder_does_not_prevent_a_write(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.ticket(A)
    before = workspace.snapshot()
    gone = tmp_path / "gone"
    gone.mkdir()
    with opened(gone) as folder:
        gone.rmdir()
        path = write_new(find_workspace(str(workspace.root)), RECORDS, NAME, b"data", folder)
    assert workspace.snapshot().keys() - before.keys() == {
        f"{FOLDER}/artifacts",
        f"{FOLDER}/artifacts/relations",
        path,
    }
    assert (workspace.root / path).read_bytes() == b"data"


@pytest.mark.parametrize("name", ["artifacts", "artifacts/relations"])
@pytest.mark.parametrize("kind", ["link", "file"])
def test_write_through_a_path_that_is_not_a_folder_fails(
    workspace: Workspace, temporary: Path | None, tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = workspace.root / FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(tmp_path / "elsewhere") if kind == "link" else path.touch()
    before = workspace.snapshot()
    with pytest.raises(WriteError):
        write(workspace, b"data", temporary)
    assert workspace.snapshot() == before
    assert os.listdir(tmp_path / "elsewhere") == []


def test_vanished_ticket_folder_is_not_created_again(
    workspace: Workspace, temporary: Path | None
) -> None:
    (workspace.root / FOLDER / "item.md").unlink()
    (workspace.root / FOLDER).rmdir()
    with pytest.raises(WriteError, match="No such file"):
        write(workspace, b"data", temporary)
    assert not (workspace.root / FOLDER).exists()


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_umask_decides_permissions(
    workspace: Workspace, temporary: Path | None, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        write(workspace, b"data", temporary)
    finally:
        os.umask(before)
    assert stat.S_IMODE((workspace.root / PATH).stat().st_mode) == mode


_UNDER_STRACE = """
import os
import sys
from yoi_relations.errors import WriteError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.files.write import write_new

root, folder, name, temporary, data = sys.argv[1:]
descriptor = os.open(temporary, os.O_RDONLY) if temporary else None
try:
    write_new(find_workspace(root), folder, name, data.encode(), descriptor)
except WriteError as error:
    print(error.message)
"""


def write_where(failing: str, workspace: Workspace, data: str, temporary: Path | None) -> str:
    """Write a new file where calls of the system fail; what the error says, if there is one."""
    place = (RECORDS, NAME, str(temporary or ""), data)
    program = [sys.executable, "-P", "-c", _UNDER_STRACE, str(workspace.root), *place]
    calls = failing.partition(":")[0]
    with TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        inject = ["-e", f"trace={calls}", "-e", f"inject={failing}", "-o", str(trace)]
        command = ["strace", "-f", *inject, *program]
        ran = subprocess.run(command, capture_output=True, check=False, text=True)
        assert "INJECTED" in trace.read_text(), ran
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.strip()


@pytest.mark.skipif(bool(why_unavailable()), reason=why_unavailable())
@pytest.mark.parametrize("error", ["EPERM", "EOPNOTSUPP"])
def test_write_without_hard_links_is_complete_and_replaces_nothing(
    workspace: Workspace, temporary: Path | None, error: str
) -> None:
    before = workspace.snapshot()
    no_links = f"?link,?linkat:error={error}"
    assert write_where(no_links, workspace, "first", temporary) == ""
    folders = dict.fromkeys((f"{FOLDER}/artifacts", f"{FOLDER}/artifacts/relations"))
    after = before | folders | {PATH: b"first"}
    assert workspace.snapshot() == after
    message = write_where(no_links, workspace, "second", temporary)
    assert message == f"{PATH}: cannot be written: File exists"
    assert workspace.snapshot() == after


def test_draft_is_not_written_through_an_existing_name(
    workspace: Workspace, temporary: Path | None, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_text("theirs")
    (workspace.root / PATH).parent.mkdir(parents=True)
    draft = (
        temporary / f"tmp-{os.getpid()}-{NAME}"
        if temporary
        else (workspace.root / PATH).with_name(f".{NAME}.{os.getpid()}.tmp")
    )
    draft.symlink_to(tmp_path / "outside")
    with pytest.raises(WriteError, match="File exists"):
        write(workspace, b"data", temporary)
    assert (tmp_path / "outside").read_text() == "theirs"


def test_drafts_of_killed_processes_are_removed_later(workspace: Workspace) -> None:
    workspace.ticket(A)
    write(workspace, b"first", None)
    folder = (workspace.root / PATH).parent
    young, old, of_another = (
        folder / name
        for name in (f".{ulid(2)}.md.7.tmp", f".{ulid(3)}.md.7.tmp", ".notes.md.7.tmp")
    )
    for draft in (young, old, of_another):
        draft.write_bytes(b"half a rec")
    for draft in (old, of_another):
        os.utime(draft, (0, 0))
    write_new(find_workspace(str(workspace.root)), RECORDS, f"{ulid(9)}.md", b"second", None)
    assert set(folder.iterdir()) == {folder / NAME, folder / f"{ulid(9)}.md", young, of_another}


def test_no_file_stays_open(workspace: Workspace, temporary: Path | None) -> None:
    with all_closed():
        write(workspace, b"first", temporary)


def test_value_is_written_on_one_line_without_escapes() -> None:
    reason = "Grün ist die Farbe 🦀 " * 40 + "."
    lines = render_record(FIELDS | {"retired_reason": reason}, None).decode().split("\n")
    assert lines[-3:] == [f"retired_reason: {reason}", "---", ""]


def test_record_is_written_as_the_contract_shows_it() -> None:
    assert (
        render_record(FIELDS | {"branch": None}, "Wait for the tool API.")
        == (
            f"---\nkind: blocked_by\ntarget: {B}\nauthor: tester\nat: {AT}\n---\n"
            "Wait for the tool API.\n"
        ).encode()
    )
    assert render_record(FIELDS, None).endswith(b"Z\n---\n")


@settings(deadline=None)
@given(target=ONE_LINE, author=ONE_LINE, note=st.none() | SOME_LINES)
@example(target="00001234", author="no", note="---\nkind: blocks\n---")
@example(target="1e5", author="- a: b # c", note="a\u2028b\u0085c")
@example(target="a\u2028b\u2029c", author="a\u0085b", note=None)
@example(target="a\u2028", author="a\u0085", note=None)
def test_written_record_reads_back(target: str, author: str, note: str | None) -> None:
    note = note.strip() if note else None
    assume(target != A and not any(marker * 7 in (note or "") for marker in "<|>"))
    data = render_record(FIELDS | {"target": target, "author": author}, note)
    record, faults = parse_record(data, NAME, A)
    assert isinstance(record, Record)
    assert (record.target, record.author, record.note, record.at) == (
        target,
        author,
        note or None,
        AT,
    )
    assert faults == []


@settings(deadline=None)
@given(st.tuples(SOME_LINES, ONE_LINE, ONE_LINE, SOME_LINES))
@example(("a", "b", "c", "d\u0085e"))
@example(("a", "b", "c", "d\n---\n e\u2028f"))
def test_written_plan_reads_back(parts: tuple[str, str, str, str]) -> None:
    plan = Plan(*parts)
    assume(not any(marker * 7 in plan.summary for marker in "<|>"))
    fields = {"branch": plan.branch, "worktree": plan.worktree, "role_plan": plan.role_plan}
    head = {"kind": "accepted_plan", "author": "tester", "at": AT}
    record, faults = parse_record(render_record(head | fields, plan.summary), NAME, A)
    assert isinstance(record, Record)
    assert (record.plan, faults) == (plan, [])


@pytest.mark.parametrize(("author", "note"), [("a\udcff", None), ("a", "caf\udce9")])
def test_invalid_unicode_is_never_read_as_a_record(author: str, note: str | None) -> None:
    with pytest.raises(SourceError):
        parse_record(render_record(FIELDS | {"author": author}, note), NAME, A)
