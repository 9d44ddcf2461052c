"""The Python API: its examples, its freshness, its errors and its imports."""

from __future__ import annotations

import doctest
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import mypy.api
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select
from workspace_builder import A, B, C, Workspace

import yoi_relations
from yoi_relations import (
    AmbiguousError,
    NotFoundError,
    Relations,
    RelationsError,
    UnreadableFolderError,
    UsageError,
    Verdict,
    WorkspaceError,
    api,
)
from yoi_relations.api import relations as module
from yoi_relations.index.models import Record, Ticket

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text("utf-8")
_PRELUDE = "from yoi_relations import Relations\nrelations = Relations()\n"


def examples() -> dict[str, str]:
    """The texts with examples, by name: the page, and every docstring of the module."""
    found = {"python.md": "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))}
    for test in doctest.DocTestFinder().find(module, "relations"):
        if test.docstring and ">>>" in test.docstring:
            found[test.name] = test.docstring
    return found


EXAMPLES = examples()


@pytest.fixture
def lendshelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample workspace, which is the working directory."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns("cache"))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.usefixtures("lendshelf")
def test_examples_return_the_documented_values(name: str) -> None:
    names = {"relations": Relations()}
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name], names, name, None, 0)
    output: list[str] = []

    ran = doctest.DocTestRunner(verbose=False).run(test, out=output.append)

    assert ran.attempted > 0
    assert not ran.failed, "".join(output)


def test_every_public_method_has_an_example() -> None:
    methods = {name for name in vars(Relations) if not name.startswith("_")}

    assert methods <= {name.rpartition(".")[2] for name in EXAMPLES}


def test_examples_pass_the_type_checker(tmp_path: Path) -> None:
    files = []
    for name, text in EXAMPLES.items():
        lines = [example.source for example in doctest.DocTestParser().get_examples(text)]
        files.append(tmp_path / f"{name.replace('.', '_')}.py")
        files[-1].write_text(_PRELUDE + "".join(lines), "utf-8")

    cache = ROOT / ".mypy_cache" / "examples"  # without one, SQLModel alone takes it 15 s
    out, err, code = mypy.api.run(
        ["--strict", "--config-file=", f"--cache-dir={cache}", *map(str, files)]
    )

    assert code == 0, out + err


def test_ticket_elsewhere_says_so(pair: Workspace) -> None:
    relations = Relations(pair.root)
    relations.add(A, "blocked-by", f"acme/loans:{C}", author="x")
    relations.add(A, "related", B, author="x")
    ends = [relation.target for relation in relations.show(A).relations]
    assert [(end.id, end.elsewhere, end.state) for end in ends if end] == [
        (f"acme/loans:{C}", True, None),
        (B, False, "planning"),
    ]
    assert relations.check(A)[0].verdict is Verdict.UNKNOWN


def test_package_offers_exactly_the_names_of_the_api() -> None:
    assert yoi_relations.__all__ == api.__all__
    assert all(getattr(yoi_relations, name) is getattr(api, name) for name in api.__all__)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = yoi_relations.nothing_of_the_kind
    subclasses = RelationsError.__subclasses__()
    # Those of the shared database are for its commands.
    errors = {e.__name__ for e in subclasses if e.__module__ == RelationsError.__module__}
    errors.add("AmbiguousError")
    assert errors <= set(api.__all__)
    assert set(re.findall(r"^\| `(\w+Error)`", PAGE, re.MULTILINE)) == errors


def test_package_imports_no_other_module() -> None:
    code = "import sys; old = {*sys.modules}; import yoi_relations; print(*{*sys.modules} - old)"

    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert ran.stdout.split() == ["yoi_relations"]


def test_each_call_reads_the_current_files(edge: Workspace) -> None:
    relations = Relations(edge.root)
    with relations.session() as session:
        assert len(session.exec(select(Record)).all()) == 1
    assert len(relations.show().relations) == 1

    edge.record(B, "after", C)
    edge.ticket(B, "done")
    edge.ticket(C, "ready")

    assert [relation.sentence for relation in relations.show(everything=True).relations] == [
        f"{A} is blocked by {B}",
        f"{B} comes after {C}",
    ]
    assert relations.show().relations == []
    assert [ticket.id for ticket in relations.tickets(states=["ready", "done"])] == [B, C]
    assert [check.verdict for check in relations.check(C)] == [Verdict.CLEAR]
    with relations.session() as session:
        assert len(session.exec(select(Record)).all()) == 2


def test_tickets_root_configured_later_is_used(edge: Workspace) -> None:
    relations = Relations(str(edge.root))
    assert len(relations.tickets()) == 2

    (edge.root / "elsewhere").mkdir()
    (edge.root / ".yoi" / "workspace.toml").write_text('[ticket.backend]\nroot = "elsewhere"\n')

    assert relations.tickets() == []


def test_removed_workspace_is_not_searched_in_parent_folders(edge: Workspace) -> None:
    inner = Workspace(edge.root / "inner")
    relations = Relations(inner.root)
    shutil.rmtree(inner.root / ".yoi")
    with pytest.raises(WorkspaceError, match="inner"):
        relations.tickets()
    shutil.rmtree(inner.root)
    with pytest.raises(WorkspaceError, match="inner"):
        relations.show()


def test_impossible_request_is_reported(edge: Workspace, tmp_path: Path) -> None:
    relations = Relations(edge.root)
    with pytest.raises(UsageError, match="bloked"):
        relations.show(kinds="bloked")
    for ask in (relations.show, relations.check, relations.tickets):
        with pytest.raises(UsageError, match="redy") as caught:
            ask(states=["redy"])
        assert "ready" in (caught.value.hint or "")
    with pytest.raises(UsageError, match="ready,done") as caught:
        relations.tickets(states="ready,done")
    assert "--state ready --state done" in (caught.value.hint or "")
    with pytest.raises(UsageError, match="-1"):
        relations.show(limit=-1)
    with pytest.raises(UsageError, match="states"):
        relations.check(A, states="ready")
    with pytest.raises(AmbiguousError):
        relations.show("00001KT")
    with pytest.raises(UsageError, match="target"):
        relations.add(A, "blocks")
    with pytest.raises(NotFoundError):
        relations.retire("nothing", "why")
    with pytest.raises(UsageError, match="luck"):
        Relations(edge.root, trust="luck")
    with pytest.raises(WorkspaceError):
        Relations(tmp_path)


@pytest.mark.parametrize(
    "value", [[A], (A,), {A: 1}, {A}, b"x", 5, 1.5, True, None, object(), Path(A)]
)
def test_wrong_type_is_refused_with_its_parameter(edge: Workspace, value: Any) -> None:
    relations, before = Relations(edge.root), edge.snapshot()

    def refused(name: str, ask: Callable[[], object]) -> None:
        with pytest.raises(UsageError, match=rf"^{name}: .* not ") as caught:
            ask()
        assert caught.value.hint

    refused("tickets", lambda: relations.check(value))
    refused("tickets", lambda: relations.check(A, value))
    refused("kinds", lambda: relations.show(kinds=[value]))
    refused("ticket", lambda: relations.add(value, "blocks", B))
    refused("kind", lambda: relations.add(A, value, B))
    refused("record", lambda: relations.retire(value, "why"))
    refused("reason", lambda: relations.retire("nothing", value))
    refused("trust", lambda: Relations(edge.root, trust=value))
    for ask in (relations.show, relations.check, relations.tickets):
        refused("states", partial(ask, states=[value]))
    if value is not None:
        refused("ticket", lambda: relations.show(value))
        refused("target", lambda: relations.add(A, "blocks", value))
        refused("author", lambda: relations.retire("nothing", "why", author=value))
        for name in ("note", "branch", "worktree", "role_plan", "author"):
            refused(name, partial(relations.add, A, "accepted-plan", **{name: value}))
    if value != 5:
        refused("limit", lambda: relations.show(limit=value))
    if not isinstance(value, list | tuple | dict | set):  # of texts, these are several
        refused("kinds", lambda: relations.show(kinds=value))
        refused("states", lambda: relations.tickets(states=value))
    assert edge.snapshot() == before


def test_list_of_tickets_is_refused_with_a_hint(edge: Workspace) -> None:
    names: Any = [A, B]

    with pytest.raises(UsageError, match="list") as caught:
        Relations(edge.root).check(names)

    assert "check(*names)" in (caught.value.hint or "")
    assert len(Relations(edge.root).check(*names)) == 2


@pytest.mark.parametrize("name", ["\0", "a\0b", "\ud800", b"nowhere"])
def test_impossible_folder_is_not_a_folder(name: Any) -> None:
    with pytest.raises(UsageError):
        Relations(name)


def test_folder_is_accepted_as_bytes(edge: Workspace) -> None:
    folder: Any = os.fsencode(edge.root)

    assert len(Relations(folder).tickets()) == 2


def test_missing_tickets_root_raises_an_error(edge: Workspace) -> None:
    relations = Relations(edge.root)
    shutil.rmtree(edge.tickets)
    with pytest.raises(UnreadableFolderError):
        relations.show()


def test_record_is_retired_by_its_place(edge: Workspace) -> None:
    relations = Relations(edge.root)
    [blocker] = relations.show(A).relations

    receipt = relations.retire(str(blocker.latest_record.place), "over", author="tester")

    assert (receipt.changed, receipt.record.retired_by) == (True, "tester")
    assert relations.retire(receipt.record.id, "over").changed is False


def test_index_trust_reads_no_file(edge: Workspace) -> None:
    Relations(edge.root).show()
    edge.ticket(C)

    assert len(Relations(edge.root, trust="index").tickets()) == 2
    assert len(Relations(edge.root, trust="content").tickets()) == 3


def test_notices_are_logged_and_nothing_is_printed(
    edge: Workspace, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO, "yoi_relations"):
        Relations(edge.root).show()

    (notice,) = caplog.records
    assert (notice.levelname, notice.message.partition(": ")[0]) == ("INFO", "index")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kept", [True, False], ids=["on the disk", "in memory"])
def test_session_is_read_only(edge: Workspace, *, kept: bool) -> None:
    if not kept:
        (edge.root / ".yoi" / "cache").write_text("a file where the folder would be\n")
    with Relations(edge.root).session() as session:
        ticket = session.exec(select(Ticket).where(col(Ticket.ticket_id) == A)).one()
        ticket.title = "another"
        session.add(ticket)
        with pytest.raises(OperationalError, match="readonly"):
            session.commit()
        session.rollback()
        assert session.exec(select(Ticket.title).order_by(Ticket.ticket_id)).all() == [
            f"Title of {A}",
            f"Title of {B}",
        ]


def test_rows_are_readable_after_their_session(edge: Workspace) -> None:
    with Relations(edge.root).session() as session:
        [record] = session.exec(select(Record)).all()

    assert (record.note, record.edge_target) == ("first", B)


def test_threads_share_one_object(edge: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    relations = Relations(edge.root)
    for turn in range(20):
        shutil.rmtree(edge.root / ".yoi" / "cache", ignore_errors=True)
        edge.record(B, "waiting", note=f"turn {turn}")
        with caplog.at_level(logging.INFO), ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: relations.show(everything=True), range(8)))
        assert [len(answer.relations) for answer in answers] == [turn + 2] * 8
    # A notice that an index cannot be written begins with the path of the index.
    assert {notice.message.partition(": ")[0] for notice in caplog.records} == {"index"}


def test_session_names_the_missing_sqlmodel(edge: Workspace) -> None:
    code = """
import sys
sys.modules["sqlmodel"] = None
from yoi_relations import Relations, RelationsError
print(len(Relations().show().relations))
try:
    Relations().session().__enter__()
except RelationsError as error:
    print(error.message, error.hint, sep="\\n")
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=edge.root, check=True, capture_output=True, text=True
    )

    count, message, hint = ran.stdout.splitlines()
    assert (count, "yoi-relations" in hint) == ("1", True)
    assert "sqlmodel" in message
