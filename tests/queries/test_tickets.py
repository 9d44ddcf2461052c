"""How a ticket is called on the command line: id, slug, ending of the id, part of either."""

from __future__ import annotations

import pytest
from building import A, B, Workspace
from hypothesis import given
from hypothesis import strategies as some

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.refresh import open_index
from yoi_relations.queries.asking import ask_checks
from yoi_relations.queries.ticket_names import MIN_PART, Names

pytestmark = pytest.mark.usefixtures("either_door")

LONG = "20260102-030405-move-the-queue"


@pytest.fixture
def named(workspace: Workspace) -> Workspace:
    """Tickets whose names overlap."""
    workspace.ticket(A, title="First")
    workspace.ticket(B, title="Second", slug="mail-queue")
    workspace.ticket("00001KT00QCBB", title="Third", slug="search-page")
    workspace.ticket(LONG, bucket="open", title="Fourth", slug="move-the-queue")
    for folder in (A, B, "00001KT00QCBB", f"open/{LONG}"):
        workspace.record(folder, "waiting", None, "so that it is shown")
    return workspace


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        (A, A),
        ("mail-queue", B),
        (LONG, LONG),
        ("move-the-queue", LONG),  # a slug, though it ends the id too
        ("AA", A),
        ("aa", A),
        ("0bb", B),
        ("CBB", "00001KT00QCBB"),
        ("0QCB", "00001KT00QCBB"),
        ("0qcb", "00001KT00QCBB"),
        ("SEARCH", "00001KT00QCBB"),
        ("l-qu", B),
        ("030405", LONG),
    ],
)
def test_a_name_finds_its_ticket(named: Workspace, name: str, id_: str) -> None:
    assert [one["ticket"] for one in named.show(name)["relations"]] == [id_]


def test_an_id_decides_before_a_slug(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.ticket(B, slug=A)
    workspace.record(A, "waiting", None, "by id")
    workspace.record(B, "waiting", None, "by slug")
    assert [one["note"] for one in workspace.show(A)["relations"]] == ["by id"]


def test_a_slug_decides_before_an_ending(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.ticket(B, slug="00AA")
    workspace.record(A, "waiting", None, "by ending")
    workspace.record(B, "waiting", None, "by slug")
    assert [one["note"] for one in workspace.show("00AA")["relations"]] == ["by slug"]


def test_an_ending_decides_before_a_part(workspace: Workspace) -> None:
    workspace.ticket("00001KTWXYZ11")
    workspace.ticket("00001KT11WXYZ")
    workspace.record("00001KTWXYZ11", "waiting", None, "by part")
    workspace.record("00001KT11WXYZ", "waiting", None, "by ending")
    assert [one["note"] for one in workspace.show("wxyz")["relations"]] == ["by ending"]


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("BB", [(B, "Second"), ("00001KT00QCBB", "Third")]),
        ("00001KT0", [(A, "First"), (B, "Second"), ("00001KT00QCBB", "Third")]),
        ("queu", [(B, "Second"), (LONG, "Fourth")]),
    ],
)
def test_an_ambiguous_name_lists_the_candidates_with_titles(
    named: Workspace, name: str, candidates: list[tuple[str, str]]
) -> None:
    ran = named.run("show", name)
    assert (ran.code, ran.out) == (3, "")
    listed = [part for candidate in candidates for part in candidate]
    assert [part for part in listed if part not in ran.err] == []


@pytest.mark.parametrize(
    "name", ["nothing", "QCB", "que", "queue-", "", "First", "%", "____", "mail_queue"]
)
def test_an_unknown_name_is_not_found(named: Workspace, name: str) -> None:
    ran = named.run("show", name)
    assert (ran.code, ran.out) == (3, "")
    assert f"'{name}'" in ran.err


def test_a_name_that_is_no_text_is_not_found(named: Workspace) -> None:
    ran = named.run("show", "\udcff\ud800")
    assert (ran.code, ran.out) == (3, "")
    assert "no ticket is called" in ran.err


def test_a_folder_of_records_without_item_is_found_by_its_name(workspace: Workspace) -> None:
    workspace.ticket(A)
    workspace.record(B, "blocked_by", A)
    ran = workspace.run("show", B, "--json")
    assert ran.code == 4
    assert [one["ticket"] for one in ran.json["relations"]] == [B]


def test_two_tickets_may_not_share_a_slug_as_a_name(workspace: Workspace) -> None:
    workspace.ticket(A, slug="same")
    workspace.ticket(B, slug="same")
    ran = workspace.run("show", "same")
    assert ran.code == 3
    assert A in ran.err
    assert B in ran.err


def test_many_names_read_the_names_of_all_tickets_once(workspace: Workspace) -> None:
    ids = [f"{A[:-4]}{number:04d}" for number in range(50)]
    for id_ in ids:
        workspace.ticket(id_, slug=f"slug-{id_[-4:]}")
    said: list[str] = []

    with open_index(find_workspace(str(workspace.root)), said.append) as index:
        index.connection.set_trace_callback(said.append)
        names = [id_[-4:] for id_ in ids[:30]] + [f"slug-{id_[-4:]}" for id_ in ids[30:]]
        checked = ask_checks(index.connection, tickets=names)

    assert [one.ticket.id for one in checked.checks] == ids
    assert len([one for one in said if "LEFT JOIN ticket" in one]) == 1


def called(names: list[tuple[str, str]], name: str) -> list[str]:
    """What `Names` finds, found one ticket at a time."""
    small = name.lower()
    steps = [
        [id_ for id_, slug in names if slug == name],
        [id_ for id_, _ in names if id_.lower().endswith(small)],
        [id_ for id_, slug in names if small in id_.lower() or small in slug.lower()],
    ]
    return next(filter(None, steps[: 2 if len(small) < MIN_PART else 3]), []) if small else []


WORD = some.text("aAbİ\0-", max_size=9)


@given(some.dictionaries(WORD.filter(bool), WORD), some.data())
def test_names_are_found_as_one_by_one(slugs: dict[str, str], data: some.DataObject) -> None:
    names = sorted(slugs.items())
    parts = [word[at:] for pair in names for word in pair for at in range(len(word))]
    name = data.draw(some.sampled_from(parts) | WORD if parts else WORD)

    assert Names(names).called(name) == called(names, name)
